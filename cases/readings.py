"""Who has read and changed what of a child: the trail, in words and with what tied each to it.

Belongs here: reading the trail of one child and saying why each person may have been there. Who may
see it is `organisation.permissions`; writing the trail is `core.trail`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.enums import HandlerPart
from cases.models import (
    EmergencyAccess,
    HandlerAssignment,
    Intervention,
    Investigation,
    Person,
    ReadingGrant,
    Report,
)
from core.calendar import local_date
from core.models import TrailEntry, TrailKind
from organisation.enums import Role
from organisation.models import RoleAssignment, User

WORDS: dict[str, Any] = {
    "report.read": gettext_lazy("Opened the report"),
    "report.list_read": gettext_lazy("Saw the child in the list of reports"),
    "report.list_exported": gettext_lazy("Took out the list of reports as a file"),
    "report.logged": gettext_lazy("Logged the report"),
    "report.assigned": gettext_lazy("Gave the report to a worker"),
    "report.protection_assessed": gettext_lazy("Wrote the protection assessment"),
    "report.decision_proposed": gettext_lazy("Proposed a decision"),
    "report.decided": gettext_lazy("Decided on the report"),
    "report.feedback_given": gettext_lazy("Gave feedback to the reporter"),
    "report.serious_talk": gettext_lazy("Wrote down a serious talk"),
    "child.read": gettext_lazy("Opened the child's page"),
    "child.looked_up": gettext_lazy("Looked up the child when logging a report"),
    "child.log_read": gettext_lazy("Opened the child's log"),
    "child.log_exported": gettext_lazy("Took out the child's log as a file"),
    "search.read": gettext_lazy("Saw the child in a search"),
    "start.read": gettext_lazy("Saw the child on the start page"),
    "to_read.read": gettext_lazy("Saw the child among documents to read"),
    "allocation.read": gettext_lazy("Saw the child when giving out cases"),
    "deadline.list_read": gettext_lazy("Saw the child in the list of deadlines"),
    "deadline.list_exported": gettext_lazy("Took out the list of deadlines as a file"),
    "investigation.read": gettext_lazy("Opened the investigation"),
    "investigation.assign_read": gettext_lazy("Opened the investigation to give it out"),
    "investigation.listed": gettext_lazy("Saw the child in the list of investigations"),
    "investigation.list_exported": gettext_lazy("Took out the list of investigations as a file"),
    "investigation.opened": gettext_lazy("Opened an investigation (decision)"),
    "investigation.assigned": gettext_lazy("Gave out the investigation"),
    "investigation.planned": gettext_lazy("Wrote the plan"),
    "investigation.extended": gettext_lazy("Extended the investigation"),
    "investigation.concluded": gettext_lazy("Concluded the investigation"),
    "investigation.handler_left": gettext_lazy("A worker left; the investigation went back"),
    "report.handler_left": gettext_lazy("A worker left; the report went back"),
    "investigation.risk_assessed": gettext_lazy("Wrote down the risk"),
    "investigation.participation": gettext_lazy("Wrote down a guardian's take-part"),
    "note.read": gettext_lazy("Opened a note"),
    "note.versions_read": gettext_lazy("Opened earlier versions of a note"),
    "note.written": gettext_lazy("Wrote a note"),
    "note.changed": gettext_lazy("Changed a note"),
    "document.read": gettext_lazy("Read the decision document"),
    "document.printed": gettext_lazy("Opened the decision document for printing"),
    "document.written": gettext_lazy("Wrote in the decision document"),
    "document.submitted": gettext_lazy("Handed in the decision document"),
    "document.returned": gettext_lazy("Returned the decision document"),
    "intervention.read": gettext_lazy("Opened the intervention"),
    "intervention.listed": gettext_lazy("Saw the child in the list of interventions"),
    "intervention.granted": gettext_lazy("Granted an intervention"),
    "intervention.followed_up": gettext_lazy("Followed up the intervention"),
    "intervention.ended": gettext_lazy("Ended the intervention"),
    "access.granted": gettext_lazy("Gave a person the right to read"),
    "access.revoked": gettext_lazy("Took back a right to read"),
    "emergency.opened": gettext_lazy("Opened the case in an emergency"),
    "report.handler_blocked": gettext_lazy("A worker with a conflict of interest left the report"),
    "investigation.handler_blocked": gettext_lazy(
        "A worker with a conflict of interest left the investigation"
    ),
    "intervention.handler_blocked": gettext_lazy(
        "A worker with a conflict of interest left the intervention"
    ),
    "investigation.points_read": gettext_lazy("Opened the points of the investigation"),
    "investigation.child_moved": gettext_lazy("Wrote down that the child has moved"),
    "investigation.communicated": gettext_lazy("Wrote down a communication"),
    "investigation.instrument_used": gettext_lazy("Wrote down an instrument"),
    "investigation.protection_written": gettext_lazy("Wrote down the need of protection"),
    "investigation.safety_rated": gettext_lazy("Wrote down a place on the safety scale"),
    "guardian.added": gettext_lazy("Wrote down a guardian"),
    "note.signed": gettext_lazy("Signed a note"),
    "assessment.signed": gettext_lazy("Signed the protection assessment"),
    "document.pdf": gettext_lazy("Took out the decision document"),
    "emergency.ended": gettext_lazy("Ended an emergency opening"),
    "emergency.read": gettext_lazy("Opened an emergency opening to review it"),
    "emergency.list_read": gettext_lazy("Saw the child among emergency openings"),
    "emergency.reviewed": gettext_lazy("Reviewed an emergency opening"),
    "emergency.searched": gettext_lazy("Found the child for an emergency opening"),
    "conflict.declared": gettext_lazy("Registered a conflict of interest"),
    "conflict.ended": gettext_lazy("Ended a conflict of interest"),
    "conflict.refused": gettext_lazy("Tried to reach what a conflict of interest keeps away"),
    "identity.protected": gettext_lazy("Registered protected identity"),
    "identity.protection_ended": gettext_lazy("Ended the protection of the identity"),
    "whereabouts.read": gettext_lazy("Saw where the child is"),
    "whereabouts.changed": gettext_lazy("Wrote where the child is"),
    "disclosure.prepared": gettext_lazy("Prepared a party's copy of the file"),
    "disclosure.read": gettext_lazy("Opened a party's copy of the file"),
    "disclosure.listed": gettext_lazy("Saw the child among copies for parties"),
    "disclosure.text_read": gettext_lazy("Looked through a text for a party"),
    "disclosure.previewed": gettext_lazy("Looked at what a party will get"),
    "disclosure.masked": gettext_lazy("Masked words in a party's copy"),
    "disclosure.unmasked": gettext_lazy("Took a mask away in a party's copy"),
    "disclosure.kept_back": gettext_lazy("Kept a whole text back from a party"),
    "disclosure.refusal_written": gettext_lazy("Wrote the decision on what a party does not get"),
    "disclosure.submitted": gettext_lazy("Handed in a party's copy for decision"),
    "disclosure.returned": gettext_lazy("Returned a party's copy"),
    "disclosure.approved": gettext_lazy("Decided on a party's copy"),
    "disclosure.delivered": gettext_lazy("Gave a party its copy"),
    "disclosure.taken_out": gettext_lazy("Took out a party's copy as a file"),
    "disclosure.withdrawn": gettext_lazy("Withdrew a party's copy"),
    "allocation.case_read": gettext_lazy("Opened the case on the allocation board"),
    "allocation.proposal_read": gettext_lazy("Saw the child in a proposed allocation"),
    "allocation.planned": gettext_lazy("Planned who is to have the case"),
    "allocation.plan_cleared": gettext_lazy("Took back the plan of who is to have the case"),
    "allocation.wishes_read": gettext_lazy("Opened the wishes for the allocation"),
    "allocation.wish_noted": gettext_lazy("Wrote down a wish for the allocation"),
    "allocation.wish_withdrawn": gettext_lazy("Took back a wish for the allocation"),
    "review.cases_read": gettext_lazy("Saw the child in a case review"),
    "workload.judged": gettext_lazy("Judged how heavy the case is"),
    "workload.contact_recorded": gettext_lazy("Wrote down a colleague's help"),
    "workload.contact_withdrawn": gettext_lazy("Took back a colleague's help"),
    "log_check.read": gettext_lazy("Saw the child in a log check"),
}
"""What an act was, in the past. One without words of its own is named by its kind and target."""

OBJECTS: dict[str, Any] = {
    "person": gettext_lazy("the child"),
    "report": gettext_lazy("report"),
    "investigation": gettext_lazy("investigation"),
    "intervention": gettext_lazy("intervention"),
    "note": gettext_lazy("note"),
    "deadline": gettext_lazy("deadline"),
}


def of_child(child: Person) -> QuerySet[TrailEntry]:
    """Everything in the trail about the child, lists that held it too; newest first."""
    return TrailEntry.objects.filter(children__contains=[child.pk]).order_by("-at", "-pk")


def reach_of(child: Person) -> dict[str, Any]:
    """The child, with the groups of its matters, as `Access.may` wants it. One query."""
    groups = Report.objects.filter(child=child).values_list("group_id").order_by()
    more = Investigation.objects.filter(child=child).values_list("group_id").order_by()
    return {
        "unit_id": child.unit_id,
        "group_ids": [group for (group,) in groups.union(more)],
        "child_id": child.pk,
    }


def people_in(entries: QuerySet[TrailEntry]) -> list[User]:
    """Everybody who stands in these entries, by name."""
    return list(User.objects.filter(pk__in=entries.order_by().values("actor_id")))


def in_words(entry: TrailEntry) -> str:
    """What was done, in words."""
    words = WORDS.get(entry.action)
    if words is not None:
        return str(words)
    target = OBJECTS.get(entry.target_type, entry.target_type)
    return f"{entry.get_kind_display()}: {target}"


@dataclass(frozen=True, slots=True)
class Tie:
    """What tied a person to a child: in words, from a day to a day."""

    user_id: int
    words: str
    from_on: date
    until_on: date | None

    def holds(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


class Ties:
    """What tied each of some people to some children, day by day. Constant number of queries.

    Being its handler is nearer than leading its group, and that nearer than a role in the unit;
    the nearest is told. A role in the unit that reads nothing of the child is no tie.
    """

    def __init__(self, child_ids: Iterable[int], user_ids: Iterable[int]) -> None:
        children, users = list(set(child_ids)), list(set(user_ids))
        self._near: dict[tuple[int, int], list[Tie]] = {}
        self._groups: dict[int, set[int]] = {}
        self._units: dict[int, int] = dict(
            Person.objects.filter(pk__in=children).values_list("pk", "unit_id")
        )
        self._handlers(children, users)
        self._given(children, users)
        self._roles: dict[int, list[Any]] = {}
        for row in RoleAssignment.objects.filter(user_id__in=users).select_related("node"):
            self._roles.setdefault(row.user_id, []).append(row)

    def _add(self, child: int, user: int, words: Any, from_on: date, until_on: date | None) -> None:
        self._near.setdefault((child, user), []).append(Tie(user, str(words), from_on, until_on))

    def _handlers(self, children: Sequence[int], users: Sequence[int]) -> None:
        for row in HandlerAssignment.objects.filter(
            investigation__child__in=children, user__in=users
        ).values_list("investigation__child", "user", "part", "from_on", "until_on"):
            child, user, part, from_on, until_on = row
            self._add(child, user, HandlerPart(part).label, from_on, until_on)
        for child, group, handler, logger, received in Report.objects.filter(
            child__in=children
        ).values_list("child", "group", "handler", "logged_by", "received_on"):
            self._groups.setdefault(child, set()).add(group)
            if handler in users:
                self._add(child, handler, _("handler of the report"), received, None)
            if logger in users:
                self._add(child, logger, _("logged the report"), received, None)
        for child, group in Investigation.objects.filter(child__in=children).values_list(
            "child", "group"
        ):
            self._groups.setdefault(child, set()).add(group)
        for child, responsible, from_on, until_on in Intervention.objects.filter(
            child__in=children, responsible__in=users
        ).values_list("child", "responsible", "started_on", "ended_on"):
            self._add(child, responsible, _("responsible for the intervention"), from_on, until_on)

    def _given(self, children: Sequence[int], users: Sequence[int]) -> None:
        """What was given case by case: readings granted, and openings in emergency."""
        grants = ReadingGrant.objects.filter(reader__in=users).filter(
            Q(report__child__in=children) | Q(investigation__child__in=children)
        )
        for reader, of_report, of_investigation, from_on, until_on in grants.values_list(
            "reader", "report__child", "investigation__child", "from_on", "until_on"
        ):
            self._add(of_report or of_investigation, reader, _("right to read"), from_on, until_on)
        for user, child, opened_at, until_at in EmergencyAccess.objects.filter(
            child__in=children, user__in=users
        ).values_list("user", "child", "opened_at", "until_at"):
            days = local_date(opened_at), local_date(until_at)
            self._add(child, user, _("emergency opening"), *days)

    def of(self, user_id: int, child_id: int, day: date) -> str:
        """What tied the person to the child that day; empty when nothing is known to."""
        for tie in self._near.get((child_id, user_id), []):
            if tie.holds(day):
                return tie.words
        groups = self._groups.get(child_id, set())
        for row in self._roles.get(user_id, []):
            if row.from_on > day or (row.until_on is not None and row.until_on < day):
                continue
            in_group = row.node_id in groups and row.role in (Role.GROUP_LEADER, Role.RECEPTION)
            in_unit = row.node_id == self._units.get(child_id) and row.role in (
                Role.UNIT_HEAD,
                Role.COORDINATOR,
            )
            if in_group or in_unit:
                return f"{Role(row.role).label}, {row.node}"
        return ""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as pages and files show it."""

    entry: TrailEntry
    actor: str
    words: str
    why: str
    tied: bool
    tone: str

    @property
    def several(self) -> int:
        """How many children were seen in the same act."""
        return len(self.entry.children)


TONES: dict[str, str] = {
    TrailKind.READ: "neutral",
    TrailKind.CHANGE: "info",
    TrailKind.EXPORT: "soon",
    TrailKind.REFUSED: "late",
}


def lines(entries: Sequence[TrailEntry], child: Person) -> list[Line]:
    """The entries in words; they must have been fetched with their actors."""
    ties = Ties([child.pk], [entry.actor_id for entry in entries if entry.actor_id])
    made = []
    for entry in entries:
        tie = ""
        if entry.actor_id:
            tie = ties.of(entry.actor_id, child.pk, local_date(entry.at))
        why = ". ".join(part for part in (tie, entry.reason) if part)
        made.append(
            Line(
                entry=entry,
                actor=str(entry.actor) if entry.actor_id else str(_("The system")),
                words=in_words(entry),
                why=why,
                tied=bool(why) or entry.actor_id is None,
                tone=TONES[entry.kind],
            )
        )
    return made


def chosen(
    entries: QuerySet[TrailEntry],
    *,
    actor: int | None = None,
    kind: str = "",
    from_at: Any = None,
    until_at: Any = None,
) -> QuerySet[TrailEntry]:
    """Those by that person, of that kind, from a moment until before another."""
    conditions = Q()
    if actor:
        conditions &= Q(actor_id=actor)
    if kind:
        conditions &= Q(kind=kind)
    if from_at:
        conditions &= Q(at__gte=from_at)
    if until_at:
        conditions &= Q(at__lt=until_at)
    return entries.filter(conditions)
