"""Who has read and changed what of a child: the trail, in words and with what tied each to it.

Belongs here: reading the trail of one child and saying why each person may have been there. Who may
see it is `organisation.permissions`; writing the trail is `core.trail`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.corrections.models import Correction
from cases.matters import registry as matters
from cases.matters.models import Matter, MatterWorker
from cases.matters.registry import Tie
from cases.persons.models import Person
from cases.provisions.models import EmergencyAccess, ReadingGrant
from cases.signing import texts
from core.calendar import local_date
from core.models import TrailEntry, TrailKind
from organisation.enums import Role
from organisation.models import RoleAssignment, User
from organisation.permissions import READING
from organisation.rights import TABLE, Reach

WORDS: dict[str, Any] = {
    "child.read": gettext_lazy("Opened the child's page"),
    "child.looked_up": gettext_lazy("Looked up the child when logging a report"),
    "child.log_read": gettext_lazy("Opened the child's log"),
    "child.log_exported": gettext_lazy("Took out the child's log as a file"),
    "search.read": gettext_lazy("Saw the child in a search"),
    "start.read": gettext_lazy("Saw the child on the start page"),
    "to_read.read": gettext_lazy("Saw the child among documents to read"),
    "allocation.read": gettext_lazy("Saw the child when giving out cases"),
    "deadline.list_read": gettext_lazy("Saw the child in the list of deadlines"),
    "deadline.listed": gettext_lazy("Saw the child in the list of deadlines"),
    "deadline.list_exported": gettext_lazy("Took out the list of deadlines as a file"),
    "handover.read": gettext_lazy("Opened a hand-over between units"),
    "handover.listed": gettext_lazy("Saw the child in the list of hand-overs"),
    "note.read": gettext_lazy("Opened a note"),
    "note.versions_read": gettext_lazy("Opened earlier versions of a note"),
    "note.written": gettext_lazy("Wrote a note"),
    "note.changed": gettext_lazy("Changed a note"),
    "document.read": gettext_lazy("Read the decision document"),
    "document.printed": gettext_lazy("Opened the decision document for printing"),
    "document.written": gettext_lazy("Wrote in the decision document"),
    "document.submitted": gettext_lazy("Handed in the decision document"),
    "document.returned": gettext_lazy("Returned the decision document"),
    "access.granted": gettext_lazy("Gave a person the right to read"),
    "access.revoked": gettext_lazy("Took back a right to read"),
    "access.reader_left": gettext_lazy("A right to read ended: the reader left"),
    "emergency.opened": gettext_lazy("Opened the case in an emergency"),
    "guardian.added": gettext_lazy("Wrote down a guardian"),
    "note.signed": gettext_lazy("Signed a note"),
    "addition.signed": gettext_lazy("Corrected or added to a signed text"),
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
    "child.merge_searched": gettext_lazy("Saw the child when looking for records to merge"),
    "child.merge_previewed": gettext_lazy("Looked at what merging the record would do"),
    "person.corrected": gettext_lazy("Corrected the child's particulars"),
    "person.number_found": gettext_lazy("Wrote the child's number"),
    "person.number_changed": gettext_lazy("Changed the child's number"),
    "person.born": gettext_lazy("Registered the child's birth"),
    "person.died": gettext_lazy("Registered the child's death"),
    "person.death_withdrawn": gettext_lazy("Took back a registered death"),
    "person.guardian_added": gettext_lazy("Wrote down a person around the child"),
    "person.guardian_changed": gettext_lazy("Changed a person around the child"),
    "person.guardian_ended": gettext_lazy("Ended that a person is around the child"),
    "person.guardian_reopened": gettext_lazy("Took back that a person is no longer around"),
    "person.merged": gettext_lazy("Merged another record of the child into this one"),
    "person.merge_undone": gettext_lazy("Undid a merging of records"),
    "whereabouts.read": gettext_lazy("Saw where the child is"),
    "whereabouts.changed": gettext_lazy("Wrote where the child is"),
    "disclosure.prepared": gettext_lazy("Prepared a party's copy of the file"),
    "disclosure.right_examined": gettext_lazy("Examined a party's right to the file"),
    "disclosure.right_refused": gettext_lazy("Refused a party the file"),
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
"""What an act was, in the past; those in a matter are said by its kind (`cases.matters.registry`).
One without words of its own is named by its kind and target."""

OBJECTS: dict[str, Any] = {
    "person": gettext_lazy("the child"),
    "note": gettext_lazy("note"),
    "deadline": gettext_lazy("deadline"),
}


def of_child(child: Person) -> QuerySet[TrailEntry]:
    """Everything in the trail about the child, lists that held it too; newest first.

    What was read of a record that was merged into it was read of the child.
    """
    merged = list(child.merged_here.values_list("pk", flat=True))
    return TrailEntry.objects.filter(children__overlap=[child.pk, *merged]).order_by("-at", "-pk")


def reach_of(child: Person) -> dict[str, Any]:
    """The child, with the groups of its matters, as `Access.may` wants it. One query."""
    groups = Matter.objects.filter(child=child).values_list("group_id", flat=True).distinct()
    return {
        "unit_id": child.unit_id,
        "group_ids": list(groups),
        "child_id": child.pk,
    }


def people_in(entries: QuerySet[TrailEntry]) -> list[User]:
    """Everybody who stands in these entries, by name."""
    return list(User.objects.filter(pk__in=entries.order_by().values("actor_id")))


TEXT_WORDS: dict[str, Any] = {
    "read": gettext_lazy("Opened a text: %(text)s"),
    "versions_read": gettext_lazy("Opened earlier versions of a text: %(text)s"),
    "signed": gettext_lazy("Signed a text: %(text)s"),
}
"""The same of every kind of text that is registered (`cases.signing.texts`)."""


def of_text(action: str) -> str | None:
    """The words of an act on a text of a registered kind."""
    code, _dot, act = action.rpartition(".")
    if code not in texts.KINDS or act not in TEXT_WORDS:
        return None
    return str(TEXT_WORDS[act]) % {"text": str(texts.KINDS[code].label).lower()}


def in_words(entry: TrailEntry) -> str:
    """What was done, in words."""
    words = WORDS.get(entry.action)
    target = OBJECTS.get(entry.target_type, entry.target_type)
    for kind in matters.KINDS:
        words = words or kind.log_words.get(entry.action)
        if kind.code == entry.target_type:
            target = str(kind.name).lower()
    words = words if words is not None else of_text(entry.action)
    return str(words) if words is not None else f"{entry.get_kind_display()}: {target}"


TYING = frozenset(
    role
    for action in READING
    for role, reach in TABLE[action].items()
    if Reach.GROUP <= reach <= Reach.UNIT
)
"""Roles that read what belongs to the group or unit where they are held, whoever handles it."""


def _is_part_of_another(row: MatterWorker) -> bool:
    """A part in what a matter led to is nearer than one in that matter."""
    return row.matter.part_of_id is not None


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
        self._worked(children, users)
        self._given(children, users)
        self._roles: dict[int, list[Any]] = {}
        for row in RoleAssignment.objects.filter(user_id__in=users).select_related("node"):
            self._roles.setdefault(row.user_id, []).append(row)

    def _add(self, tie: Tie) -> None:
        self._near.setdefault((tie.child_id, tie.user_id), []).append(tie)

    def _worked(self, children: Sequence[int], users: Sequence[int]) -> None:
        """Parts in matters, and what else ties by the kinds' own word."""
        for child, group in (
            Matter.objects.filter(child__in=children).values_list("child", "group").distinct()
        ):
            self._groups.setdefault(child, set()).add(group)
        rows = MatterWorker.objects.filter(matter__child__in=children, user__in=users)
        for row in sorted(rows.select_related("matter").order_by("pk"), key=_is_part_of_another):
            kind = matters.kind(row.matter.kind)
            until_on = row.until_on or (row.matter.closed_on if kind.ties_end else None)
            assert row.matter.child_id is not None
            self._add(
                Tie(
                    row.matter.child_id,
                    row.user_id,
                    kind.tie_words(row.part),
                    row.from_on,
                    max(until_on, row.from_on) if until_on else None,
                )
            )
        for one in matters.KINDS:
            for tie in one.ties(children, users):
                self._add(tie)

    def _given(self, children: Sequence[int], users: Sequence[int]) -> None:
        """What was given case by case: readings granted, and openings in emergency."""
        grants = ReadingGrant.objects.filter(user__in=users, content_object__child__in=children)
        for user, child, from_on, until_on in grants.values_list(
            "user", "content_object__child", "from_on", "until_on"
        ):
            self._add(Tie(child, user, _("right to read"), from_on, until_on))
        for user, child, opened_at, until_at in EmergencyAccess.objects.filter(
            child__in=children, user__in=users
        ).values_list("user", "child", "opened_at", "until_at"):
            days = local_date(opened_at), local_date(until_at)
            self._add(Tie(child, user, _("emergency opening"), *days))

    def of(self, user_id: int, child_id: int, day: date) -> str:
        """What tied the person to the child that day; empty when nothing is known to."""
        for tie in self._near.get((child_id, user_id), []):
            if tie.holds(day):
                return tie.words
        groups = self._groups.get(child_id, set())
        for row in self._roles.get(user_id, []):
            if row.from_on > day or (row.until_on is not None and row.until_on < day):
                continue
            here = row.node_id in groups or row.node_id == self._units.get(child_id)
            if here and row.role in TYING:
                return f"{Role(row.role).label}, {row.node}"
        return ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """An entry as pages and files show it. `moved`: of a matter that was another child's, of which
    nothing more is said here."""

    entry: TrailEntry
    actor: str
    words: str
    why: str
    tied: bool
    tone: str
    moved: bool = False

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


MOVED = gettext_lazy("Something in a matter that was moved: it was about another child")
"""All that the wrong child's log says of what was read and done in what was not about it."""


class _Moved:
    """Which entries tell of matters that stood on the child by mistake, and of nothing else of it.

    A query, and one more for each type of row among the entries where something was moved.
    """

    def __init__(self, entries: Sequence[TrailEntry], child: Person) -> None:
        self._ids: set[int] = set()
        rows = Correction.objects.filter(child=child, to_child__isnull=False)
        for kept in rows.values_list("kept", flat=True):
            self._ids.update(kept.get("moved", ()))
        self._rows: dict[str, tuple[set[int], set[int]]] = {}
        if not self._ids:
            return
        own = set(Matter.objects.filter(child=child).values_list("pk", flat=True))
        self._ids -= own
        wanted: dict[str, set[int]] = {}
        for entry in entries:
            wanted.setdefault(entry.target_type, set()).update(entry.targets)
        for name, targets in wanted.items():
            self._rows[name] = (
                self._within(name, targets, self._ids),
                self._within(name, targets, own),
            )

    def _within(self, name: str, targets: set[int], ids: set[int]) -> set[int]:
        """Those of the rows of a model that are, or stand in, one of the matters."""
        if name in {kind.code for kind in matters.KINDS}:
            return targets & ids
        try:
            model: Any = apps.get_model("cases", name)
        except LookupError:
            return set()
        columns = {column.name for column in model._meta.concrete_fields}
        column = getattr(model, "IN", "matter")
        if column not in columns:
            return set()
        found = model._default_manager.filter(**{"pk__in": targets, f"{column}__in": ids})
        return set(found.values_list("pk", flat=True))

    def holds(self, entry: TrailEntry) -> bool:
        moved, own = self._rows.get(entry.target_type, (set(), set()))
        return bool(moved.intersection(entry.targets)) and not own.intersection(entry.targets)


def lines(entries: Sequence[TrailEntry], child: Person) -> list[LogLine]:
    """The entries in words; they must have been fetched with their actors."""
    ties = Ties([child.pk], [entry.actor_id for entry in entries if entry.actor_id])
    elsewhere = _Moved(entries, child)
    made = []
    for entry in entries:
        moved = elsewhere.holds(entry)
        tie = ""
        if entry.actor_id:
            tie = ties.of(entry.actor_id, child.pk, local_date(entry.at))
        why = ". ".join(part for part in (tie, "" if moved else entry.reason) if part)
        made.append(
            LogLine(
                entry=entry,
                actor=str(entry.actor) if entry.actor_id else str(_("The system")),
                words=str(MOVED) if moved else in_words(entry),
                why=why,
                # Who was near a matter that is another child's now is told in that child's log.
                tied=bool(why) or moved or entry.actor_id is None,
                tone=TONES[entry.kind],
                moved=moved,
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
