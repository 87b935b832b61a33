"""Putting right what is written of a child: particulars, numbers, birth and death; with a reason.

Every change is kept before and after (`PersonChange`), and no correction lifts a conflict of
interest. A change that must not show (`HIDDEN_CHANGES`: adoption, legal gender) is made and seen by
those who answer for the case, and hides what was corrected before it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from cases.access import conflicts
from cases.deadlines import store as deadlines
from cases.enums import (
    HIDDEN_CHANGES,
    Gender,
    InvestigationOutcome,
    NumberChange,
    PersonChangeKind,
)
from cases.investigations.models import Investigation
from cases.matters.models import Matter
from cases.persons import changes, identity, plausibility
from cases.persons.models import EarlierNumber, Person, PersonChange
from cases.persons.whereabouts import may_work_with
from cases.provisions.lookup import blocked_from
from cases.provisions.models import ConflictOfInterest
from cases.reports.models import Report
from core import trail
from core.errors import Conflict, Forbidden, Invalid
from core.wording import full_day
from organisation.acting import (
    access,
    checked_choice,
    checked_day,
    checked_length,
    checked_texts,
    lock,
)
from organisation.models import User
from organisation.permissions import Access, refusal
from organisation.rights import Action


def reached(
    child_id: int, action: Action, *, by: User, at: datetime, version: int | None = None
) -> tuple[Access, Person]:
    """The child, locked, if `action` reaches a matter of it."""
    who = access(by, at)
    child = lock(Person.objects.visible_to(who), child_id, version=version)
    if not may_work_with(child, who, action):
        raise Forbidden(refusal(action))
    return who, child


def checked_reason(reason: str) -> str:
    text = checked_texts({"reason": reason}, required=["reason"])["reason"]
    checked_length("reason", text, PersonChange, "reason")
    return text


@transaction.atomic
def correct(
    child_id: int,
    *,
    first_name: str,
    last_name: str,
    birth_date: date | None,
    gender: str,
    reason: str,
    differs_from_number: bool = False,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Person:
    """Put name, birth date or gender right. `differs_from_number`: the birth date is true although
    the number says another, as somebody has confirmed."""
    who, child = reached(child_id, Action.CORRECT_PERSON, by=by, at=at, version=version)
    why = checked_reason(reason)
    values = _names(first_name, last_name)
    checked_choice("gender", gender, Gender)
    values |= {"birth_date": birth_date, "gender": gender}
    if birth_date is not None:
        if child.expected_on is not None:
            raise Invalid({"birth_date": _("The child is not born here yet: register the birth.")})
        _check_birth(child, birth_date, today=who.on)
    if birth_date != child.birth_date and not differs_from_number:
        _check_number_says(child.personal_identity_number, birth_date, on=who.on)
    made = _change(child, values, PersonChangeKind.CORRECTED, why, by=by, at=at)
    if made:
        trail.changed("person.corrected", child, by=by, at=at, reason=why, fields=sorted(made))
    return child


@transaction.atomic
def give_number(
    child_id: int,
    *,
    number: str,
    reason: str,
    differs_from_birth: bool = False,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Person:
    """Write the number that was found later, or a temporary one meanwhile."""
    who, child = reached(child_id, Action.CORRECT_PERSON, by=by, at=at, version=version)
    why = checked_reason(reason)
    if child.personal_identity_number:
        raise Conflict(_("The child has a number: change it instead."))
    if child.expected_on is not None:
        raise Invalid({"number": _("An unborn child has no personal identity number.")})
    values: dict[str, Any]
    if temporary := identity.temporary(number):
        values = {"temporary_number": temporary}
        born = identity.temporary_birth(temporary)
    else:
        parsed = _parsed(child, number, on=who.on)
        values = {"personal_identity_number": parsed.number}
        born = parsed.birth_date
        if child.gender == Gender.UNKNOWN:
            values["gender"] = parsed.gender
    if child.birth_date is None and born is not None:
        _check_birth(child, born, today=who.on, field="number")
        values["birth_date"] = born
    elif born is not None and born != child.birth_date and not differs_from_birth:
        raise Invalid({"number": _disagree()})
    made = _change(child, values, PersonChangeKind.NUMBER_FOUND, why, by=by, at=at)
    if made:
        trail.changed("person.number_found", child, by=by, at=at, reason=why)
    return child


@transaction.atomic
def change_number(
    child_id: int,
    *,
    number: str,
    why_changed: str,
    reason: str,
    first_name: str = "",
    last_name: str = "",
    gender: str = "",
    differs_from_birth: bool = False,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Person:
    """Give the child another number; the earlier one is kept, and names and gender follow if given.

    A wrong number is in the history alone: it may be another child's. Adoption and legal gender are
    for the leaders, and what was before is then shown to them alone.
    """
    checked_choice("why_changed", why_changed, NumberChange)
    hidden = why_changed in HIDDEN_CHANGES
    action = Action.DECIDE_IDENTITY if hidden else Action.CORRECT_PERSON
    who, child = reached(child_id, action, by=by, at=at, version=version)
    if why_changed == NumberChange.MERGED:
        raise Invalid({"why_changed": _("Choose one of the alternatives.")})
    why = checked_reason(reason)
    before = child.personal_identity_number
    if not before:
        raise Conflict(_("The child has no number yet: write the one that was found."))
    parsed = _parsed(child, number, on=who.on)
    if parsed.number == before:
        raise Invalid({"number": _("That is the number the child has.")})
    if why_changed == NumberChange.COORDINATION and (
        not is_coordination(before) or parsed.is_coordination
    ):
        raise Invalid(
            {"why_changed": _("A coordination number is followed by a personal identity number.")}
        )
    if parsed.birth_date not in (None, child.birth_date) and not differs_from_birth:
        raise Invalid({"number": _disagree()})
    values: dict[str, Any] = {"personal_identity_number": parsed.number}
    if first_name.strip() or last_name.strip():
        values |= _names(first_name or child.first_name, last_name or child.last_name)
    if gender:
        checked_choice("gender", gender, Gender)
        values["gender"] = gender
    _change(child, values, PersonChangeKind.NUMBER_CHANGED, why, by=by, at=at, hidden=hidden)
    # What it is called now is no earlier number, also when a change is taken back.
    child.earlier_numbers.filter(number=parsed.number).delete()
    if why_changed != NumberChange.WRONG:
        EarlierNumber.objects.create(
            child=child,
            number=before,
            reason=why_changed,
            is_hidden=hidden,
            replaced_by=by,
            replaced_at=at,
        )
    if hidden:
        child.earlier_numbers.update(is_hidden=True)
    # The reason of a change that must not show stays with the change, out of the trail.
    trail.changed("person.number_changed", child, by=by, at=at, reason="" if hidden else why)
    return child


@transaction.atomic
def register_birth(
    child_id: int,
    *,
    birth_date: date,
    first_name: str = "",
    last_name: str = "",
    gender: str = Gender.UNKNOWN,
    number: str = "",
    reason: str = "",
    by: User,
    at: datetime,
    version: int | None = None,
) -> Person:
    """The child of an unborn child's report is born: the same record, with what is known now."""
    who, child = reached(child_id, Action.CORRECT_PERSON, by=by, at=at, version=version)
    if child.expected_on is None:
        raise Conflict(_("The child is born already."))
    why = checked_reason(reason or _("The child is born."))
    gender = gender or Gender.UNKNOWN
    checked_choice("gender", gender, Gender)
    values = {name: value for name, value in _names(first_name, last_name).items() if value} | {
        "birth_date": birth_date,
        "expected_on": None,
    }
    if gender != Gender.UNKNOWN:
        values["gender"] = gender
    checked_day("birth_date", birth_date, today=who.on)
    if not plausibility.birth_fits(child.expected_on, birth_date):
        raise Invalid(
            {
                "birth_date": _("The child was expected on %(day)s: it is another.")
                % {"day": full_day(child.expected_on)}
            }
        )
    if number.strip():
        parsed = _parsed(child, number, on=who.on)
        if parsed.birth_date not in (None, birth_date):
            raise Invalid({"number": _disagree()})
        values["personal_identity_number"] = parsed.number
        if gender == Gender.UNKNOWN:
            values["gender"] = parsed.gender
    _change(child, values, PersonChangeKind.BORN, why, by=by, at=at)
    trail.changed("person.born", child, by=by, at=at)
    return child


@transaction.atomic
def register_death(
    child_id: int,
    *,
    died_on: date,
    reason: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Person:
    """The child has died: what is not done by that day is owed no more, in all its matters.

    `reason` says how it is known. What is open is ended by hand; see `to_end`.
    """
    who, child = reached(child_id, Action.CORRECT_PERSON, by=by, at=at, version=version)
    why = checked_reason(reason)
    if child.expected_on is not None:
        raise Conflict(_("The child is not born yet."))
    checked_day(
        "died_on",
        died_on,
        today=who.on,
        earliest=child.birth_date,
        earliest_is=_("the date of birth"),
    )
    if _change(child, {"died_on": died_on}, PersonChangeKind.DIED, why, by=by, at=at):
        count_again(child, on=who.on)
        trail.changed("person.died", child, by=by, at=at, reason=why)
    return child


@transaction.atomic
def withdraw_death(
    child_id: int, *, reason: str, by: User, at: datetime, version: int | None = None
) -> Person:
    """The death was registered by mistake: the clocks run again, from where they began."""
    who, child = reached(child_id, Action.CORRECT_PERSON, by=by, at=at, version=version)
    why = checked_reason(reason)
    if child.died_on is None:
        raise Conflict(_("No death is registered."))
    if _ended_by_death(child).exists():
        raise Conflict(_("An investigation was ended because of the death: that is undone first."))
    _change(child, {"died_on": None}, PersonChangeKind.DEATH_WITHDRAWN, why, by=by, at=at)
    count_again(child, on=who.on)
    trail.changed("person.death_withdrawn", child, by=by, at=at, reason=why)
    return child


def to_end(child: Person, who: Access) -> list[Matter]:
    """Matters of a child that died which somebody has to end, as far as the reader may see them."""
    if child.died_on is None:
        return []
    rows = Matter.objects.visible_to(who).open().filter(child=child)
    return list(rows.select_related("group").order_by("opened_on", "pk"))


def history(child: Person, who: Access) -> list[PersonChange]:
    """What was changed of the child and those around it, newest first, as this reader may see it.

    A change that must not show takes with it all that was changed before: it would tell the same.
    """
    rows = PersonChange.objects.filter(child=child).select_related("made_by", "guardian")
    if not may_work_with(child, who, Action.DECIDE_IDENTITY):
        since = rows.filter(is_hidden=True).aggregate(at=Max("made_at"))["at"]
        if since is not None:
            rows = rows.filter(Q(made_at__gt=since) | Q(guardian__isnull=False))
    return list(rows)


def earlier_numbers(child: Person, who: Access) -> list[EarlierNumber]:
    """The child's earlier numbers that this reader may see."""
    rows = child.earlier_numbers.select_related("replaced_by")
    if not may_work_with(child, who, Action.DECIDE_IDENTITY):
        rows = rows.filter(is_hidden=False)
    return list(rows)


# What they share


def _change(
    child: Person,
    values: Mapping[str, Any],
    kind: PersonChangeKind,
    reason: str,
    *,
    by: User,
    at: datetime,
    hidden: bool = False,
) -> list[str]:
    """Write the values; whoever had a conflict of interest with the child still has it."""
    on = access(by, at).on
    before = blocked_from(child.pk, on=on)
    keep_conflicts(child)
    made = changes.apply(child, values, kind=kind, reason=reason, by=by, at=at, hidden=hidden)
    if newly := blocked_from(child.pk, on=on) - before:
        conflicts.release_blocked(on=on, at=at, staff_ids=sorted(newly))
    if {"birth_date", "expected_on"} & set(made):
        # Whether a duty is owed may hang on the age.
        count_again(child, on=on)
    return made


def keep_conflicts(child: Person) -> None:
    """Tie conflicts that name this child by number, or by name and birth, to its record."""
    names = Q(
        first_name__iexact=child.first_name,
        last_name__iexact=child.last_name,
        birth_date=child.birth_date,
    )
    if not child.birth_date:
        names = Q(pk__in=[])
    if child.personal_identity_number:
        names |= Q(personal_identity_number=child.personal_identity_number)
    ConflictOfInterest.objects.filter(
        names, child__isnull=True, kept_for__isnull=True, ended_at__isnull=True
    ).update(kept_for=child)


def _names(first_name: str, last_name: str) -> dict[str, Any]:
    values = checked_texts({"first_name": first_name, "last_name": last_name})
    for name, text in values.items():
        checked_length(name, text, Person, name)
    return dict(values)


def _check_birth(child: Person, born: date, *, today: date, field: str = "birth_date") -> None:
    checked_day(field, born, today=today)
    latest = Matter.objects.filter(child=child, kind=Report.KIND).aggregate(on=Max("opened_on"))
    if latest["on"] and (problem := plausibility.age_problem(born, latest["on"])):
        raise Invalid({field: problem})
    if child.died_on is not None and born > child.died_on:
        raise Invalid({field: _("The child died before that day.")})


def _disagree() -> str:
    return _(
        "The date of birth and the personal identity number do not agree. If both are right,"
        " confirm it below."
    )


def _check_number_says(number: str | None, born: date | None, *, on: date) -> None:
    if not number or born is None:
        return
    said = identity.parse(number, on=on).birth_date
    if said is not None and said != born:
        raise Invalid({"birth_date": _disagree()})


def is_coordination(number: str) -> bool:
    """Whether the day in the number is one of sixty more (SKV 707)."""
    return int(number[6:8]) > 60


def _parsed(child: Person, number: str, *, on: date) -> identity.Identity:
    """The number, right and nobody else's in the unit; Invalid under `number`."""
    try:
        parsed = identity.parse(number, on=on)
    except ValueError as error:
        raise Invalid(
            {
                "number": _("The check digit is wrong. Compare the number with its source.")
                if str(error) == "check digit"
                else _("Write the number as YYYYMMDD-NNNN.")
            }
        ) from None
    if (
        Person.objects.filter(unit_id=child.unit_id, personal_identity_number=parsed.number)
        .exclude(pk=child.pk)
        .exists()
    ):
        raise Invalid(
            {
                "number": _(
                    "Another record in the unit has this number. If it is the same child, a leader"
                    " merges the two."
                )
            }
        )
    return parsed


def _ended_by_death(child: Person) -> QuerySet[Any]:
    return Investigation.objects.filter(child=child, outcome=InvestigationOutcome.CHILD_DIED)


def count_again(child: Person, *, on: date) -> None:
    """Bring the deadlines of all the child's matters in line."""
    deadlines.refresh_child(child.pk, on=on)
