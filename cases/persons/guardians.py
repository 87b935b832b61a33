"""Those around a child: added, changed, tied to brothers and sisters, ended; with a trace.

A protected one's contact is written and read by those who may see where the child is
(`cases.persons.whereabouts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.enums import (
    PARENTS_AND_GUARDIANS,
    GuardianRelation,
    PersonChangeKind,
    ProtectedIdentity,
)
from cases.matters import registry as matters
from cases.persons import changes
from cases.persons.models import Adult, Guardian, Person, PersonChange
from cases.persons.whereabouts import may_see_contacts, may_work_with
from core import trail
from core.errors import Conflict, Forbidden, Invalid
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

MOST_CUSTODIANS = 2
"""Who can have custody of one child at a time (föräldrabalken 6 kap. 2-3, 10 a §§)."""
OF_THE_PERSON = ("first_name", "last_name", "contact", "interpreter_language", "protected_identity")
"""What is the same of one person on several children; the rest is each child's own."""


def _child(child_id: int, *, by: User, at: datetime) -> tuple[Access, Person]:
    who = access(by, at)
    child = lock(Person.objects.visible_to(who), child_id)
    if not may_work_with(child, who, Action.CORRECT_PERSON):
        raise Forbidden(refusal(Action.CORRECT_PERSON))
    return who, child


def _guardian(
    child_id: int, guardian_id: int, *, version: int | None, by: User, at: datetime
) -> tuple[Access, Person, Guardian]:
    who, child = _child(child_id, by=by, at=at)
    return who, child, lock(child.guardians.all(), guardian_id, version=version)


def checked(
    child: Person,
    *,
    relation: str,
    first_name: str,
    last_name: str,
    has_custody: bool,
    contact: str = "",
    interpreter_language: str = "",
    custody_from: date | None = None,
    custody_until: date | None = None,
    protected_identity: str = ProtectedIdentity.NONE,
    today: date,
    apart_from: int | None = None,
) -> dict[str, Any]:
    """The columns of somebody around the child; Invalid with what cannot be, field by field."""
    checked_choice("relation", relation, GuardianRelation)
    checked_choice("protected_identity", protected_identity, ProtectedIdentity)
    texts = checked_texts(
        {
            "first_name": first_name,
            "last_name": last_name,
            "contact": contact,
            "interpreter_language": interpreter_language,
        }
    )
    for name, text in texts.items():
        checked_length(name, text, Guardian, name)
    if not texts["first_name"] and not texts["last_name"]:
        raise Invalid({"first_name": _("Write the name.")})
    if has_custody and relation not in PARENTS_AND_GUARDIANS:
        raise Invalid({"has_custody": _("Only a parent or a guardian has custody.")})
    for name, day in (("custody_from", custody_from), ("custody_until", custody_until)):
        if day is not None:
            checked_day(name, day, today=today)
    if custody_from and custody_until and custody_until < custody_from:
        raise Invalid({"custody_until": _("The last day cannot be before the first.")})
    if custody_until and has_custody:
        raise Invalid({"custody_until": _("With a last day there is no custody now.")})
    others = child.guardians.present()
    if apart_from is not None:
        others = others.exclude(pk=apart_from)
    if has_custody and others.filter(has_custody=True).count() >= MOST_CUSTODIANS:
        raise Invalid(
            {"has_custody": _("Two have custody already: end that of one of them first.")}
        )
    twin = others.filter(
        relation=relation,
        first_name__iexact=texts["first_name"],
        last_name__iexact=texts["last_name"],
    )
    if apart_from is None and twin.exists():
        raise Invalid({"first_name": _("This person is written down already.")})
    return {
        "relation": relation,
        "has_custody": has_custody,
        "custody_from": custody_from,
        "custody_until": custody_until,
        "protected_identity": protected_identity,
        **texts,
    }


@transaction.atomic
def add(
    child_id: int, *, same_as: int | None = None, by: User, at: datetime, **given: Any
) -> Guardian:
    """Write somebody down around the child; `same_as` is that person on a brother or sister."""
    who, child = _child(child_id, by=by, at=at)
    values = checked(child, today=who.on, **given)
    guardian = Guardian(child=child, **values)
    if same_as is not None:
        other = lock(_offered(child, who), same_as)
        guardian.adult_id = _adult_of(other, at=at)
        for name in OF_THE_PERSON:
            setattr(guardian, name, getattr(other, name))
    guardian.save()
    trail.changed("person.guardian_added", child, by=by, at=at, guardian=guardian.pk)
    return guardian


def _adult_of(guardian: Guardian, *, at: datetime) -> int:
    if guardian.adult_id is None:
        guardian.adult = Adult.objects.create(unit_id=guardian.child.unit_id, created_at=at)
        guardian.save(update_fields=["adult"])
    assert guardian.adult_id is not None
    return guardian.adult_id


def _offered(child: Person, who: Access) -> Any:
    """Persons around children of the same family that can be taken over: of the unit, still
    present, visible, not with this child already."""
    visible = Person.objects.visible_to(who).filter(unit_id=child.unit_id).exclude(pk=child.pk)
    rows = Guardian.objects.present().filter(child__in=visible.filter(pk__in=family_of(child)))
    known = [one.adult_id for one in child.guardians.all() if one.adult_id]
    return rows.exclude(adult__in=known)


def offered(child: Person, who: Access) -> list[Guardian]:
    """Those around brothers and sisters whom the reader may choose for this child."""
    rows = _offered(child, who).select_related("child").order_by("last_name", "first_name", "pk")
    found: dict[tuple[str, str], Guardian] = {}
    for one in rows:
        found.setdefault((one.first_name.casefold(), one.last_name.casefold()), one)
    here = {(g.first_name.casefold(), g.last_name.casefold()) for g in child.guardians.present()}
    return [one for key, one in found.items() if key not in here]


def family_of(child: Person) -> list[int]:
    """Children of the same reports, and those who share somebody around them."""
    ids = {pk for kind in matters.KINDS for pk in kind.others(child.pk)}
    adults = child.guardians.filter(adult__isnull=False).values("adult")
    ids |= set(Guardian.objects.filter(adult__in=adults).values_list("child", flat=True))
    return sorted(ids - {child.pk})


def _shared(guardian: Guardian, who: Access) -> Any:
    """The same person on children the actor may correct, locked."""
    if guardian.adult_id is None:
        return []
    rows = (
        Guardian.objects.select_for_update(of=("self",))
        .filter(adult=guardian.adult_id, child__in=Person.objects.visible_to(who))
        .exclude(pk=guardian.pk)
        .select_related("child")
        .order_by("pk")
    )
    return [one for one in rows if may_work_with(one.child, who, Action.CORRECT_PERSON)]


def shared_with(guardian: Guardian, who: Access) -> list[Person]:
    """Brothers and sisters of whom the same person is written down, as the reader may see them."""
    if guardian.adult_id is None:
        return []
    return list(
        Person.objects.visible_to(who)
        .filter(guardians__adult=guardian.adult_id)
        .exclude(pk=guardian.child_id)
        .order_by("pk")
        .distinct()
    )


@transaction.atomic
def change(
    child_id: int,
    guardian_id: int,
    *,
    reason: str,
    everywhere: bool = False,
    by: User,
    at: datetime,
    version: int | None = None,
    **given: Any,
) -> Guardian:
    """Put somebody around the child right. `everywhere`: what is the person's own (name, contact,
    language, protection) also with the brothers and sisters; relation and custody are this child's.
    """
    who, child, guardian = _guardian(child_id, guardian_id, version=version, by=by, at=at)
    why = checked_texts({"reason": reason}, required=["reason"])["reason"]
    checked_length("reason", why, PersonChange, "reason")
    if guardian.ended_on is not None:
        raise Conflict(_("It has ended: the person is nothing to the child any more."))
    if not may_see_contacts([guardian], who):
        # Whoever may not read the contact does not write over it, nor lift the protection.
        given |= {"contact": guardian.contact, "protected_identity": guardian.protected_identity}
    values = checked(child, today=who.on, apart_from=guardian.pk, **given)
    _write(guardian, values, why, child, by=by, at=at)
    if everywhere:
        own = {name: values[name] for name in OF_THE_PERSON}
        for other in _shared(guardian, who):
            _write(other, own, why, other.child, by=by, at=at)
    return guardian


def _write(
    guardian: Guardian,
    values: Mapping[str, Any],
    why: str,
    child: Person,
    *,
    by: User,
    at: datetime,
) -> None:
    made = changes.apply(
        guardian, values, kind=PersonChangeKind.CORRECTED, reason=why, by=by, at=at
    )
    if made:
        trail.changed(
            "person.guardian_changed",
            child,
            by=by,
            at=at,
            guardian=guardian.pk,
            fields=sorted(made),
        )


@transaction.atomic
def end(
    child_id: int,
    guardian_id: int,
    *,
    ended_on: date,
    reason: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Guardian:
    """The person is nothing to the child any more from after that day, and has no custody."""
    who, child, guardian = _guardian(child_id, guardian_id, version=version, by=by, at=at)
    why = checked_texts({"reason": reason}, required=["reason"])["reason"]
    checked_length("reason", why, Guardian, "end_reason")
    if guardian.ended_on is not None:
        raise Conflict(_("It has ended already."))
    checked_day("ended_on", ended_on, today=who.on)
    if guardian.custody_from and ended_on < guardian.custody_from:
        raise Invalid({"ended_on": _("The last day cannot be before the first.")})
    values: dict[str, Any] = {"ended_on": ended_on, "end_reason": why, "has_custody": False}
    if guardian.has_custody:
        values["custody_until"] = ended_on
    changes.apply(guardian, values, kind=PersonChangeKind.CORRECTED, reason=why, by=by, at=at)
    trail.changed("person.guardian_ended", child, by=by, at=at, guardian=guardian.pk)
    return guardian


@transaction.atomic
def reopen(
    child_id: int,
    guardian_id: int,
    *,
    reason: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Guardian:
    """The ending was a mistake: as it was before, custody too."""
    _who, child, guardian = _guardian(child_id, guardian_id, version=version, by=by, at=at)
    why = checked_texts({"reason": reason}, required=["reason"])["reason"]
    checked_length("reason", why, PersonChange, "reason")
    if guardian.ended_on is None:
        raise Conflict(_("It has not ended."))
    values: dict[str, Any] = {"ended_on": None, "end_reason": ""}
    if guardian.custody_until is not None and guardian.custody_until == guardian.ended_on:
        values |= {"custody_until": None, "has_custody": True}
        if child.guardians.present().filter(has_custody=True).count() >= MOST_CUSTODIANS:
            raise Conflict(_("Two have custody already: end that of one of them first."))
    changes.apply(guardian, values, kind=PersonChangeKind.CORRECTED, reason=why, by=by, at=at)
    trail.changed("person.guardian_reopened", child, by=by, at=at, guardian=guardian.pk)
    return guardian
