"""Investigations: list, read, extend, conclude, give to a pair."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import examples
from api.base import ApiView, ListView
from api.inputs import ReasonBody
from cases.enums import LooseEnd
from cases.investigations import services as investigations
from cases.investigations.api import inputs, outputs, reads
from cases.investigations.api.filters import InvestigationFilters
from cases.investigations.models import Investigation
from cases.matters.working import reach
from core import trail
from core.errors import Invalid
from organisation.models import User
from organisation.rights import Action


class InvestigationView(ApiView):
    """A view of one investigation, told whole."""

    area = "investigations"

    def told(self, pk: int) -> Response:
        """The investigation as it now stands, to whoever was let through to it."""
        row = reads.investigation_details(Investigation.objects.all()).get(pk=pk)
        return Response(self.shown(outputs.InvestigationDetail, row))

    def reached(self, pk: int, action: Action) -> Investigation:
        investigation = self.matter(Investigation.objects.visible_to(self.access), pk)
        self.permit(action, reach(investigation, on=self.access.on))
        return investigation


class InvestigationsView(ListView):
    area = "investigations"
    filters = InvestigationFilters
    row = outputs.InvestigationRow
    trail_action = "investigation.listed"

    def rows(self, question: dict[str, Any]) -> QuerySet[Investigation]:
        rows = Investigation.objects.visible_to(self.access)
        if status := question.get("status"):
            rows = rows.filter(status=status)
        if "unit" in question:
            rows = rows.in_unit(question["unit"])
        if group := question.get("group"):
            # Looked for among those the actor may see, so that any code may be asked for.
            rows = rows.filter(group__code=group)
        return rows.order_by("-opened_on", "-pk")

    def loaded(
        self, rows: QuerySet[Investigation], question: dict[str, Any]
    ) -> QuerySet[Investigation]:
        return reads.investigation_rows(rows)

    @extend_schema(
        operation_id="investigations_list",
        tags=["investigations"],
        summary=gettext_lazy("Investigations you may read, the latest first"),
        parameters=[InvestigationFilters],
        responses={200: outputs.InvestigationRow(many=True)},
    )
    def get(self, request: Request) -> Response:
        return self.listing(request)


class InvestigationOne(InvestigationView):
    @extend_schema(
        operation_id="investigations_retrieve",
        tags=["investigations"],
        summary=gettext_lazy("One investigation"),
        responses=outputs.InvestigationDetail,
    )
    def get(self, request: Request, pk: int) -> Response:
        investigation = self.matter(Investigation.objects.visible_to(self.access), pk)
        trail.read("investigation.read", [investigation], by=self.by, at=self.at)
        return self.told(pk)


class ExtensionView(InvestigationView):
    @extend_schema(
        operation_id="investigations_extension",
        tags=["investigations"],
        summary=gettext_lazy("Grant more time for special reasons, before the time is out"),
        request=inputs.ExtensionBody,
        responses={200: outputs.InvestigationDetail},
        examples=[examples.EXTENSION],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.EXTEND_INVESTIGATION)
        given = self.given(inputs.ExtensionBody)
        investigations.extend(pk, by=self.by, at=self.at, **given)
        return self.told(pk)


class ConclusionView(InvestigationView):
    @extend_schema(
        operation_id="investigations_conclusion",
        tags=["investigations"],
        summary=gettext_lazy("End the investigation, with or without intervention"),
        request=inputs.ConclusionBody,
        responses={200: outputs.InvestigationDetail},
        examples=[examples.CONCLUSION],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.CONCLUDE_INVESTIGATION)
        given = self.given(inputs.ConclusionBody)
        given["left_open"] = {code: given.pop(f"{code}_reason") for code in LooseEnd.values}
        investigations.conclude(pk, by=self.by, at=self.at, **given)
        return self.told(pk)


class EntryCorrectionView(InvestigationView):
    @extend_schema(
        operation_id="investigations_entry_correction",
        tags=["investigations"],
        summary=gettext_lazy("Put an entry of the record right"),
        description=gettext_lazy(
            "`entry_kind` is participation, risk, instrument, rating or communication. Only what"
            " is sent is changed."
        ),
        request=inputs.EntryBody,
        responses={200: outputs.InvestigationDetail},
        examples=[examples.REASON],
    )
    def post(self, request: Request, pk: int, entry_kind: str, entry: int) -> Response:
        self.reached(pk, Action.WORK_ON_INVESTIGATION)
        given = self.given(inputs.EntryBody)
        reason = given.pop("reason")
        investigations.correct_entry(
            pk, entry_kind, entry, given, reason=reason, by=self.by, at=self.at
        )
        return self.told(pk)


class CancelPlannedView(InvestigationView):
    @extend_schema(
        operation_id="investigations_handlers_cancel",
        tags=["investigations"],
        summary=gettext_lazy("Cancel a change of the pair that has not begun"),
        request=ReasonBody,
        responses={200: outputs.InvestigationDetail},
        examples=[examples.REASON],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.ASSIGN_HANDLERS)
        given = self.given(ReasonBody)
        investigations.cancel_planned(pk, by=self.by, at=self.at, **given)
        return self.told(pk)


class ConclusionReversalView(InvestigationView):
    @extend_schema(
        operation_id="investigations_reversal",
        tags=["investigations"],
        summary=gettext_lazy("Reverse an end that was a mistake"),
        request=ReasonBody,
        responses={200: outputs.InvestigationDetail},
        examples=[examples.REASON],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.CONCLUDE_INVESTIGATION)
        given = self.given(ReasonBody)
        investigations.reverse_conclusion(pk, by=self.by, at=self.at, **given)
        return self.told(pk)


class ConclusionAgainView(InvestigationView):
    @extend_schema(
        operation_id="investigations_undo",
        tags=["investigations"],
        summary=gettext_lazy("Let the end that was reversed stand again"),
        request=ReasonBody,
        responses={200: outputs.InvestigationDetail},
        examples=[examples.REASON],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.CONCLUDE_INVESTIGATION)
        given = self.given(ReasonBody)
        investigations.undo_reversal(pk, by=self.by, at=self.at, **given)
        return self.told(pk)


class HandlersView(InvestigationView):
    @extend_schema(
        operation_id="investigations_handlers",
        tags=["investigations"],
        summary=gettext_lazy("Give the investigation to a pair, or change the pair"),
        request=inputs.HandlersBody,
        responses={200: outputs.InvestigationDetail},
        examples=[examples.HANDLERS],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.ASSIGN_HANDLERS)
        given = self.given(inputs.HandlersBody)
        people = {
            user.username: user
            for user in User.objects.filter(username__in=[given["main"], given["co"]])
        }
        # In the service's own words for someone who cannot be chosen: who exists is not told.
        unknown = {
            part: _("Choose a worker of the receiving group who is there on that day.")
            for part in ("main", "co")
            if given[part] not in people
        }
        if unknown:
            raise Invalid(unknown)
        investigations.assign_handlers(
            pk,
            main=people[given["main"]],
            co=people[given["co"]],
            from_on=given["from"],
            reason=given["reason"],
            handover_note=given["handover_note"],
            version=given.get("version"),
            by=self.by,
            at=self.at,
        )
        return self.told(pk)
