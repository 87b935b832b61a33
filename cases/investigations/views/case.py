"""What the page of one investigation shows, and what its reader may do with it.

Belongs here: reading, through named querysets, each thing once and only when a tab asks for it.
Does not: what may be done (services, rules, permissions) or any change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.access.grants import grants_on
from cases.deadlines.models import Deadline
from cases.enums import (
    INSTRUMENT_AGES,
    DeadlineStatus,
    Instrument,
    InvestigationStatus,
    NoteKind,
    PoliceReport,
    SafetyRater,
    ViolenceMark,
)
from cases.investigations.models import DecisionDocument, Investigation
from cases.investigations.progress import next_step, steps, with_progress
from cases.investigations.services import due_on
from cases.journal.models import Note
from cases.journal.timeline import Event, events_for_child
from cases.law import rules
from cases.matters.models import MatterWorker
from cases.matters.working import reach
from cases.persons import whereabouts
from cases.persons.models import Guardian, GuardianParticipation
from cases.provisions.models import ReadingGrant
from cases.signing import signatures
from cases.signing.texts import with_additions
from core import wording
from core.charts import Chart, Series, line_chart
from core.decisions import Decision, Denied, both
from organisation.enums import EmploymentForm
from organisation.models import Absence, Employment, RoleAssignment, User
from organisation.rights import Action
from organisation.views.requests import StaffRequest

NOTES_SHOWN = 5
TABS = ("case", "events")
ON_EVENTS_TAB = frozenset({"readers"})

RATER_TONES: dict[str, Any] = {
    SafetyRater.CHILD: "main",
    SafetyRater.MOTHER: "second",
    SafetyRater.FATHER: "third",
    SafetyRater.NETWORK: "before",
    SafetyRater.SOCIAL_WORKER: "fourth",
}


def page_url(pk: int, anchor: str = "") -> str:
    """The case page, on the tab where the section stands and scrolled to it."""
    query = "?tab=events" if anchor in ON_EVENTS_TAB else ""
    return reverse("investigation", args=[pk]) + query + (f"#{anchor}" if anchor else "")


def link(name: str, *args: Any) -> str:
    """The address of a page, empty where the installation has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class HandlerNow:
    user: User
    part: str
    from_on: date
    is_consultant: bool
    away_until: date | None = None
    stand_in: User | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is to be done now: the main action of the page, or why it waits for somebody else."""

    label: str
    url: str
    decision: Decision
    waits_for: str = ""
    posts: bool = False


class InvestigationPage:
    """One investigation as `request`'s user sees it today; 404 when it is not theirs to see."""

    def __init__(self, request: StaffRequest, pk: int) -> None:
        self.request = request
        self.access = request.access
        self.today: date = request.today
        self.investigation: Any = get_object_or_404(
            with_progress(Investigation.objects.visible_to(self.access)).select_related(
                "child", "unit", "group", "opened_by", "concluded_by"
            ),
            pk=pk,
        )
        self.child = self.investigation.child

    # What may be done

    @cached_property
    def reach(self) -> dict[str, Any]:
        return reach(self.investigation, on=self.today)

    def ask(self, action: Action) -> Decision:
        return self.access.ask(action, **self.reach)

    @cached_property
    def may_work(self) -> Decision:
        # What is over is over for everybody: the state is the reason worth knowing.
        return both(
            rules.may_work(status=self.investigation.status),
            self.ask(Action.WORK_ON_INVESTIGATION),
        )

    @cached_property
    def may_write_document(self) -> Decision:
        return both(
            rules.may_write_document(status=self.investigation.status),
            self.ask(Action.WORK_ON_INVESTIGATION),
        )

    @cached_property
    def may_disclose(self) -> Decision:
        return self.ask(Action.PREPARE_DISCLOSURE)

    @cached_property
    def may_add(self) -> Decision:
        """Corrections and additions are written also when the investigation is over."""
        return self.ask(Action.WORK_ON_INVESTIGATION)

    @cached_property
    def may_extend(self) -> Decision:
        return both(
            rules.may_extend(
                status=self.investigation.status, due_on=self.due_on, decided_on=self.today
            ),
            self.ask(Action.EXTEND_INVESTIGATION),
        )

    @cached_property
    def may_assign(self) -> Decision:
        return both(
            rules.may_assign(status=self.investigation.status), self.ask(Action.ASSIGN_HANDLERS)
        )

    @cached_property
    def may_submit(self) -> Decision:
        return both(
            self.may_work,
            rules.may_submit(
                status=self.investigation.status, empty_parts=self.investigation.parts_left
            ),
        )

    @cached_property
    def may_read_document(self) -> Decision:
        return both(
            rules.may_read_document(status=self.investigation.status),
            self.ask(Action.READ_DOCUMENT),
        )

    @cached_property
    def may_sign(self) -> Decision:
        if self.may_read_document and self.investigation.document_read_at is not None:
            return Denied(_("The reading is already signed."))
        return self.may_read_document

    @cached_property
    def may_conclude(self) -> Decision:
        return both(
            rules.may_conclude(
                status=self.investigation.status,
                violence=self.investigation.violence,
                police_report=self.investigation.police_report,
            ),
            self.ask(Action.CONCLUDE_INVESTIGATION),
        )

    @cached_property
    def may_grant_intervention(self) -> Decision:
        return self.ask(Action.CONCLUDE_INVESTIGATION)

    @cached_property
    def may_grant_reading(self) -> Decision:
        return self.ask(Action.GRANT_READING)

    @cached_property
    def may_see_whereabouts(self) -> bool:
        """Whether where the child is may be shown; asked in one place for the whole product."""
        if self.child.is_protected and not self.child.whereabouts_shown:
            return whereabouts.may_see(self.child, self.access)
        return True

    # Header

    @cached_property
    def due_on(self) -> date:
        return due_on(self.investigation)

    @cached_property
    def deadlines(self) -> list[Any]:
        return list(
            Deadline.objects.filter(matter=self.investigation.pk)
            .with_status(on=self.today)
            .order_by("due_on", "pk")
        )

    @cached_property
    def is_overdue(self) -> bool:
        return any(one.status == DeadlineStatus.OVERDUE for one in self.deadlines)

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
                away_until=away[row.user_id].until_on if row.user_id in away else None,
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

    # The path

    @cached_property
    def path(self) -> list[rules.Step]:
        return steps(self.investigation)

    @property
    def step_marks(self) -> list[dict[str, str]]:
        """The path as the component draws it; a step never taken says so afterwards."""
        marks = []
        for step in self.path:
            state, note = str(step.state), step.detail
            if step.state is rules.StepState.NOT_NEEDED:
                state, note = "left", _("not recorded")
            elif step.code == "concluded" and self.is_overdue:
                state = "late"
            elif step.state is rules.StepState.DONE and step.code != "child":
                note = ""
            marks.append(
                {
                    "label": step.label,
                    "state": state,
                    "note": note,
                    "url": page_url(self.investigation.pk, step.anchor),
                }
            )
        return marks

    @cached_property
    def next(self) -> NextStep | None:
        """The main action of the moment; None when the investigation is concluded."""
        step = next_step(self.investigation)
        if step is None:
            return None
        label, url, decision = self._action(step.code)
        waits_for = ""
        if not decision and self.may_work and step.code in ("allocated", "read", "concluded"):
            waits_for = _("It is the group leader's to do now.")
        return NextStep(
            label=label,
            url=url,
            decision=decision,
            waits_for=waits_for,
            posts=url == link("investigation_submit", self.investigation.pk),
        )

    def _action(self, code: str) -> tuple[str, str, Decision]:
        def at(name: str) -> str:
            return link(name, self.investigation.pk)

        to_read = self.investigation.status == InvestigationStatus.TO_READ
        if code == "read" and not to_read:
            return _("Hand the document to the leader"), at("investigation_submit"), self.may_submit
        guardian_known = self.investigation.guardian_count > 0
        actions: dict[str, tuple[str, str, Decision]] = {
            "allocated": (_("Give it to a pair"), at("investigation_assign"), self.may_assign),
            "planned": (_("Write the plan"), at("investigation_plan"), self.may_work),
            "child": (
                _("Write down a conversation with the child"),
                at("investigation_note") + f"?kind={NoteKind.CHILD_CONVERSATION}",
                self.may_work,
            ),
            "guardians": (
                _("Record that a guardian takes part")
                if guardian_known
                else _("Record the guardians"),
                at("investigation_participation" if guardian_known else "investigation_guardian"),
                self.may_work,
            ),
            "risk": (_("Assess protection and risk"), at("investigation_risk"), self.may_work),
            "violence": (
                _("Answer about violence and police report"),
                at("investigation_protection"),
                self.may_work,
            ),
            "document": (
                _("Write the decision document"),
                at("investigation_document"),
                self.may_write_document,
            ),
            "communicated": (
                _("Communicate with guardians and child"),
                at("investigation_communicate"),
                self.may_work,
            ),
            "read": (_("Read the document"), at("investigation_document"), self.may_read_document),
            "concluded": (
                _("End the investigation"),
                at("investigation_conclude"),
                self.may_conclude,
            ),
        }
        return actions[code]

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
        """The child's guardians, each with `shares`: how they have taken part in this."""
        return list(
            Guardian.objects.filter(child_id=self.investigation.child_id)
            .order_by("relation", "pk")
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
    return User.objects.filter(pk__in=roles.values("user"), is_active=True).order_by(
        "last_name", "first_name"
    )
