"""Two records of one child in a unit made one, with everything of both; undone within a month.

What is moved is found from the database's own keys, so that a table made tomorrow is moved too:
every column that points at a child (`columns`), each with the rows that pointed at the record that
goes. What both records said is kept, so that undoing brings back the same state. Never two children
with numbers of their own: twins share name and day of birth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pghistory.models
from django.db import IntegrityError, connection, transaction
from django.db.models import Field, Q, QuerySet
from django.utils.translation import gettext as _

from cases.child import corrections
from cases.enums import Gender, NumberChange, ProtectedIdentity
from cases.investigations.models import Investigation
from cases.matters.models import Matter
from cases.persons.models import EarlierNumber, Person, PersonMerge
from cases.persons.whereabouts import may_work_with
from core import trail
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.wording import full_day
from organisation.acting import access, checked_length, checked_texts
from organisation.models import User
from organisation.permissions import Access, refusal
from organisation.rights import Action

UNDO_DAYS = 30
CHOSEN = (
    "first_name",
    "last_name",
    "birth_date",
    "gender",
    "address",
    "school",
    "whereabouts",
    "interpreter_language",
    "temporary_number",
)
"""Particulars of which one record's is chosen where both say something, and differ."""
PLACES = frozenset({"address", "school", "whereabouts"})
FOLLOW = ("personal_identity_number", "expected_on", "died_on", "protected_identity")
"""Particulars that follow by rule."""
KEPT, GONE = "kept", "gone"
MOST = 12
"""Records offered as perhaps the same child."""


def columns() -> list[Field[Any, Any]]:
    """Every column that points at a child, the matter's first: its kinds' rows must say the same.

    Histories tell what was, and stay; so does what merging itself writes.
    """
    relations: list[Any] = list(Person._meta.get_fields(include_hidden=True))
    found = [
        one.field
        for one in relations
        if one.auto_created and not one.concrete and (one.one_to_many or one.one_to_one)
    ]
    moved = [
        field
        for field in found
        if field.model is not PersonMerge
        and field.model._meta.managed
        and not issubclass(field.model, pghistory.models.Event)
    ]
    return sorted(moved, key=lambda one: (one.model is not Matter, _label(one)))


def _label(field: Field[Any, Any]) -> str:
    return f"{field.model._meta.label_lower}.{field.attname}"


@dataclass(frozen=True, slots=True)
class Differing:
    """A particular that both records have, and say differently."""

    name: str
    label: str
    kept: str
    gone: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What merging would do: particulars to choose, and how many of each thing are moved."""

    differences: list[Differing]
    moved: list[tuple[str, int]]
    refusal: str


def candidates(child: Person, who: Access) -> list[Person]:
    """Records of the unit that may be the same child, as the reader may decide on them."""
    same = Q(pk__in=[])
    if child.last_name and child.first_name:
        same |= Q(last_name__iexact=child.last_name, first_name__iexact=child.first_name)
    if child.birth_date and child.last_name:
        same |= Q(birth_date=child.birth_date, last_name__iexact=child.last_name)
    if child.birth_date and child.first_name:
        same |= Q(birth_date=child.birth_date, first_name__iexact=child.first_name)
    if child.temporary_number:
        same |= Q(temporary_number=child.temporary_number)
    rows = (
        Person.objects.visible_to(who)
        .unmerged()
        .filter(same, unit_id=child.unit_id)
        .exclude(pk=child.pk)
        .order_by("last_name", "first_name", "pk")
    )
    return [
        one
        for one in rows[:MOST]
        if may_work_with(one, who, Action.DECIDE_IDENTITY) and not _numbers_differ(child, one)
    ]


def preview(child: Person, other: Person) -> Preview:
    """What merging `other` into `child` would do. One query for each column."""
    moved: dict[str, int] = {}
    for field in columns():
        count = field.model._default_manager.filter(**{field.attname: other.pk}).count()
        if count and field.model is not Person and field.model is not Matter:
            name = str(field.model._meta.verbose_name_plural)
            moved[name] = moved.get(name, 0) + count
    return Preview(differences(child, other), sorted(moved.items()), _refusal(child, other))


def differences(child: Person, other: Person) -> list[Differing]:
    """What both say, and say differently; where they are is told as `whereabouts.mark` has said."""
    hidden = child.hides_whereabouts or other.hides_whereabouts
    found = []
    for name in CHOSEN:
        here, there = getattr(child, name), getattr(other, name)
        if name == "gender" and Gender.UNKNOWN in (here, there):
            continue
        if here and there and here != there:
            column = Person._meta.get_field(name)
            words = dict(getattr(column, "flatchoices", []))
            said = [str(words.get(value, value)) for value in (here, there)]
            if hidden and name in PLACES:
                said = [_("this record's, not shown"), _("the other record's, not shown")]
            label = str(getattr(column, "verbose_name", name)).capitalize()
            found.append(Differing(name, label, *said))
    return found


def _numbers_differ(child: Person, other: Person) -> str:
    """Why two numbers cannot be one child's; empty when they can."""
    one, two = child.personal_identity_number, other.personal_identity_number
    if not one or not two:
        return ""
    if other.earlier_numbers.filter(number=one).exists():
        return ""
    if child.earlier_numbers.filter(number=two).exists():
        return ""
    coordination = corrections.is_coordination(one) != corrections.is_coordination(two)
    alike = (
        bool(child.birth_date and child.first_name)
        and child.birth_date == other.birth_date
        and child.first_name.casefold() == other.first_name.casefold()
        and len({child.gender, other.gender} - {Gender.UNKNOWN}) < 2
    )
    if coordination and alike:
        return ""
    return _("The two have different personal identity numbers: they are two children.")


def _refusal(child: Person, other: Person) -> str:
    """Why the two cannot be merged; empty when they can."""
    if child.pk == other.pk or child.unit_id != other.unit_id:
        return _("Choose another record in the unit.")
    if child.merged_into_id or other.merged_into_id:
        return _("One of the records has been merged already.")
    if problem := _numbers_differ(child, other):
        return problem
    if child.expected_on and not other.expected_on:
        return _("Start from the record of the child that is born, and merge the other into it.")
    open_two = Investigation.objects.open().filter(child__in=[child.pk, other.pk])
    if open_two.count() > 1:
        return _("Both have an open investigation: one of them is ended first.")
    if child.is_protected and other.is_protected:
        return _("Both have a protected identity in force: one of them is ended first.")
    return ""


@transaction.atomic
def merge(
    kept_id: int,
    gone_id: int,
    *,
    chosen: Mapping[str, str],
    reason: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> PersonMerge:
    """Move everything of `gone` to `kept`. `chosen`: for each particular that differs, whose."""
    who = access(by, at)
    kept, gone = _both(kept_id, gone_id, who)
    if version is not None and kept.version != version:
        raise Conflict(_("Somebody else has changed this meanwhile."), current=kept)
    why = checked_texts({"reason": reason}, required=["reason"])["reason"]
    checked_length("reason", why, PersonMerge, "reason")
    if problem := _refusal(kept, gone):
        raise Conflict(problem)
    differing = {one.name for one in differences(kept, gone)}
    missing = {
        name: _("Choose one of the alternatives.")
        for name in sorted(differing)
        if chosen.get(name) not in (KEPT, GONE)
    }
    if missing:
        raise Invalid(missing)
    before = {KEPT: _said(kept), GONE: _said(gone)}
    values = _merged(kept, gone, {name: chosen[name] for name in differing})
    numbers = gone.personal_identity_number, kept.personal_identity_number
    for record in (kept, gone):
        corrections.keep_conflicts(record)
    merging = PersonMerge.objects.create(
        unit_id=kept.unit_id,
        kept=kept,
        gone=gone,
        reason=why,
        moved={},
        before=before,
        merged={},
        merged_by=by,
        merged_at=at,
        undo_until=who.on + timedelta(days=UNDO_DAYS),
    )
    _set(gone, {name: _blank(name) for name in FOLLOW} | {"merged_into_id": kept.pk})
    _set(kept, values)
    try:
        with transaction.atomic():
            merging.moved = _move(from_id=gone.pk, to_id=kept.pk)
            merging.merged = _said(kept)
            merging.save(update_fields=["moved", "merged"])
            connection.check_constraints()
    except IntegrityError as error:
        raise Conflict(
            _("What the two records hold does not go together: %(what)s.")
            % {"what": getattr(getattr(error.__cause__, "diag", None), "table_name", "") or "?"}
        ) from error
    if numbers[0] and numbers[1] and numbers[0] != numbers[1]:
        EarlierNumber.objects.get_or_create(
            child=kept,
            number=numbers[0] if values["personal_identity_number"] == numbers[1] else numbers[1],
            defaults={"reason": NumberChange.MERGED, "replaced_by": by, "replaced_at": at},
        )
    corrections.count_again(kept, on=who.on)
    trail.changed("person.merged", merging, by=by, at=at, reason=why, gone=gone.pk)
    return merging


def _both(kept_id: int, gone_id: int, who: Access) -> tuple[Person, Person]:
    """The two, locked in the order of their ids, if the actor decides on both."""
    visible = Person.objects.visible_to(who).filter(pk__in=[kept_id, gone_id]).values("pk")
    rows = {
        one.pk: one
        for one in Person.objects.select_for_update(of=("self",))
        .filter(pk__in=visible)
        .order_by("pk")
    }
    if (len({kept_id, gone_id}) == 2 and len(rows) < 2) or not rows:
        raise Missing(_("It does not exist, or is not yours to see."))
    if any(not may_work_with(one, who, Action.DECIDE_IDENTITY) for one in rows.values()):
        raise Forbidden(refusal(Action.DECIDE_IDENTITY))
    return rows[kept_id], rows[gone_id]


def _said(child: Person) -> dict[str, Any]:
    """What the record says, as JSON keeps it."""
    return {
        name: value.isoformat() if isinstance(value := getattr(child, name), date) else value
        for name in (*CHOSEN, *FOLLOW)
    }


def _read(name: str, value: Any) -> Any:
    return Person._meta.get_field(name).to_python(value)  # type: ignore[union-attr]


def _blank(name: str) -> Any:
    return ProtectedIdentity.NONE if name == "protected_identity" else None


def _merged(kept: Person, gone: Person, chosen: Mapping[str, str]) -> dict[str, Any]:
    """What the kept record says after: what one alone knew, and what was chosen."""
    values: dict[str, Any] = {}
    for name in CHOSEN:
        here, there = getattr(kept, name), getattr(gone, name)
        unknown = name == "gender" and here == Gender.UNKNOWN
        values[name] = there if chosen.get(name) == GONE or not here or unknown else here
    one, two = kept.personal_identity_number, gone.personal_identity_number
    number = one or two
    if one and two and one != two:
        # The personal identity number, and the one that the other does not know as earlier.
        later = corrections.is_coordination(one) and not corrections.is_coordination(two)
        if later or gone.earlier_numbers.filter(number=one).exists():
            number = two
    values["personal_identity_number"] = number
    born = bool(values["birth_date"] or number)
    values["expected_on"] = None if born else kept.expected_on
    values["died_on"] = kept.died_on or gone.died_on
    values["protected_identity"] = (
        kept.protected_identity if kept.is_protected else gone.protected_identity
    )
    return values


def _set(child: Person, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(child, name, value)
    child.version += 1
    child.save()


def _move(*, from_id: int, to_id: int) -> dict[str, list[int]]:
    """Point every column that says `from_id` at `to_id`; the rows, by `model.column`."""
    moved: dict[str, list[int]] = {}
    for field in columns():
        rows = _rows(field).filter(**{field.attname: from_id})
        # The record that goes keeps its own word of where it went.
        if field.model is Person:
            rows = rows.exclude(pk=to_id)
        pks = sorted(rows.values_list("pk", flat=True))
        if pks:
            _rows(field).filter(pk__in=pks).update(**{field.attname: to_id})
            moved[_label(field)] = pks
    return moved


def _rows(field: Field[Any, Any]) -> QuerySet[Any]:
    rows: QuerySet[Any] = field.model._base_manager.all()
    return rows


@transaction.atomic
def undo(merge_id: int, *, reason: str, by: User, at: datetime) -> PersonMerge:
    """Move back what was moved, and give both records what they said; within `UNDO_DAYS`.

    What was written after the merging stays with the kept record.
    """
    who = access(by, at)
    merging = (
        PersonMerge.objects.select_for_update(of=("self",))
        .filter(pk=merge_id, kept__in=Person.objects.visible_to(who))
        .first()
    )
    if merging is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    people = Person.objects.select_for_update(of=("self",)).order_by("pk")
    rows = {one.pk: one for one in people.filter(pk__in=[merging.kept_id, merging.gone_id])}
    kept, gone = rows[merging.kept_id], rows[merging.gone_id]
    if not may_work_with(kept, who, Action.DECIDE_IDENTITY):
        raise Forbidden(refusal(Action.DECIDE_IDENTITY))
    why = checked_texts({"reason": reason}, required=["reason"])["reason"]
    checked_length("reason", why, PersonMerge, "undo_reason")
    if merging.undone_at is not None:
        raise Conflict(_("It has been undone already."))
    if who.on > merging.undo_until:
        raise Conflict(
            _("It could be undone until %(day)s.") % {"day": full_day(merging.undo_until)}
        )
    if kept.merged_into_id is not None:
        raise Conflict(_("The record has been merged into another since: undo that first."))
    later = PersonMerge.objects.filter(kept=kept, undone_at__isnull=True, pk__gt=merging.pk)
    if later.exists():
        raise Conflict(_("Another record has been merged into this one since: undo that first."))
    merging.undone_at, merging.undone_by, merging.undo_reason = at, by, why
    merging.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    before, merged = merging.before[KEPT], merging.merged
    # Only what the merging itself changed, and nobody has since.
    back = {
        name: _read(name, before[name])
        for name in (*CHOSEN, *FOLLOW)
        if before[name] != merged[name] and _said(kept)[name] == merged[name]
    }
    if back.get("personal_identity_number", kept.personal_identity_number) is not None:
        back |= {"expected_on": None}
    _set(kept, back)
    kept.earlier_numbers.filter(
        reason=NumberChange.MERGED, replaced_at=merging.merged_at, replaced_by=merging.merged_by
    ).delete()
    said = {name: _read(name, value) for name, value in merging.before[GONE].items()}
    try:
        with transaction.atomic():
            _set(gone, {**said, "merged_into_id": None})
            for field in columns():
                pks = merging.moved.get(_label(field), [])
                _rows(field).filter(pk__in=pks, **{field.attname: kept.pk}).update(
                    **{field.attname: gone.pk}
                )
            connection.check_constraints()
    except IntegrityError as error:
        raise Conflict(_("What was written since stands in the way of undoing it.")) from error
    corrections.count_again(kept, on=who.on)
    corrections.count_again(gone, on=who.on)
    trail.changed("person.merge_undone", merging, by=by, at=at, reason=why, gone=gone.pk)
    return merging


def undoable(child: Person, who: Access) -> list[PersonMerge]:
    """Mergings into the child, newest first; `can_undo` says which the reader may take back."""
    rows = list(
        PersonMerge.objects.filter(kept=child).select_related("gone", "merged_by", "undone_by")
    )
    decides = bool(rows) and may_work_with(child, who, Action.DECIDE_IDENTITY)
    for row in rows:
        row.can_undo = decides and row.undone_at is None and who.on <= row.undo_until  # type: ignore[attr-defined]
    return rows
