"""Which child a report is about: what was written of it, and the unit's record of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.deadlines import store as deadlines
from cases.enums import (
    Gender,
    PersonChangeKind,
    ProtectedIdentity,
    ProtectionSource,
)
from cases.persons import changes, identity, plausibility, protection
from cases.persons.models import EarlierNumber, Person
from core.calendar import local_date
from core.errors import Invalid
from core.limits import limit
from core.names import normal
from core.wording import full_day
from organisation.models import OrgUnit, User


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildInput:
    """A child as written in the form: `child_id` for one already known, else what is known.

    `personal_identity_number` in any usual form; empty for unknown and unborn children.
    """

    child_id: int | None = None
    personal_identity_number: str = ""
    first_name: str = ""
    last_name: str = ""
    birth_date: date | None = None
    expected_on: date | None = None
    gender: str = Gender.UNKNOWN
    protected_identity: str = ProtectedIdentity.NONE


@dataclass
class Errors:
    """Collects one message per field, so that the person sees them all at once."""

    fields: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, message: str) -> None:
        self.fields.setdefault(name, message)

    def raise_if_any(self) -> None:
        if self.fields:
            raise Invalid(self.fields)


def child_errors(
    child: ChildInput, errors: Errors, prefix: str, *, today: date, received_on: date
) -> None:
    for name, text in (("first_name", child.first_name), ("last_name", child.last_name)):
        if "\x00" in text:
            errors.add(prefix + name, _("Remove the characters that are not text (NUL)."))
        most = limit(Person, name)
        if len(normal(text)) > most:
            errors.add(prefix + name, _("At most %(limit)s characters.") % {"limit": most})
    if child.gender not in Gender.values:
        errors.add(prefix + "gender", _("Choose one of the alternatives."))
    if child.protected_identity not in ProtectedIdentity.values:
        errors.add(prefix + "protected_identity", _("Choose one of the alternatives."))
    number = child.personal_identity_number.strip()
    born, said_at = child.birth_date, "birth_date"
    if number and (temporary := identity.temporary(number)):
        born = born or identity.temporary_birth(temporary)
    elif number:
        try:
            known = identity.parse(number, on=today)
        except ValueError as error:
            errors.add(
                prefix + "personal_identity_number",
                _("The check digit is wrong. Compare the number with its source.")
                if str(error) == "check digit"
                else _("Write the number as YYYYMMDD-NNNN, or leave it empty if it is unknown."),
            )
        else:
            if child.birth_date and known.birth_date and child.birth_date != known.birth_date:
                errors.add(
                    prefix + "birth_date",
                    _("The date of birth and the personal identity number do not agree."),
                )
            if child.expected_on:
                errors.add(
                    prefix + "expected_on",
                    _("An unborn child has no personal identity number."),
                )
            if born is None:
                born, said_at = known.birth_date, "personal_identity_number"
    if born is not None and (problem := plausibility.age_problem(born, received_on)):
        errors.add(prefix + said_at, problem)
    if child.expected_on and (
        problem := plausibility.expected_problem(child.expected_on, received_on)
    ):
        errors.add(prefix + "expected_on", problem)
    if child.birth_date and child.birth_date > today:
        errors.add(prefix + "birth_date", _("The day cannot be in the future."))


def _known_by(child: ChildInput, number: str, *, unit: OrgUnit) -> Person | None:
    """The unit's record that is meant: the one chosen, else that of the number, now or before."""
    people = Person.objects.select_for_update(of=("self",)).filter(unit=unit)
    if child.child_id is not None:
        known = people.filter(pk=child.child_id).first()
        while known is not None and known.merged_into_id is not None:
            known = people.filter(pk=known.merged_into_id).first()
        if known is None:
            raise Invalid({"child": _("The child is not known in this unit.")})
        return known
    if not number:
        return None
    found = people.filter(personal_identity_number=number).first()
    if found is None:
        earlier = EarlierNumber.objects.filter(number=number, is_hidden=False).values("child")
        found = people.filter(pk__in=earlier).order_by("pk").first()
    return found


def _completes(
    known: Person, child: ChildInput, parsed: identity.Identity, *, prefix: str, unit: OrgUnit
) -> None:
    """Invalid at its field unless the number can be that of the child chosen.

    A twin has the same birth and last name: what tells them apart is the first name.
    """
    at = prefix + "personal_identity_number"
    others = _("The number is another child's than the one chosen. Choose again.")
    if known.personal_identity_number:
        before = known.earlier_numbers.filter(number=parsed.number, is_hidden=False)
        if known.personal_identity_number != parsed.number and not before.exists():
            raise Invalid({at: others})
        return
    if Person.objects.filter(unit=unit, personal_identity_number=parsed.number).exists():
        raise Invalid({at: others})
    if known.birth_date and parsed.birth_date and known.birth_date != parsed.birth_date:
        raise Invalid(
            {at: _("The chosen child was born on %(day)s.") % {"day": full_day(known.birth_date)}}
        )
    genders = {known.gender, parsed.gender} - {Gender.UNKNOWN}
    if len(genders) > 1:
        raise Invalid({at: _("The number says another gender than the chosen child's.")})
    typed = child.first_name.strip().casefold()
    if typed and known.first_name and typed != known.first_name.strip().casefold():
        raise Invalid(
            {
                prefix + "first_name": _(
                    "The chosen child is called %(name)s. Is it a brother or sister? Remove the"
                    " choice, and the child gets a record of its own."
                )
                % {"name": known.first_name}
            }
        )


def person_for(
    child: ChildInput, *, unit: OrgUnit, by: User, at: datetime, received_on: date, prefix: str
) -> Person:
    """The unit's record of the child, made if there is none; only blanks are filled in."""
    today = local_date(at)
    number = child.personal_identity_number.strip()
    temporary = identity.temporary(number)
    parsed = identity.parse(number, on=today) if number and not temporary else None
    known = _known_by(child, parsed.number if parsed else "", unit=unit)
    gender = child.gender
    birth_date = child.birth_date
    if temporary:
        birth_date = birth_date or identity.temporary_birth(temporary)
    if parsed is not None:
        birth_date = birth_date or parsed.birth_date
        gender = gender if gender != Gender.UNKNOWN else parsed.gender
    if known is None:
        fresh = Person(
            unit=unit,
            personal_identity_number=parsed.number if parsed else None,
            temporary_number=temporary,
            first_name=child.first_name.strip(),
            last_name=child.last_name.strip(),
            birth_date=birth_date,
            expected_on=child.expected_on,
            gender=gender,
            created_at=at,
        )
        try:
            with transaction.atomic():
                fresh.save()
        except IntegrityError:
            # Two people logged the same child in the same moment: use the one that came first.
            return Person.objects.select_for_update(of=("self",)).get(
                unit=unit, personal_identity_number=fresh.personal_identity_number
            )
        return fresh
    _is_plausible(known, birth_date, received_on=received_on, prefix=prefix)
    values: dict[str, Any] = {
        name: value
        for name, value in (
            ("first_name", child.first_name.strip()),
            ("last_name", child.last_name.strip()),
            ("birth_date", birth_date),
            ("temporary_number", temporary),
        )
        if value and not getattr(known, name)
    }
    if known.gender == Gender.UNKNOWN and gender != Gender.UNKNOWN:
        values["gender"] = gender
    if parsed and child.child_id is not None:
        _completes(known, child, parsed, prefix=prefix, unit=unit)
    if parsed and not known.personal_identity_number:
        values["personal_identity_number"] = parsed.number
    born = known.expected_on is not None and (birth_date is not None or parsed is not None)
    if born:
        values["expected_on"] = None
    made = changes.apply(
        known,
        values,
        kind=PersonChangeKind.BORN if born else PersonChangeKind.CORRECTED,
        reason=_("Completed when a report was logged."),
        by=by,
        at=at,
    )
    if {"birth_date", "expected_on"} & set(made):
        # Whether a duty of an earlier report is owed may hang on the age.
        deadlines.refresh_child(known.pk, on=today)
    return known


def _is_plausible(
    known: Person, birth_date: date | None, *, received_on: date, prefix: str
) -> None:
    """Invalid when a known child was too old that day, or cannot be the one that was expected."""
    field = prefix + ("birth_date" if birth_date else "personal_identity_number")
    born = known.birth_date or birth_date
    if born is not None and (problem := plausibility.age_problem(born, received_on)):
        raise Invalid({field: problem})
    if (
        known.expected_on
        and birth_date
        and not plausibility.birth_fits(known.expected_on, birth_date)
    ):
        raise Invalid(
            {
                field: _("The chosen child was expected on %(day)s: it is another.")
                % {"day": full_day(known.expected_on)}
            }
        )


def protect(person: Person, child: ChildInput, *, by: User, at: datetime) -> None:
    """What the report says of protection begins at once; it never changes one in force."""
    if child.protected_identity != ProtectedIdentity.NONE and not person.is_protected:
        protection.begin(
            person,
            kind=child.protected_identity,
            source=ProtectionSource.REPORT,
            from_on=local_date(at),
            by=by,
            at=at,
        )
