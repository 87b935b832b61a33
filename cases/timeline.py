"""Everything that has happened around a child, as one line of events, newest first.

Belongs here: reading and ordering. What may be read is `visible_to`; a matter out of the reader's
reach leaves no trace in the line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from cases.models import (
    Communication,
    Extension,
    GuardianParticipation,
    HandlerAssignment,
    InstrumentUse,
    Intervention,
    InterventionFollowUp,
    Investigation,
    Note,
    Person,
    Report,
    RiskAssessment,
    SafetyRating,
)
from cases.whereabouts import told as told_of
from core.calendar import STOCKHOLM
from core.wording import day as day_in_words
from organisation.permissions import Access

EXCERPT = 280
"""Characters of a text shown in the line; the whole stands where the link leads."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event, as the timeline component shows it.

    `at` orders the line: the moment, or the end of the day for what has no hour. `when` is the
    day, and the hour if it has one, in words.
    """

    at: datetime
    rank: int = field(repr=False)
    code: str
    when: str
    datetime: str
    title: str
    by: str = ""
    text: str = ""
    url: str = ""
    icon: str = "dot"
    tone: str = "neutral"


class _Line:
    def __init__(self, access: Access) -> None:
        self.today = access.on
        self.events: list[Event] = []

    def add(
        self,
        when: date | datetime,
        code: str,
        title: str,
        *,
        by: Any = "",
        text: str = "",
        url: str = "",
        icon: str = "dot",
        tone: str = "neutral",
        recorded_at: datetime | None = None,
    ) -> None:
        """`recorded_at` places an event that has a day alone among the others of that day."""
        if isinstance(when, datetime):
            at = timezone.localtime(when, STOCKHOLM)
            words = f"{day_in_words(at.date(), self.today)} {time_format(at.time(), 'H.i')}"
            iso = at.isoformat(timespec="minutes")
        else:
            at = datetime.combine(when, time.max, tzinfo=STOCKHOLM)
            if recorded_at is not None:
                local = timezone.localtime(recorded_at, STOCKHOLM)
                at = local if local.date() == when else at
            words = day_in_words(when, self.today)
            iso = when.isoformat()
        self.events.append(
            Event(
                at=at,
                rank=len(self.events),
                code=code,
                when=words,
                datetime=iso,
                title=str(title),
                by=str(by or ""),
                text=Truncator(text).chars(EXCERPT),
                url=url,
                icon=icon,
                tone=tone,
            )
        )

    def ordered(self) -> list[Event]:
        return sorted(self.events, key=lambda event: (event.at, event.rank), reverse=True)


def events_for_child(child: Person, access: Access) -> list[Event]:
    """What the reader may see of what has happened around `child`, newest first.

    The number of queries does not grow with the number of matters or events.
    """
    line = _Line(access)
    reports = list(_reports(child, access))
    investigations = list(_investigations(child, access))
    interventions = list(
        Intervention.objects.visible_to(access)
        .filter(child=child)
        .select_related("decided_by", "responsible")
        .prefetch_related(
            Prefetch(
                "follow_ups",
                queryset=InterventionFollowUp.objects.select_related("followed_up_by"),
            )
        )
        .order_by("decided_on", "pk")
    )
    for report in reports:
        _report_events(line, report)
    for investigation in investigations:
        _investigation_events(line, investigation, child)
    for intervention in interventions:
        _intervention_events(line, intervention)
    for note in _notes(child, reports, investigations):
        anchor = f"#note-{note.pk}"
        url = (
            reverse("investigation", args=[note.investigation_id]) + "?notes=all"
            if note.investigation_id
            else reverse("report", args=[note.report_id])
        )
        alone = _("alone with the child") if note.child_alone else ""
        line.add(
            note.happened_at,
            "note",
            ", ".join(filter(None, [note.get_kind_display(), alone])),
            by=note.author,
            text=note.text,
            url=url + anchor,
            icon="chat-left-text" if note.child_spoken_with else "journal-text",
            tone="info" if note.child_spoken_with else "neutral",
        )
    return line.ordered()


def _reports(child: Person, access: Access) -> Any:
    return (
        Report.objects.visible_to(access)
        .filter(child=child)
        .select_related(
            "logged_by",
            "handler",
            "protection_assessment__assessed_by",
            "proposal__proposed_by",
            "decision__decided_by",
            "feedback__given_by",
            "serious_talk__recorded_by",
        )
        .order_by("received_at", "pk")
    )


def _investigations(child: Person, access: Access) -> Any:
    handlers = HandlerAssignment.objects.select_related("user", "assigned_by")
    return (
        Investigation.objects.visible_to(access)
        .filter(child=child)
        .select_related(
            "opened_by",
            "concluded_by",
            "reopens",
            "document__submitted_by",
            "document__read_by",
        )
        .prefetch_related(
            Prefetch("handler_assignments", queryset=handlers.order_by("from_on", "pk")),
            *(
                Prefetch(parts, queryset=model.objects.select_related(*people))
                for parts, model, people in (
                    ("extensions", Extension, ["decided_by"]),
                    ("risk_assessments", RiskAssessment, ["assessed_by"]),
                    ("instruments", InstrumentUse, ["recorded_by"]),
                    ("safety_ratings", SafetyRating, ["recorded_by"]),
                    ("participations", GuardianParticipation, ["guardian", "recorded_by"]),
                    ("communications", Communication, ["recorded_by"]),
                )
            ),
        )
        .order_by("opened_on", "pk")
    )


def _notes(child: Person, reports: list[Report], investigations: list[Investigation]) -> Any:
    return (
        Note.objects.filter(child=child)
        .filter(Q(report__in=reports) | Q(investigation__in=investigations))
        .select_related("author")
        .order_by("happened_at", "pk")
    )


def _report_events(line: _Line, report: Report) -> None:
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


def _investigation_events(line: _Line, investigation: Investigation, child: Person) -> None:
    url = reverse("investigation", args=[investigation.pk])
    line.add(
        investigation.opened_on,
        "investigation_opened",
        _("Investigation opened"),
        by=investigation.opened_by,
        text=(
            _("Opened again within thirty days: %(number)s.")
            % {"number": investigation.reopens.number}
            if investigation.reopens
            else ""
        ),
        url=url,
        icon="folder2-open",
        tone="soon" if investigation.reopens else "ok",
    )
    for row in investigation.handler_assignments.all():
        line.add(
            row.from_on,
            "handler",
            _("%(part)s: %(name)s") % {"part": row.get_part_display(), "name": row.user},
            by=row.assigned_by,
            url=f"{url}#handlers",
            icon="person-check",
            recorded_at=row.assigned_at,
        )
        if row.until_on and row.end_reason:
            line.add(
                row.until_on,
                "handler_left",
                _("%(name)s leaves the case") % {"name": row.user},
                text=row.end_reason,
                url=f"{url}#handlers",
                icon="person-dash",
            )
    for extension in investigation.extensions.all():
        line.add(
            extension.decided_on,
            "extension",
            _("Extended to %(day)s") % {"day": day_in_words(extension.until, line.today)},
            by=extension.decided_by,
            text=extension.reason,
            url=f"{url}#extension",
            icon="calendar-plus",
            tone="soon",
        )
    if investigation.child_moved_on:
        where = told_of(child, investigation.child_moved_to)
        line.add(
            investigation.child_moved_on,
            "moved",
            _("The child has moved; the investigation goes on"),
            text=where,
            url=url,
            icon="truck",
            tone="soon",
        )
    _assessment_events(line, investigation, url)
    document = getattr(investigation, "document", None)
    if document and document.submitted_at:
        line.add(
            document.submitted_at,
            "document_submitted",
            _("Decision document handed to the leader"),
            by=document.submitted_by,
            url=f"{url}#document",
            icon="file-earmark-text",
        )
    if document and document.read_at:
        line.add(
            document.read_at,
            "document_read",
            _("Decision document read by the leader"),
            by=document.read_by,
            url=f"{url}#document",
            icon="file-earmark-check",
        )
    if investigation.concluded_on:
        line.add(
            investigation.concluded_on,
            "investigation_concluded",
            _("Investigation concluded: %(outcome)s")
            % {"outcome": investigation.get_outcome_display()}
            + (" (" + _("late") + ")" if investigation.is_late else ""),
            by=investigation.concluded_by,
            text=investigation.conclusion_rationale,
            url=f"{url}#conclusion",
            icon="folder-check",
            tone="late" if investigation.is_late else "ok",
        )


def _assessment_events(line: _Line, investigation: Investigation, url: str) -> None:
    for risk in investigation.risk_assessments.all():
        line.add(
            risk.assessed_on,
            "risk",
            _("Risk assessed: %(level)s") % {"level": risk.get_level_display()},
            by=risk.assessed_by,
            url=f"{url}#risk",
            icon="exclamation-triangle",
        )
    for use in investigation.instruments.all():
        line.add(
            use.used_on,
            "instrument",
            _("%(instrument)s, level: %(level)s")
            % {"instrument": use.get_instrument_display(), "level": use.get_level_display()},
            by=use.recorded_by,
            url=f"{url}#risk",
            icon="clipboard-data",
        )
    for rating in investigation.safety_ratings.all():
        line.add(
            rating.rated_on,
            "safety_rating",
            _("Safety scale, %(rater)s: %(value)s of 10")
            % {"rater": rating.get_rater_display(), "value": rating.value},
            by=rating.recorded_by,
            url=f"{url}#risk",
            icon="speedometer2",
        )
    for part in investigation.participations.all():
        title = _("%(guardian)s took part") if part.took_part else _("%(guardian)s: no take-part")
        line.add(
            part.on,
            "participation",
            title % {"guardian": part.guardian.get_relation_display()},
            by=part.recorded_by,
            text=part.how,
            url=f"{url}#guardians",
            icon="person-heart",
        )
    for told in investigation.communications.all():
        line.add(
            told.communicated_on,
            "communication",
            _("Communicated with: %(who)s") % {"who": told.get_recipient_display()},
            by=told.recorded_by,
            text=told.response,
            url=f"{url}#communication",
            icon="envelope-open",
        )


def _intervention_events(line: _Line, intervention: Intervention) -> None:
    url = reverse("investigation", args=[intervention.investigation_id]) + "#interventions"
    line.add(
        intervention.decided_on,
        "intervention",
        _("Intervention decided: %(kind)s") % {"kind": intervention.get_kind_display()},
        by=intervention.decided_by,
        text=intervention.goal,
        url=url,
        icon="life-preserver",
        tone="ok",
    )
    for done in intervention.follow_ups.all():
        line.add(
            done.followed_up_on,
            "follow_up",
            _("Followed up: %(kind)s") % {"kind": intervention.get_kind_display()},
            by=done.followed_up_by,
            text=done.note,
            url=url,
            icon="arrow-repeat",
        )
    if intervention.ended_on:
        line.add(
            intervention.ended_on,
            "intervention_ended",
            _("Intervention ended: %(kind)s") % {"kind": intervention.get_kind_display()},
            text=intervention.end_reason,
            url=url,
            icon="stop-circle",
        )
