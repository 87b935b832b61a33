"""A report as a kind of matter: everything that differs from other kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.corrections.texts import write_for_party
from cases.disclosure.collection import Collector, said_at
from cases.disclosure.masking_terms import reporter_of
from cases.disclosure.redaction import ReporterNames
from cases.enums import (
    UNDECIDED_REPORT,
    ConcernReason,
    DeadlineKind,
    ReportPart,
    ReportStatus,
)
from cases.journal.timeline import Timeline
from cases.matters import working
from cases.matters.registry import Kind, Part, Tie
from cases.persons.models import Person
from cases.reports import facts
from cases.reports.models import DecisionProposal, OpeningDecision, ProtectionAssessment, Report
from cases.signing import texts
from cases.signing.texts import TextKind
from core.calendar import in_stockholm
from core.decisions import Allowed
from organisation.permissions import Access
from organisation.rights import Action, Reach


def _beside(access: Access, action: Action) -> Q:
    """The reports one has logged, and those one has decided: who has taken a decision can read it,
    also when it went to another group. And for those who deputise, all that nobody has decided yet.
    """
    decided = OpeningDecision.objects.filter(decided_by_id__in=access.acts_for)
    beside = Q(logged_by_id__in=access.acts_for) | Q(pk__in=decided.values("report"))
    if intake := access.units_with(action, Reach.INTAKE):
        beside |= Q(unit_id__in=intake, status__in=UNDECIDED_REPORT)
        if action == Action.DECIDE_OPENING:
            # Whoever could withdraw one logged by mistake puts it back.
            beside |= Q(unit_id__in=intake, status=ReportStatus.WITHDRAWN)
    return beside


def _reach(report: Report, on: date) -> dict[str, Any]:
    """The report as `Access.may` wants it."""
    handlers: list[int | None] = [*working.workers_of(report), report.logged_by_id]
    if report.is_decided and (decision := getattr(report, "decision", None)):
        handlers.append(decision.decided_by_id)
    groups: list[int | None] = [report.group_id]
    if report.investigation is not None:
        groups.append(report.investigation.group_id)
    return {
        "unit_id": report.unit_id,
        "group_ids": groups,
        "handler_ids": handlers,
        "intake": not report.is_decided,
        "child_id": report.child_id,
    }


def _given_back(report: Report, left: frozenset[int], on: date, at: datetime) -> None:
    """Without a worker a report is the leader's: nothing more has to be said."""


def _ties(children: Iterable[int], users: Iterable[int]) -> Iterator[Tie]:
    logged = Report.objects.filter(child__in=list(children), logged_by__in=list(users))
    for child, user, received_on in logged.values_list("child", "logged_by", "received_on"):
        yield Tie(child, user, _("logged the report"), received_on)


def _reporters(child_id: int) -> Iterator[ReporterNames]:
    for report in Report.objects.filter(child_id=child_id):
        yield reporter_of(report)


def _others(child_id: int) -> Iterator[int]:
    """Children of the same reports."""
    linked = Report.objects.filter(child_id=child_id).values_list("linked_to_id", "pk")
    first = {linked_to or pk for linked_to, pk in linked}
    same = Report.objects.filter(Q(pk__in=first) | Q(linked_to_id__in=first))
    yield from same.values_list("child_id", flat=True)


def _pieces(collector: Collector, reports: QuerySet[Report]) -> Iterator[Any]:
    rows = list(
        reports.select_related(
            "protection_assessment", "feedback", "serious_talk", "matter"
        ).prefetch_related("decisions__decided_by", "matter__corrections")
    )
    texts.with_additions(
        "assessment", [getattr(row, "protection_assessment", None) for row in rows]
    )
    texts.with_additions("decision", [one for row in rows for one in row.decisions.all()])
    for report in rows:
        yield from _pieces_of(collector, report)


def _pieces_of(collector: Collector, report: Report) -> Iterator[Any]:
    heading = f"{report.get_kind_display()} {report.number}"
    writer = collector.start(report, report.received_on, heading)
    writer.line(_("Received"), f"{said_at(report.received_at)}, {report.get_channel_display()}")
    writer.line(_("Reporter"), report.get_reporter_category_display())
    for name in ("reporter_name", "reporter_organisation", "reporter_contact"):
        writer.field(report, name)
    reasons = ", ".join(str(ConcernReason(code).label) for code in report.reasons)
    writer.line(_("Reasons"), reasons)
    writer.facts(report, but=("channel", "received_at", "reporter_category"))
    writer.field(report, "concern", alone=True)
    corrected = list(report.matter.corrections.all())
    write_for_party(writer, [one for one in corrected if one.subject == Report.KIND])
    yield writer.done()
    assessment = getattr(report, "protection_assessment", None)
    if assessment is not None:
        writer = collector.start(
            assessment, in_stockholm(assessment.assessed_at).date(), _("Protection assessment")
        )
        writer.signed("assessment", assessment, body="rationale")
        collector.additions(writer, assessment)
        yield writer.done()
    for decision in report.decisions.all():
        stands = decision.standing_for_id is not None
        heading = _("Decision") if stands else _("Decision that was reversed")
        writer = collector.start(decision, decision.decided_on, heading)
        writer.line(_("Decided by"), decision.decided_by)
        writer.signed("decision", decision, body="rationale")
        write_for_party(
            writer,
            [
                one
                for one in corrected
                if one.subject_id == decision.pk and one.subject == "openingdecision"
            ],
        )
        collector.additions(writer, decision)
        yield writer.done()
    feedback = getattr(report, "feedback", None)
    if feedback is not None:
        writer = collector.start(feedback, feedback.given_on, _("Feedback"))
        writer.facts(feedback)
        yield writer.done()
    talk = getattr(report, "serious_talk", None)
    if talk is not None:
        writer = collector.start(talk, in_stockholm(talk.offered_at).date(), _("Serious talk"))
        writer.facts(talk)
        writer.field(talk, "note", alone=True)
        yield writer.done()


def _events(line: Timeline, child: Person, access: Access) -> None:
    for report in _reports(child, access):
        _report_events(line, report)


def _reports(child: Person, access: Access) -> Any:
    return (
        Report.objects.visible_to(access)
        .filter(child=child)
        .select_related(
            "logged_by",
            "protection_assessment__assessed_by",
            "proposal__proposed_by",
            "decision__decided_by",
            "feedback__given_by",
            "serious_talk__recorded_by",
        )
        .order_by("received_at", "pk")
    )


def _report_events(line: Timeline, report: Report) -> None:
    url = reverse("report", args=[report.pk])
    line.add(
        report.received_at,
        "report",
        f"{report.get_kind_display()}: {report.get_reporter_category_display()}",
        by=report.logged_by,
        text=report.concern,
        url=url,
        icon="megaphone",
        tone="info",
    )
    assessment = getattr(report, "protection_assessment", None)
    if assessment:
        line.add(
            assessment.assessed_at,
            "protection_assessment",
            _("Protection assessment: %(outcome)s") % {"outcome": assessment.get_outcome_display()},
            by=assessment.assessed_by,
            text=assessment.rationale,
            url=f"{url}#protection",
            icon="shield-check",
            tone="ok" if assessment.outcome == "no_immediate_need" else "late",
        )
    proposal = getattr(report, "proposal", None)
    if proposal:
        line.add(
            proposal.proposed_at,
            "proposal",
            _("Proposal: %(outcome)s") % {"outcome": proposal.get_outcome_display()},
            by=proposal.proposed_by,
            url=f"{url}#proposal",
            icon="pencil-square",
        )
    decision = getattr(report, "decision", None)
    if decision:
        line.add(
            decision.decided_on,
            "decision",
            _("Decision: %(outcome)s") % {"outcome": decision.get_outcome_display()}
            + (" (" + _("late") + ")" if decision.is_late else ""),
            by=decision.decided_by,
            text=decision.late_reason if decision.is_late else decision.rationale,
            url=f"{url}#decision",
            icon="hammer",
            tone="late" if decision.is_late else "ok",
            recorded_at=decision.recorded_at,
        )
    feedback = getattr(report, "feedback", None)
    if feedback:
        line.add(
            feedback.given_on,
            "feedback",
            _("Feedback to the reporter: %(answer)s") % {"answer": feedback.get_answer_display()},
            by=feedback.given_by,
            url=f"{url}#feedback",
            icon="reply",
        )
    talk = getattr(report, "serious_talk", None)
    if talk:
        line.add(
            talk.held_at or talk.offered_at,
            "serious_talk",
            _("Serious talk: %(result)s") % {"result": talk.get_result_display()},
            by=talk.recorded_by,
            text=talk.note,
            url=f"{url}#talk",
            icon="people",
        )


KIND = Kind(
    code=Report.KIND,
    model=Report,
    name=gettext_lazy("Report"),
    says=lambda report: report.get_kind_display(),
    icon="inbox",
    address="report",
    listing=(gettext_lazy("Reports"), "report_list"),
    reads=Action.READ_REPORT,
    works=Action.PROPOSE_DECISION,
    prepares=Action.PREPARE_DISCLOSURE,
    own_are_few=False,
    part_of="investigation",
    beside=_beside,
    reach=_reach,
    parts={
        ReportPart.RECEPTION.value: Part(
            ReportPart.RECEPTION.label, gettext_lazy("handler of the report")
        )
    },
    may_write=lambda report: Allowed(),
    given_back=_given_back,
    duties=(
        DeadlineKind.PROTECTION_ASSESSMENT,
        DeadlineKind.OPENING_DECISION,
        DeadlineKind.SERIOUS_TALK,
        DeadlineKind.REPORTER_FEEDBACK,
    ),
    derive=facts.report_duties_of,
    with_facts=facts.reports_with_facts,
    log_words={
        "report.points_read": gettext_lazy("Opened the points of the report"),
        "report.read": gettext_lazy("Opened the report"),
        "report.list_read": gettext_lazy("Saw the child in the list of reports"),
        "report.listed": gettext_lazy("Saw the child in the list of reports"),
        "report.list_exported": gettext_lazy("Took out the list of reports as a file"),
        "report.logged": gettext_lazy("Logged the report"),
        "report.assigned": gettext_lazy("Gave the report to a worker"),
        "report.protection_assessed": gettext_lazy("Wrote the protection assessment"),
        "report.decision_proposed": gettext_lazy("Proposed a decision"),
        "report.decided": gettext_lazy("Decided on the report"),
        "report.corrected": gettext_lazy("Corrected the report"),
        "report.entry_corrected": gettext_lazy("Corrected an entry of the report"),
        "report.withdrawn": gettext_lazy("Withdrew the report as logged by mistake"),
        "report.restored": gettext_lazy("Put a withdrawn report back"),
        "report.moved_away": gettext_lazy("Moved a report away from the child"),
        "report.moved_here": gettext_lazy("Moved a report to the child"),
        "report.decision_reversed": gettext_lazy("Reversed the decision on the report"),
        "report.decision_stands": gettext_lazy("Took back the reversal of the decision"),
        "report.feedback_asked": gettext_lazy("Wrote down that the reporter asks for feedback"),
        "report.feedback_given": gettext_lazy("Gave feedback to the reporter"),
        "report.serious_talk": gettext_lazy("Wrote down a serious talk"),
        "report.regrouped": gettext_lazy("The report went to another group"),
        "report.handler_left": gettext_lazy("A worker left; the report went back"),
        "report.handler_blocked": gettext_lazy(
            "A worker with a conflict of interest left the report"
        ),
    },
    pieces=_pieces,
    reporters=_reporters,
    others=_others,
    events=_events,
    ties=_ties,
)

TEXTS = (
    TextKind(
        "assessment",
        gettext_lazy("Protection assessment"),
        ProtectionAssessment,
        ("assessed_by_id",),
        ("recorded_at",),
        matter="report",
        of=Report.KIND,
        anchor="protection",
        author="assessed_by_id",
        signs=Action.ASSESS_PROTECTION,
        body="rationale",
    ),
    TextKind(
        "proposal",
        gettext_lazy("Proposal of the decision"),
        DecisionProposal,
        ("proposed_by_id",),
        ("proposed_at",),
        unsigned=("outcome", "investigation_type", "rationale"),
        matter="report",
        of=Report.KIND,
        anchor="proposal",
    ),
    TextKind(
        "decision",
        gettext_lazy("Decision"),
        OpeningDecision,
        ("decided_by_id",),
        ("recorded_at",),
        matter="report",
        of=Report.KIND,
        anchor="decision",
    ),
)
