"""An investigation as a kind of matter: everything that differs from other kinds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.corrections.texts import write_for_party
from cases.disclosure.collection import Collector
from cases.enums import DeadlineKind, HandlerPart, InvestigationStatus, PoliceReport
from cases.investigations import facts
from cases.investigations.models import (
    Communication,
    DecisionDocument,
    Extension,
    InstrumentUse,
    Investigation,
    RiskAssessment,
    SafetyRating,
)
from cases.journal.timeline import Timeline
from cases.law import rules
from cases.law.classification import shown_of
from cases.matters.models import MatterWorker
from cases.matters.registry import Kind, Part
from cases.persons.models import GuardianParticipation, Person
from cases.persons.whereabouts import told as told_of
from cases.signing import texts
from cases.signing.texts import TextKind
from core.calendar import in_stockholm
from core.wording import day as day_in_words
from organisation.permissions import Access
from organisation.rights import Action


def _reach(investigation: Investigation, on: date) -> dict[str, Any]:
    """The investigation, with its handlers of the day, as `Access.may` wants it."""
    return {
        "unit_id": investigation.unit_id,
        "group_ids": [investigation.group_id],
        "handler_ids": list(
            MatterWorker.objects.active(on)
            .filter(matter=investigation.pk)
            .values_list("user_id", flat=True)
        ),
        "child_id": investigation.child_id,
    }


def _given_back(investigation: Investigation, left: frozenset[int], on: date, at: datetime) -> None:
    """Left with nobody, it waits for handlers again."""
    if not left and investigation.status == InvestigationStatus.ONGOING:
        investigation.status = InvestigationStatus.WAITING
        investigation.save(update_fields=["status"])


POLICE = ("police_report", "police_reported_on")
"""A piece of its own, to be kept back whole where it would harm an inquiry (OSL 10 kap. 3 §)."""


def _places(child_id: int) -> Iterator[str]:
    moved = Investigation.objects.filter(child_id=child_id).exclude(child_moved_to="")
    yield from moved.values_list("child_moved_to", flat=True)


def _pieces(collector: Collector, investigations: QuerySet[Investigation]) -> Iterator[Any]:
    rows = list(
        investigations.select_related("document", "concluded_by").prefetch_related(
            "extensions__decided_by",
            "left_open",
            "risk_assessments",
            "instruments",
            "safety_ratings",
            "participations__guardian",
            "communications",
            "matter__corrections",
            "matter__handed_texts",
        )
    )
    texts.with_additions("document", [getattr(row, "document", None) for row in rows])
    for row in rows:
        yield from _pieces_of(collector, row)


def _pieces_of(collector: Collector, row: Investigation) -> Iterator[Any]:
    writer = collector.start(row, row.opened_on, _("Investigation") + f" {row.number}")
    writer.facts(row, but=(*POLICE, "outcome", "is_late"))
    for name in (
        "plan",
        "protection_needs",
        "violence_description",
        "child_moved_to",
    ):
        writer.field(row, name)
    yield writer.done()
    for handed in row.matter.handed_texts.all():
        heading = _("From another unit: %(heading)s") % {"heading": handed.heading}
        writer = collector.start(handed, handed.dated_on, heading)
        writer.field(handed, "text", alone=True)
        yield writer.done()
    if row.police_report != PoliceReport.NOT_DECIDED:
        writer = collector.start(row, row.police_reported_on, _("Police report"), "police_report")
        writer.facts(row, but=tuple(set(shown_of("Investigation")) - set(POLICE)))
        writer.field(row, "police_report_reason")
        yield writer.done()
    for extension in row.extensions.all():
        writer = collector.start(extension, extension.decided_on, _("Extension"))
        writer.line(_("Decided by"), extension.decided_by)
        writer.facts(extension)
        writer.field(extension, "reason", alone=True)
        yield writer.done()
    for risk in row.risk_assessments.all():
        writer = collector.start(risk, risk.assessed_on, _("Risk assessment"))
        writer.facts(risk)
        writer.field(risk, "risk_factors")
        writer.field(risk, "protective_factors")
        yield writer.done()
    for used in row.instruments.all():
        writer = collector.start(used, used.used_on, _("Instrument"))
        writer.facts(used)
        yield writer.done()
    for rating in row.safety_ratings.all():
        writer = collector.start(rating, rating.rated_on, _("Safety rating"))
        writer.facts(rating)
        yield writer.done()
    for part in row.participations.all():
        writer = collector.start(part, part.on, _("Take-part"))
        writer.line(_("Guardian"), part.guardian.get_relation_display())
        writer.facts(part)
        writer.field(part, "how", alone=True)
        yield writer.done()
    for told in row.communications.all():
        writer = collector.start(told, told.communicated_on, _("Communication"))
        writer.line(_("Communicated with"), told.get_recipient_display())
        writer.field(told, "how")
        writer.field(told, "response", alone=True)
        yield writer.done()
    document = getattr(row, "document", None)
    if document is not None and document.signed_at is not None:
        on = in_stockholm(document.signed_at).date()
        writer = collector.start(document, on, _("Decision document"))
        writer.signed("document", document)
        collector.additions(writer, document)
        yield writer.done()
    corrected = row.matter.corrections.all()
    if row.concluded_on or corrected:
        writer = collector.start(row, row.concluded_on, _("Conclusion"), "conclusion")
        if row.concluded_on:
            writer.line(_("Decided by"), row.concluded_by)
            writer.line(_("Outcome"), row.get_outcome_display())
            writer.line(_("Late"), _("yes") if row.is_late else _("no"))
            writer.field(row, "conclusion_rationale", alone=True)
        write_for_party(writer, corrected)
        yield writer.done()
    for left in row.left_open.all():
        if left.standing:
            writer = collector.start(left, row.concluded_on, _("Left when the investigation ended"))
            writer.facts(left)
            writer.field(left, "reason", alone=True)
            yield writer.done()


def _events(line: Timeline, child: Person, access: Access) -> None:
    for investigation in _investigations(child, access):
        _investigation_events(line, investigation, child)


def _investigations(child: Person, access: Access) -> Any:
    handlers = MatterWorker.objects.select_related("user", "assigned_by")
    return (
        Investigation.objects.visible_to(access)
        .filter(child=child)
        .select_related(
            "matter",
            "opened_by",
            "concluded_by",
            "reopens",
            "document__submitted_by",
            "document__read_by",
        )
        .prefetch_related(
            Prefetch("matter__workers", queryset=handlers.order_by("from_on", "pk")),
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


def _investigation_events(line: Timeline, investigation: Investigation, child: Person) -> None:
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
    for row in investigation.matter.workers.all():
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
                max(row.until_on, row.from_on),
                "handler_left",
                _("%(name)s leaves the case") % {"name": row.user},
                text=row.why_it_ended,
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


def _assessment_events(line: Timeline, investigation: Investigation, url: str) -> None:
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


KIND = Kind(
    code=Investigation.KIND,
    model=Investigation,
    name=gettext_lazy("Investigation"),
    icon="folder2-open",
    address="investigation",
    listing=(gettext_lazy("Investigations"), "investigation_list"),
    notes_query="?notes=all",
    reads=Action.READ_INVESTIGATION,
    works=Action.WORK_ON_INVESTIGATION,
    prepares=Action.PREPARE_DISCLOSURE,
    own_are_few=True,
    reach=_reach,
    parts={part.value: Part(part.label) for part in HandlerPart},
    may_write=lambda investigation: rules.may_work(status=investigation.status),
    given_back=_given_back,
    duties=(DeadlineKind.INVESTIGATION,),
    derive=facts.investigation_duties_of,
    with_facts=lambda rows: rows,
    weighs=True,
    log_words={
        "investigation.read": gettext_lazy("Opened the investigation"),
        "investigation.plan_cancelled": gettext_lazy("Cancelled a planned change of the pair"),
        "investigation.entry_corrected": gettext_lazy("Corrected an entry"),
        "investigation.annulled_read": gettext_lazy("Opened an investigation that was reversed"),
        "investigation.record_corrected": gettext_lazy("Corrected the record"),
        "investigation.annulled": gettext_lazy("Reversed the decision that opened it"),
        "investigation.stands": gettext_lazy("Took back the reversal of the decision"),
        "investigation.conclusion_reversed": gettext_lazy("Reversed the end of it"),
        "investigation.conclusion_stands": gettext_lazy("Let the end of it stand again"),
        "investigation.handover_offered": gettext_lazy("Asked another unit to take over"),
        "investigation.handover_withdrawn": gettext_lazy("Asked the other unit no more"),
        "investigation.handover_refused": gettext_lazy("The other unit did not take over"),
        "investigation.handed_over": gettext_lazy("Handed the investigation over to another unit"),
        "investigation.taken_over": gettext_lazy("Took the investigation over from another unit"),
        "investigation.assign_read": gettext_lazy("Opened the investigation to give it out"),
        "investigation.listed": gettext_lazy("Saw the child in the list of investigations"),
        "investigation.list_exported": gettext_lazy(
            "Took out the list of investigations as a file"
        ),
        "investigation.opened": gettext_lazy("Opened an investigation (decision)"),
        "investigation.assigned": gettext_lazy("Gave out the investigation"),
        "investigation.planned": gettext_lazy("Wrote the plan"),
        "investigation.extended": gettext_lazy("Extended the investigation"),
        "investigation.concluded": gettext_lazy("Concluded the investigation"),
        "investigation.regrouped": gettext_lazy("The investigation went to another group"),
        "investigation.handler_left": gettext_lazy("A worker left; the investigation went back"),
        "investigation.risk_assessed": gettext_lazy("Wrote down the risk"),
        "investigation.participation": gettext_lazy("Wrote down a guardian's take-part"),
        "investigation.handler_blocked": gettext_lazy(
            "A worker with a conflict of interest left the investigation"
        ),
        "investigation.points_read": gettext_lazy("Opened the points of the investigation"),
        "investigation.child_moved": gettext_lazy("Wrote down that the child has moved"),
        "investigation.communicated": gettext_lazy("Wrote down a communication"),
        "investigation.instrument_used": gettext_lazy("Wrote down an instrument"),
        "investigation.protection_written": gettext_lazy("Wrote down the need of protection"),
        "investigation.safety_rated": gettext_lazy("Wrote down a place on the safety scale"),
    },
    pieces=_pieces,
    places=_places,
    events=_events,
)

TEXTS = (
    TextKind(
        "plan",
        gettext_lazy("Investigation plan"),
        Investigation,
        ("plan_written_by_id",),
        ("plan_written_at",),
        unsigned=("plan",),
        matter="pk",
        of=Investigation.KIND,
        anchor="plan",
    ),
    TextKind(
        "document",
        gettext_lazy("Decision document"),
        DecisionDocument,
        ("written_by_id",),
        ("written_at",),
        why="return_comment",
        matter="investigation",
        of=Investigation.KIND,
        anchor="document",
        read_as_well=True,
    ),
)
