"""What the page of one investigation shows, and what its reader may do with it.

Belongs here: reading, through named querysets, each thing once and only when a tab asks for it.
Does not: what may be done (services, rules, permissions) or any change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.access.grants import grants_on
from cases.enums import (
    INSTRUMENT_AGES,
    Instrument,
    InvestigationStatus,
    PoliceReport,
    SafetyRater,
    ViolenceMark,
)
from cases.investigations.loose_ends import Left, loose_ends
from cases.investigations.models import DecisionDocument, Investigation, LeftOpen
from cases.investigations.views.path import InvestigationPath, link, page_url
from cases.journal.models import Note
from cases.journal.timeline import Event, events_for_child
from cases.matters.models import MatterWorker
from cases.persons import whereabouts
from cases.persons.models import Guardian, GuardianParticipation
from cases.provisions.models import ReadingGrant
from cases.signing import signatures
from cases.signing.texts import with_additions
from core import wording
from core.charts import Chart, Series, line_chart
from core.names import in_order
from organisation.enums import EmploymentForm
from organisation.models import Absence, Employment, RoleAssignment, User

NOTES_SHOWN = 5

RATER_TONES: dict[str, Any] = {
    SafetyRater.CHILD: "main",
    SafetyRater.MOTHER: "second",
    SafetyRater.FATHER: "third",
    SafetyRater.NETWORK: "before",
    SafetyRater.SOCIAL_WORKER: "fourth",
}


@dataclass(frozen=True, slots=True)
class HandlerNow:
    user: User
    part: str
    from_on: date
    is_consultant: bool
    away_until: date | None = None
    stand_in: User | None = None


class InvestigationPage(InvestigationPath):
    """All that the page shows of it."""

    # Header

    @cached_property
    def assignments(self) -> list[MatterWorker]:
        rows = MatterWorker.objects.filter(matter=self.investigation.pk)
        return list(rows.select_related("user").main_first())

    @cached_property
    def handlers(self) -> list[HandlerNow]:
        """Those of today, main first, with who stands in for someone away."""
        now = [
            row
            for row in self.assignments
            if row.from_on <= self.today and (row.until_on is None or row.until_on >= self.today)
        ]
        ids = [row.user_id for row in now]
        away = {
            absence.user_id: absence
            for absence in Absence.objects.active(self.today)
            .filter(user_id__in=ids)
            .select_related("stand_in")
        }
        hired = consultants(ids, on=self.today)
        return [
            HandlerNow(
                user=row.user,
                part=row.get_part_display(),
                from_on=row.from_on,
                is_consultant=row.user_id in hired,
                away_until=away[row.user_id].away_until if row.user_id in away else None,
                stand_in=away[row.user_id].stand_in if row.user_id in away else None,
            )
            for row in now
        ]

    @property
    def earlier_handlers(self) -> list[MatterWorker]:
        ended = [r for r in self.assignments if r.until_on is not None and r.until_on < self.today]
        return sorted(ended, key=lambda row: row.from_on, reverse=True)

    @property
    def coming_handlers(self) -> list[MatterWorker]:
        return [
            row
            for row in self.assignments
            if row.from_on > self.today and (row.until_on is None or row.until_on >= row.from_on)
        ]

    @cached_property
    def tags(self) -> list[dict[str, Any]]:
        """The marks beside the child's name: what nobody may overlook."""
        row = self.investigation
        tags: list[dict[str, Any]] = []
        if row.reopens_id:
            earlier = (
                Investigation.objects.visible_to(self.access).filter(pk=row.reopens_id).exists()
            )
            tags.append(
                {
                    "label": _("Opened again within 30 days"),
                    "tone": "soon",
                    "icon": "arrow-repeat",
                    "url": page_url(row.reopens_id) if earlier else "",
                }
            )
        if row.is_late:
            tags.append({"label": _("Concluded late"), "tone": "late", "icon": "clock-history"})
        elif self.is_overdue:
            tags.append({"label": _("Overdue"), "tone": "late", "icon": "exclamation-octagon"})
        if row.extended_to:
            day = wording.day(row.extended_to, self.today)
            tags.append(
                {
                    "label": _("Extended to %(day)s") % {"day": day},
                    "tone": "info",
                    "icon": "calendar-plus",
                }
            )
        if self.child.died_on:
            tags.append({"label": _("The child has died"), "icon": "exclamation-circle"})
        if row.child_moved_on:
            tags.append({"label": _("The child has moved"), "tone": "soon", "icon": "truck"})
        if self.child.interpreter_language:
            tags.append(
                {
                    "label": _("Interpreter: %(language)s")
                    % {"language": self.child.interpreter_language},
                    "icon": "translate",
                }
            )
        return tags

    @property
    def child_url(self) -> str:
        return link("child", self.child.pk)

    @property
    def status_tone(self) -> str:
        return {
            InvestigationStatus.WAITING: "soon",
            InvestigationStatus.ONGOING: "info",
            InvestigationStatus.TO_READ: "soon",
        }.get(self.investigation.status, "neutral")

    @property
    def age(self) -> int | None:
        return self.child.age_on(self.today)

    @property
    def born(self) -> str:
        if self.child.birth_date:
            return date_format(self.child.birth_date, "j F Y")
        return ""

    # The record

    @cached_property
    def note_count(self) -> int:
        return Note.objects.filter(matter=self.investigation.pk).count()

    @cached_property
    def notes(self) -> list[Note]:
        """The latest, or all when the address asks for them."""
        rows = (
            Note.objects.filter(matter=self.investigation.pk)
            .select_related("author", "signed_by")
            .order_by("-happened_at", "-pk")
        )
        every = self.request.GET.get("notes") == "all"
        return with_additions("note", rows if every else rows[:NOTES_SHOWN])

    @property
    def notes_left_out(self) -> int:
        return self.note_count - len(self.notes)

    @cached_property
    def conversations(self) -> dict[str, int]:
        """Conversations with the child: all, and those alone."""
        return Note.objects.filter(matter=self.investigation.pk, child_spoken_with=True).aggregate(
            all=Count("pk"), alone=Count("pk", filter=Q(child_alone=True))
        )

    @cached_property
    def reports(self) -> list[Any]:
        reports: Any = self.investigation.reports
        return list(reports.visible_to(self.access).order_by("received_at"))

    @cached_property
    def extensions(self) -> list[Any]:
        return list(self.investigation.extensions.select_related("decided_by"))

    # The assessment

    @cached_property
    def guardians(self) -> list[Any]:
        """Those around the child, each with `shares`: how they have taken part in this."""
        rows = list(
            Guardian.objects.filter(child_id=self.investigation.child_id)
            .filter(
                Q(ended_on__isnull=True)
                | Exists(
                    GuardianParticipation.objects.filter(
                        guardian=OuterRef("pk"), investigation=self.investigation
                    )
                )
            )
            .order_by("-has_custody", "relation", "pk")
            .prefetch_related(
                Prefetch(
                    "participations",
                    queryset=GuardianParticipation.objects.filter(
                        investigation=self.investigation
                    ).order_by("-on", "-pk"),
                    to_attr="shares",
                )
            )
        )
        whereabouts.mark([self.child], self.access)
        whereabouts.mark_contacts(rows, self.child, self.access)
        return rows

    @cached_property
    def risk_assessments(self) -> list[Any]:
        return list(
            self.investigation.risk_assessments.select_related("assessed_by").order_by(
                "-assessed_on", "-pk"
            )
        )

    @cached_property
    def instruments(self) -> list[Any]:
        return list(
            self.investigation.instruments.select_related("recorded_by").order_by("-used_on", "-pk")
        )

    @property
    def fitting_instruments(self) -> str:
        """Which instruments are made for a child of this age, in words; empty when not known."""
        age = self.age
        if age is None:
            return ""
        return ", ".join(
            str(Instrument(code).label)
            for code, (first, last) in INSTRUMENT_AGES.items()
            if first <= age <= last
        )

    @cached_property
    def ratings(self) -> list[Any]:
        return list(self.investigation.safety_ratings.order_by("-rated_on", "-pk"))

    @cached_property
    def safety_chart(self) -> Chart | None:
        """The ratings over time, one line a rater; none while there is only one to draw."""
        if len(self.ratings) < 2:
            return None
        in_order = sorted(self.ratings, key=lambda row: (row.rated_on, row.pk))
        days = sorted({row.rated_on for row in in_order})
        latest = {(row.rater, row.rated_on): row.value for row in in_order}
        return line_chart(
            _("Safety over time"),
            [date_format(day, "j M y") for day in days],
            [
                Series(
                    str(SafetyRater(rater).label),
                    [latest.get((rater, day)) for day in days],
                    RATER_TONES[rater],
                )
                for rater in SafetyRater.values
                if any(row.rater == rater for row in in_order)
            ],
            "0-10",
            scale=(0, 10),
        )

    @property
    def police_is_open(self) -> bool:
        row = self.investigation
        return row.violence == ViolenceMark.YES and row.police_report == PoliceReport.NOT_DECIDED

    # Document and end

    @cached_property
    def document(self) -> DecisionDocument | None:
        return (
            DecisionDocument.objects.filter(investigation=self.investigation)
            .select_related("written_by", "read_by", "submitted_by", "signed_by")
            .first()
        )

    @property
    def document_parts(self) -> list[dict[str, str]]:
        document, fields = self.document, DecisionDocument._meta
        parts = signatures.shown("document", document.signed_digest if document else "")
        named: Any = {name: fields.get_field(name) for name in parts}
        return [
            {
                "name": name,
                "label": str(named[name].verbose_name),
                "text": getattr(document, name) if document else "",
            }
            for name in parts
        ]

    @property
    def returned_comment(self) -> str:
        """What the leader asked for, while the document is back with the pair."""
        document = self.document
        if document is None or document.submitted_at is not None or not self.investigation.is_open:
            return ""
        return document.return_comment

    @cached_property
    def communications(self) -> list[Any]:
        return list(
            self.investigation.communications.select_related("recorded_by").order_by(
                "-communicated_on", "-pk"
            )
        )

    @cached_property
    def loose_ends(self) -> list[Left]:
        """What has to be settled before the end, or left with a reason."""
        return loose_ends(self.investigation, on=self.today)

    @cached_property
    def loose_ends_to_settle(self) -> list[Left]:
        """As above, once the document waits for the leader: before, all is still being written."""
        return self.loose_ends if self.investigation.status == InvestigationStatus.TO_READ else []

    @cached_property
    def left_open(self) -> list[LeftOpen]:
        """What was left when it ended, and why."""
        return list(self.investigation.left_open.filter(standing=True))

    @cached_property
    def interventions(self) -> list[Any]:
        rows: Any = self.investigation.interventions
        return list(
            rows.visible_to(self.access).with_workers(on=self.today).order_by("started_on", "pk")
        )

    # Access and events

    @cached_property
    def readers(self) -> list[ReadingGrant]:
        return list(grants_on(self.investigation.pk, on=self.today))

    @cached_property
    def events(self) -> list[Event]:
        """Everything that has happened with the child, latest first."""
        return events_for_child(self.child, self.access)


def consultants(user_ids: list[int], *, on: date) -> set[int]:
    """Those of the people who are hired by the hour that day: marked wherever they are named."""
    return set(
        Employment.objects.active(on)
        .filter(user_id__in=user_ids, form=EmploymentForm.CONSULTANT)
        .values_list("user_id", flat=True)
    )


def staff_of(unit_id: int, *, on: date) -> Any:
    """Everybody with a role in the unit or one of its groups."""
    roles = RoleAssignment.objects.active(on).filter(
        Q(node_id=unit_id) | Q(node__parent_id=unit_id)
    )
    return User.objects.filter(pk__in=roles.values("user"), is_active=True).order_by(*in_order())
