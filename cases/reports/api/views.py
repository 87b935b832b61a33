"""Reports: log, list, read, assess, decide, feed back, record the serious talk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import examples
from api.base import ApiView, ListView, group_of
from api.inputs import ReasonBody
from cases.matters.working import reach
from cases.reports import services as reports
from cases.reports.api import inputs, outputs, reads
from cases.reports.api.filters import ReportFilters
from cases.reports.models import Report
from cases.reports.services import ChildInput
from core import trail
from core.errors import Invalid
from organisation.models import OrgUnit
from organisation.rights import Action


class ReportView(ApiView):
    """A view of one report, told whole."""

    area = "reports"

    def told(self, pk: int, **more: Any) -> Response:
        """The report as it now stands, to whoever was let through to it."""
        row = reads.report_details(Report.objects.all()).get(pk=pk)
        siblings = reads.siblings_of(row, self.access)
        return Response(self.shown(outputs.ReportDetail, row, siblings=siblings), **more)

    def reached(self, pk: int, action: Action) -> Report:
        report = self.matter(
            Report.objects.visible_to(self.access).select_related("investigation"), pk
        )
        self.permit(action, reach(report, on=self.access.on))
        return report


class ReportsView(ListView, ReportView):
    filters = ReportFilters
    row = outputs.ReportRow
    trail_action = "report.listed"

    def rows(self, question: dict[str, Any]) -> QuerySet[Report]:
        rows = Report.objects.visible_to(self.access)
        if status := question.get("status"):
            rows = rows.filter(status=status)
        if "unit" in question:
            rows = rows.in_unit(question["unit"])
        return rows.order_by("-received_on", "-pk")

    def loaded(self, rows: QuerySet[Report], question: dict[str, Any]) -> QuerySet[Report]:
        return reads.report_rows(rows)

    @extend_schema(
        operation_id="reports_list",
        tags=["reports"],
        summary=_("Reports you may read, the latest first"),
        parameters=[ReportFilters],
        responses={200: outputs.ReportRow(many=True)},
    )
    def get(self, request: Request) -> Response:
        return self.listing(request)

    @extend_schema(
        operation_id="reports_create",
        tags=["reports"],
        summary=_("Log a report about one child or several siblings"),
        description=_(
            "Each sibling becomes a matter of its own; the answer is the first, with the others "
            "in `siblings`. The same `idempotency_key` from the same sender never makes two: a "
            "repeat is answered with what it made the first time and 200, and with 409 when the "
            "body differs."
        ),
        request=inputs.ReportBody,
        responses={201: outputs.ReportDetail, 200: outputs.ReportDetail},
        examples=[examples.REPORT, examples.SIBLINGS],
    )
    def post(self, request: Request) -> Response:
        given = inputs.ReportBody.meant(self.given(inputs.ReportBody))
        try:
            made = reports.log_report(given, by=self.by, at=self.at)
        except Invalid as error:
            raise Invalid(_as_sent(error.fields, request.data)) from None
        first = made[0]
        # What this request made was logged at its own moment; a repeat finds an earlier one.
        fresh = first.logged_at == self.at
        return self.told(
            first.pk,
            status=201 if fresh else 200,
            headers={"Location": request.build_absolute_uri(f"{request.path}{first.pk}/")},
        )


def _as_sent(fields: Mapping[str, Any], body: Any) -> dict[str, Any]:
    """The service's fields under the names the sender used: a list of one is still a list."""
    if not body.get("children"):
        return dict(fields)
    renamed = {}
    for name, message in fields.items():
        if name == "child":
            name = "children"
        elif name.startswith("child."):
            name = f"children.0.{name.removeprefix('child.')}"
        renamed[name] = message
    return renamed


class ReportOne(ReportView):
    @extend_schema(
        operation_id="reports_retrieve",
        tags=["reports"],
        summary=_("One report"),
        responses=outputs.ReportDetail,
    )
    def get(self, request: Request, pk: int) -> Response:
        report = self.matter(Report.objects.readable(self.access), pk)
        trail.read("report.read", [report], by=self.by, at=self.at)
        return self.told(pk)


class CorrectionView(ReportView):
    @extend_schema(
        operation_id="reports_correction",
        tags=["reports"],
        summary=_("Put right what was logged"),
        description=_("Only what is sent is changed. Every clock is counted from the true day."),
        request=inputs.CorrectionBody,
        responses={200: outputs.ReportDetail},
        examples=[examples.CORRECTION],
    )
    def post(self, request: Request, pk: int) -> Response:
        report = self.matter(
            Report.objects.visible_to(self.access).select_related("investigation"), pk
        )
        self.permit(reports.action_to_correct(report), reach(report, on=self.access.on))
        given = self.given(inputs.CorrectionBody)
        reports.correct_report(
            pk,
            reports.told(inputs.CorrectionBody.meant(given), report),
            reason=given["reason"],
            version=given.get("version"),
            by=self.by,
            at=self.at,
        )
        return self.told(pk)


class WithdrawalView(ReportView):
    @extend_schema(
        operation_id="reports_withdrawal",
        tags=["reports"],
        summary=_("Withdraw a report logged by mistake"),
        request=ReasonBody,
        responses={200: outputs.ReportDetail},
        examples=[examples.REASON],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.DECIDE_OPENING)
        reports.withdraw_report(pk, by=self.by, at=self.at, **self.given(ReasonBody))
        return self.told(pk)


class MoveView(ReportView):
    @extend_schema(
        operation_id="reports_move",
        tags=["reports"],
        summary=_("Move a report to the right child or unit, with what was done since"),
        request=inputs.MoveBody,
        responses={200: outputs.ReportDetail},
        examples=[examples.MOVE],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.DECIDE_OPENING)
        given = self.given(inputs.MoveBody)
        child = given.pop("child", None)
        if child is not None:
            child = ChildInput(
                child_id=child.get("id"),
                **{name: value for name, value in child.items() if name != "id"},
            )
        unit = None
        if code := given.pop("unit"):
            unit = OrgUnit.objects.units().filter(code=code, active=True).first()
            if unit is None:
                raise Invalid({"unit": _("There is no such unit.")})
        reports.move_report(pk, child=child, unit=unit, by=self.by, at=self.at, **given)
        return self.told(pk)


class ReversalView(ReportView):
    @extend_schema(
        operation_id="reports_reversal",
        tags=["reports"],
        summary=_("Reverse a decision taken by mistake"),
        request=ReasonBody,
        responses={200: outputs.ReportDetail},
        examples=[examples.REASON],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.DECIDE_OPENING)
        reports.reverse_decision(pk, by=self.by, at=self.at, **self.given(ReasonBody))
        return self.told(pk)


class UndoView(ReportView):
    @extend_schema(
        operation_id="reports_undo",
        tags=["reports"],
        summary=_("Take back the latest withdrawal, move or reversal of a report"),
        request=ReasonBody,
        responses={200: outputs.ReportDetail},
        examples=[examples.REASON],
    )
    def post(self, request: Request, pk: int) -> Response:
        report = self.matter(
            Report.objects.readable(self.access).select_related("investigation"), pk
        )
        self.permit(Action.DECIDE_OPENING, reach(report, on=self.access.on))
        reports.undo_correction(pk, by=self.by, at=self.at, **self.given(ReasonBody))
        return self.told(pk)


class FeedbackCorrectionView(ReportView):
    @extend_schema(
        operation_id="reports_feedback_correction",
        tags=["reports"],
        summary=_("Put the feedback right"),
        request=inputs.FeedbackCorrectionBody,
        responses={200: outputs.ReportDetail},
        examples=[examples.REASON],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.GIVE_FEEDBACK)
        given = self.given(inputs.FeedbackCorrectionBody)
        given.pop("version", None)
        reason = given.pop("reason")
        reports.correct_entry(pk, "feedback", given, reason=reason, by=self.by, at=self.at)
        return self.told(pk)


class SeriousTalkCorrectionView(ReportView):
    @extend_schema(
        operation_id="reports_serious_talk_correction",
        tags=["reports"],
        summary=_("Put the serious talk right"),
        request=inputs.SeriousTalkCorrectionBody,
        responses={200: outputs.ReportDetail},
        examples=[examples.REASON],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.OFFER_SERIOUS_TALK)
        given = self.given(inputs.SeriousTalkCorrectionBody)
        given.pop("version", None)
        reason = given.pop("reason")
        reports.correct_entry(pk, "serious_talk", given, reason=reason, by=self.by, at=self.at)
        return self.told(pk)


class ProtectionAssessmentView(ReportView):
    @extend_schema(
        operation_id="reports_protection_assessment",
        tags=["reports"],
        summary=_("Write the immediate protection assessment"),
        request=inputs.ProtectionAssessmentBody,
        responses={200: outputs.ReportDetail},
        examples=[examples.PROTECTION_ASSESSMENT],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.ASSESS_PROTECTION)
        given = self.given(inputs.ProtectionAssessmentBody)
        reports.assess_protection(pk, by=self.by, at=self.at, **given)
        return self.told(pk)


class DecisionView(ReportView):
    @extend_schema(
        operation_id="reports_decision",
        tags=["reports"],
        summary=_("Decide to open an investigation or not"),
        description=_(
            "`group` receives the investigation when the outcome is `open`; the answer's "
            "`investigation` is its id. A decision after the last day needs `late_reason` and "
            "stays `late`. One before any protection assessment says why in `unassessed_reason`; "
            "left out, the decision says that no reason was given."
        ),
        request=inputs.DecisionBody,
        responses={200: outputs.ReportDetail},
        examples=[examples.DECISION],
    )
    def post(self, request: Request, pk: int) -> Response:
        report = self.reached(pk, Action.DECIDE_OPENING)
        given = self.given(inputs.DecisionBody)
        code = given.pop("group")
        # A caller from before the question decides as ever, and the decision says what is missing.
        if "unassessed_reason" not in request.data:
            with override(settings.LANGUAGE_CODE):  # stored, and so not in the caller's language
                given["unassessed_reason"] = str(
                    _("No reason was given by the system that sent it.")
                )
        reports.decide_opening(
            pk,
            by=self.by,
            at=self.at,
            group=group_of(report.unit_id, code) if code else None,
            **given,
        )
        return self.told(pk)


class JoinView(ReportView):
    @extend_schema(
        operation_id="reports_join",
        tags=["reports"],
        summary=_("Let the report join the open investigation about the child"),
        description=_(
            "No decision is due (SoL 20:2). The report still gets its own protection assessment,"
            " and those who investigate are told at once."
        ),
        request=inputs.JoinBody,
        responses={200: outputs.ReportDetail},
        examples=[examples.VERSION_SEEN],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.PROPOSE_DECISION)
        reports.join_open(pk, by=self.by, at=self.at, **self.given(inputs.JoinBody))
        return self.told(pk)


class AskFeedbackView(ReportView):
    @extend_schema(
        operation_id="reports_feedback_asked",
        tags=["reports"],
        summary=_("Record that the reporter asks for feedback after having reported"),
        request=inputs.AskFeedbackBody,
        responses={200: outputs.ReportDetail},
        examples=[examples.ASK_FEEDBACK],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.GIVE_FEEDBACK)
        reports.ask_feedback(pk, by=self.by, at=self.at, **self.given(inputs.AskFeedbackBody))
        return self.told(pk)


class FeedbackView(ReportView):
    @extend_schema(
        operation_id="reports_feedback",
        tags=["reports"],
        summary=_("Record that the reporter was told the outcome"),
        description=_("What may be said follows from the decision: opened, not opened or ongoing."),
        request=inputs.FeedbackBody,
        responses={200: outputs.ReportDetail},
        examples=[examples.FEEDBACK],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.GIVE_FEEDBACK)
        given = self.given(inputs.FeedbackBody)
        reports.give_feedback(pk, by=self.by, at=self.at, **given)
        return self.told(pk)


class SeriousTalkView(ReportView):
    @extend_schema(
        operation_id="reports_serious_talk",
        tags=["reports"],
        summary=_("Record the serious talk with a child suspected of a crime"),
        request=inputs.SeriousTalkBody,
        responses={200: outputs.ReportDetail},
        examples=[examples.SERIOUS_TALK],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.reached(pk, Action.OFFER_SERIOUS_TALK)
        given = self.given(inputs.SeriousTalkBody)
        reports.record_serious_talk(pk, by=self.by, at=self.at, **given)
        return self.told(pk)
