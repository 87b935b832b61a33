"""Conflicts of interest (jäv): declaring, registering and ending them, and giving cases back.

A declaration never tells whether the child is known. From its first day the person reaches nothing
of the child, and what they worked on goes back to the leader (förvaltningslagen 16-18 §§).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.access import departures
from cases.enums import ConflictCategory, PartEnd
from cases.matters.models import MatterWorker
from cases.persons import identity
from cases.persons.models import Person
from cases.provisions.lookup import blocked_pairs
from cases.provisions.models import ConflictOfInterest, EmergencyAccess
from core import trail
from core.errors import Forbidden, Invalid, Missing
from core.names import normal, tightened
from organisation.acting import access, checked_choice, checked_length, checked_texts
from organisation.enums import Level
from organisation.models import RoleAssignment, User
from organisation.permissions import Access, refusal
from organisation.rights import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildNamed:
    """The child of a declaration: a record one sees, else a number, else a name and birth date."""

    child_id: int | None = None
    personal_identity_number: str = ""
    first_name: str = ""
    last_name: str = ""
    birth_date: date | None = None


def may_register_for(who: Access, staff: User) -> bool:
    """Oneself; else those who work where one leads."""
    if staff.pk == who.user_id:
        return True
    units = who.units_with(Action.REGISTER_CONFLICT)
    groups = who.groups_with(Action.REGISTER_CONFLICT)
    return (
        RoleAssignment.objects.active(who.on)
        .filter(user=staff)
        .filter(
            Q(node_id__in=groups | units) | Q(node__level=Level.GROUP, node__parent_id__in=units)
        )
        .exists()
    )


def _unit_of(who: Access, staff: User) -> int:
    """The unit of the registration: where the person works, the actor's own if they share one."""
    own = {held.unit_id for held in who.held if held.unit_id is not None}
    rows = RoleAssignment.objects.active(who.on).filter(user=staff).select_related("node")
    units = [
        row.node_id if row.node.level == Level.UNIT else row.node.parent_id
        for row in rows
        if row.node.level in (Level.UNIT, Level.GROUP)
    ]
    shared = [unit for unit in units if unit in own] or units
    if not shared or shared[0] is None:
        raise Invalid({"staff": _("Only those who work in a unit can have a conflict in it.")})
    return shared[0]


@transaction.atomic
def declare(
    named: ChildNamed,
    *,
    staff: User,
    category: str,
    includes_siblings: bool,
    from_on: date,
    until_on: date | None = None,
    note: str = "",
    by: User,
    at: datetime,
) -> ConflictOfInterest:
    """Block `staff` from a child's cases from `from_on`; today's at once.

    The answer is the same whether the child is known or not, in this unit or any other.
    """
    who = access(by, at)
    if not may_register_for(who, staff):
        raise Forbidden(refusal(Action.REGISTER_CONFLICT))
    checked_choice("category", category, ConflictCategory)
    texts = checked_texts({"note": note})
    checked_length("note", texts["note"], ConflictOfInterest, "note")
    if until_on is not None and until_on < from_on:
        raise Invalid({"until_on": _("The last day cannot be before the first.")})
    if from_on < who.on:
        raise Invalid({"from_on": _("The first day is today at the earliest.")})
    conflict = ConflictOfInterest.objects.create(
        staff=staff,
        unit_id=_unit_of(who, staff),
        category=category,
        note=texts["note"],
        includes_siblings=includes_siblings,
        from_on=from_on,
        until_on=until_on,
        declared_by=by,
        declared_at=at,
        **_child(named, who),
    )
    trail.changed("conflict.declared", conflict, by=by, at=at, staff=staff.pk)
    if from_on <= who.on:
        release_blocked(on=who.on, at=at, staff_ids=[staff.pk])
    return conflict


def _child(named: ChildNamed, who: Access) -> dict[str, object]:
    if named.child_id is not None:
        child = Person.objects.visible_to(who).filter(pk=named.child_id).first()
        if child is None:
            raise Missing(_("It does not exist, or is not yours to see."))
        return {"child": child}
    number = named.personal_identity_number.strip()
    first, last = normal(named.first_name), normal(named.last_name)
    checked_texts({"first_name": first, "last_name": last})
    checked_length("first_name", first, ConflictOfInterest, "first_name")
    checked_length("last_name", last, ConflictOfInterest, "last_name")
    if number:
        try:
            parsed = identity.parse(number, on=who.on)
        except ValueError:
            message = _("Write the number as YYYYMMDD-NNNN, or leave it empty if it is unknown.")
            raise Invalid({"personal_identity_number": message}) from None
        return {
            "personal_identity_number": parsed.number,
            "first_name": first,
            "last_name": last,
            "birth_date": parsed.birth_date,
        }
    missing = {
        name: _("Needed when the personal identity number is not known.")
        for name, value in (
            ("first_name", first),
            ("last_name", last),
            ("birth_date", named.birth_date),
        )
        if not value
    }
    if missing:
        raise Invalid(missing)
    return {"first_name": first, "last_name": last, "birth_date": named.birth_date}


@transaction.atomic
def end(conflict_id: int, *, reason: str, by: User, at: datetime) -> ConflictOfInterest:
    """The unit head ends a conflict that is there no more; the person blocked never does."""
    who = access(by, at)
    conflict = (
        ConflictOfInterest.objects.select_for_update(of=("self",)).filter(pk=conflict_id).first()
    )
    if conflict is None or conflict.unit_id not in who.units_with(Action.REVIEW_ACCESS):
        raise Missing(_("It does not exist, or is not yours to see."))
    if conflict.staff_id == by.pk:
        raise Forbidden(_("Nobody lifts their own conflict of interest."))
    texts = checked_texts({"reason": reason}, required=["reason"])
    checked_length("reason", texts["reason"], ConflictOfInterest, "end_reason")
    if conflict.ended_at is not None:
        return conflict
    conflict.ended_at, conflict.ended_by, conflict.end_reason = at, by, texts["reason"]
    conflict.until_on = max(who.on, conflict.from_on)
    conflict.save(update_fields=["ended_at", "ended_by", "end_reason", "until_on"])
    trail.changed(
        "conflict.ended", conflict, by=by, at=at, reason=texts["reason"], staff=conflict.staff_id
    )
    return conflict


class Named(Protocol):
    """A child as somebody writes it."""

    @property
    def child_id(self) -> int | None: ...
    @property
    def personal_identity_number(self) -> str: ...
    @property
    def first_name(self) -> str: ...
    @property
    def last_name(self) -> str: ...
    @property
    def birth_date(self) -> date | None: ...


def stand_between(staff: User, children: Iterable[Named], *, on: date) -> bool:
    """Whether a conflict of the person's names one of the children, known to the unit or not."""
    mine = list(
        ConflictOfInterest.objects.in_force(on=on).filter(staff=staff).select_related("child")
    )
    if not mine:
        return False
    ids = blocked_pairs([staff.pk], on=on).get(staff.pk, frozenset())
    numbers = {
        row.personal_identity_number or (row.child.personal_identity_number if row.child else None)
        for row in mine
    }
    for pair in Person.objects.filter(pk__in=ids).values_list(
        "personal_identity_number", "earlier_numbers__number"
    ):
        numbers.update(pair)
    children = list(children)
    names = _names([*mine, *children])
    blocked = set(names[: len(mine)])
    for child, name in zip(children, names[len(mine) :], strict=True):
        try:
            number = identity.parse(child.personal_identity_number, on=on).number
        except ValueError:
            number = ""
        if child.child_id in ids or (number and number in numbers):
            return True
        if child.birth_date and name in blocked:
            return True
    return False


def _names(rows: Sequence[Any]) -> list[tuple[str, str, date | None]]:
    """What `BLOCKED` compares: a name that is written otherwise is the same child's."""
    tight = iter(tightened([part for row in rows for part in (row.first_name, row.last_name)]))
    return [(next(tight), next(tight), row.birth_date) for row in rows]


# What a blocked person works on goes back


def release_blocked(*, on: date, at: datetime, staff_ids: list[int] | None = None) -> int:
    """Take from blocked staff what they work on; safe to run again. All staff when none is named.

    A matter left with nobody goes back as its kind says, and its leader is told. Returns how many
    parts ended.
    """
    if staff_ids is None:
        staff_ids = list(
            ConflictOfInterest.objects.in_force(on=on).values_list("staff_id", flat=True).distinct()
        )
    ended = 0
    for staff_id, children in sorted(blocked_pairs(staff_ids, on=on).items()):
        parts = MatterWorker.objects.current().filter(
            user_id=staff_id, matter__child__in=children, matter__closed_on__isnull=True
        )
        for pk in parts.order_by("matter_id", "pk").values_list("pk", flat=True):
            ended += departures.release(
                pk, reason=PartEnd.CONFLICT_OF_INTEREST, act="handler_blocked", on=on, at=at
            )
        EmergencyAccess.objects.in_force(at=at).filter(user_id=staff_id, child__in=children).update(
            ended_at=at, ended_by_id=staff_id
        )
    return ended
