"""Hand-overs: ask another unit, list, answer, ask no more."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import examples
from api.base import ApiView, ListView, group_of
from cases.handovers import services
from cases.handovers.api import inputs, outputs
from cases.handovers.api.filters import HandoverFilters
from cases.handovers.models import Handover
from cases.investigations.models import Investigation
from cases.matters.working import reach
from core import trail
from core.errors import Forbidden, Invalid
from organisation.permissions import refusal
from organisation.rights import Action


class HandoverView(ApiView):
    area = "investigations"

    def told(self, pk: int, status: int = 200, **headers: str) -> Response:
        row: Any = Handover.objects.with_cases().get(pk=pk)
        return Response(self.shown(outputs.HandoverRow, row), status=status, headers=headers)

    def to_answer(self, pk: int) -> Handover:
        """Missing for whoever does not see it; Forbidden for whoever does not answer."""
        found = self.matter(Handover.objects.visible_to(self.access), pk)
        if not Handover.objects.received_by(self.access).filter(pk=pk).exists():
            raise Forbidden(refusal(Action.RECEIVE_HANDOVER))
        return found


class Handovers(ListView):
    area = "investigations"
    filters = HandoverFilters
    row = outputs.HandoverRow

    def rows(self, question: dict[str, Any]) -> QuerySet[Handover]:
        rows: Any = Handover.objects.visible_to(self.access)
        if status := question.get("status"):
            rows = rows.filter(status=status)
        found: QuerySet[Handover] = rows.order_by("-offered_at", "-pk")
        return found

    def loaded(self, rows: Any, question: dict[str, Any]) -> Any:
        return rows.with_cases()

    def log(self, page: list[Any]) -> None:
        cases = [one for row in page for one in row.cases.all()]
        trail.read("handover.listed", cases, by=self.by, at=self.at)

    @extend_schema(
        operation_id="handovers_list",
        tags=["investigations"],
        summary=gettext_lazy("Hand-overs to and from your unit, the latest first"),
        parameters=[HandoverFilters],
        responses={200: outputs.HandoverRow(many=True)},
    )
    def get(self, request: Request) -> Response:
        return self.listing(request)


class HandoverOne(HandoverView):
    @extend_schema(
        operation_id="handovers_retrieve",
        tags=["investigations"],
        summary=gettext_lazy("One hand-over"),
        responses=outputs.HandoverRow,
    )
    def get(self, request: Request, pk: int) -> Response:
        found: Any = self.matter(Handover.objects.visible_to(self.access), pk)
        cases = list(found.cases.select_related("matter"))
        trail.read("handover.read", cases, by=self.by, at=self.at)
        return self.told(pk)


class OfferView(HandoverView):
    @extend_schema(
        operation_id="investigations_handover",
        tags=["investigations"],
        summary=gettext_lazy("Ask another unit of the city to take over the family"),
        request=inputs.OfferBody,
        responses={201: outputs.HandoverRow},
        examples=[examples.HANDOVER],
    )
    def post(self, request: Request, pk: int) -> Response:
        rows = Investigation.objects.visible_to(self.access).select_related("unit")
        investigation = self.matter(rows, pk)
        self.permit(Action.HAND_OVER, reach(investigation, on=self.access.on))
        given = self.given(inputs.OfferBody)
        units = {unit.code: unit for unit in services.units_to_ask(investigation.unit)}
        if given["to_unit"] not in units:
            raise Invalid({"to_unit": _("Choose another unit of the city.")})
        given["to_unit"] = units[given["to_unit"]]
        made = services.offer(pk, by=self.by, at=self.at, **given)
        here = request.build_absolute_uri(reverse("api:handover", args=[made.pk]))
        return self.told(made.pk, 201, Location=here)


class AcceptView(HandoverView):
    @extend_schema(
        operation_id="handovers_acceptance",
        tags=["investigations"],
        summary=gettext_lazy("Take over the family, by the original clock"),
        request=inputs.AcceptBody,
        responses={200: outputs.HandoverRow},
        examples=[examples.TAKEN_OVER],
    )
    def post(self, request: Request, pk: int) -> Response:
        found = self.to_answer(pk)
        given = self.given(inputs.AcceptBody)
        given["group"] = group_of(found.to_unit_id, given["group"])
        services.accept(pk, by=self.by, at=self.at, **given)
        return self.told(pk)


class RefuseView(HandoverView):
    @extend_schema(
        operation_id="handovers_refusal",
        tags=["investigations"],
        summary=gettext_lazy("Do not take over"),
        request=inputs.RefuseBody,
        responses={200: outputs.HandoverRow},
        examples=[examples.REFUSED],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.to_answer(pk)
        given = self.given(inputs.RefuseBody)
        services.refuse(pk, by=self.by, at=self.at, **given)
        return self.told(pk)


class WithdrawView(HandoverView):
    @extend_schema(
        operation_id="handovers_withdrawal",
        tags=["investigations"],
        summary=gettext_lazy("Ask the other unit no more"),
        request=inputs.WithdrawBody,
        responses={200: outputs.HandoverRow},
        examples=[examples.VERSION_SEEN],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.matter(Handover.objects.visible_to(self.access), pk)
        if not Handover.objects.sent_by(self.access).filter(pk=pk).exists():
            raise Forbidden(refusal(Action.HAND_OVER))
        given = self.given(inputs.WithdrawBody)
        services.withdraw(pk, by=self.by, at=self.at, **given)
        return self.told(pk)
