"""Opening a child's matters in an emergency (nödöppning), ending it early, and reviewing it.

Who is on duty, or leads a group, may open in the own unit what they otherwise do not see: with a
written reason, for reading, for some hours. The unit head is told at once and signs each.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases.enums import EmergencyVerdict, NoticeKind
from cases.matters.models import Matter
from cases.notices import services as notices
from cases.persons import identity
from cases.persons.models import Person
from cases.provisions.models import EmergencyAccess
from core import trail
from core.calendar import local_date
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.names import in_order
from organisation.acting import access, checked_choice, checked_texts, permit
from organisation.models import User
from organisation.permissions import Access, refusal
from organisation.rights import Action

HOURS = (1, 2, 4, 8, 12, 24)
"""How long an opening can last; nothing is chosen beforehand."""

SHORTEST_REASON = 10
"""Characters: a word is no reason."""

MOST_FOUND = 10
"""Children shown for a name; more, and the question is too wide for an emergency."""


def in_reach(who: Access) -> QuerySet[Person]:
    """Children an emergency opening could be for: of one's own units, without a conflict."""
    people = Person.objects.filter(unit_id__in=who.units_with(Action.EMERGENCY_OPEN))
    return people.exclude(pk__in=who.blocked) if who.blocked else people


def find(asked: str, *, who: Access) -> list[Person]:
    """Children of one's own units with exactly that case number, identity number or full name.

    Whole names only: an emergency is about a child one has been told the name of.
    """
    asked = asked.strip()
    people: Any = in_reach(who).select_related("unit")
    numbered = Matter.objects.filter(number=asked.upper(), child__isnull=False)
    found = list(people.filter(pk__in=numbered.values("child")))
    if found:
        return found
    try:
        number = identity.parse(asked, on=who.on).number
    except ValueError:
        words = asked.split()
        if len(words) < 2 or any(len(word) < 2 for word in words):
            return []
        return list(people.named(asked).order_by(*in_order(), "pk")[:MOST_FOUND])
    return list(people.numbered(number))


@transaction.atomic
def open_case(
    child_id: int,
    *,
    reason: str,
    hours: int,
    with_whereabouts: bool = False,
    by: User,
    at: datetime,
) -> EmergencyAccess:
    """Open one child's matters for reading, for `hours` from now."""
    who = access(by, at)
    if not who.units_with(Action.EMERGENCY_OPEN):
        raise Forbidden(refusal(Action.EMERGENCY_OPEN))
    child = in_reach(who).select_for_update(of=("self",), no_key=True).filter(pk=child_id).first()
    if child is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    permit(who, Action.EMERGENCY_OPEN, unit_id=child.unit_id, child_id=child.pk)
    texts = checked_texts({"reason": reason}, required=["reason"])
    if len(texts["reason"]) < SHORTEST_REASON:
        raise Invalid({"reason": _("Write what the emergency is: the unit head will read it.")})
    if hours not in HOURS:
        raise Invalid({"hours": _("Choose one of the alternatives.")})
    if EmergencyAccess.objects.in_force(at=at).filter(user=by, child=child).exists():
        raise Conflict(_("You already have this child's cases open."))
    opening = EmergencyAccess.objects.create(
        user=by,
        child=child,
        unit_id=child.unit_id,
        reason=texts["reason"],
        with_whereabouts=with_whereabouts,
        opened_at=at,
        until_at=at + timedelta(hours=hours),
        review_note="",
    )
    trail.changed(
        "emergency.opened",
        opening,
        by=by,
        at=at,
        reason=texts["reason"],
        hours=hours,
        with_whereabouts=with_whereabouts,
    )
    on = local_date(at)
    notices.tell(
        notices.heads_of(child.unit_id, on=on),
        NoticeKind.EMERGENCY,
        at=at,
        on=on,
        by=by,
        about=opening,
    )
    return opening


@transaction.atomic
def end(opening_id: int, *, by: User, at: datetime) -> EmergencyAccess:
    """End an opening before its time: one's own, or as the unit head anybody's."""
    who = access(by, at)
    opening = (
        _locked()
        .filter(Q(user=by) | Q(unit_id__in=who.units_with(Action.REVIEW_ACCESS)))
        .filter(pk=opening_id)
        .first()
    )
    if opening is None or opening.child_id in who.blocked:
        raise Missing(_("It does not exist, or is not yours to see."))
    if opening.ended_at is not None or opening.until_at <= at:
        return opening
    opening.ended_at, opening.ended_by = at, by
    opening.save(update_fields=["ended_at", "ended_by"])
    trail.changed("emergency.ended", opening, by=by, at=at)
    return opening


@transaction.atomic
def review(opening_id: int, *, verdict: str, note: str, by: User, at: datetime) -> EmergencyAccess:
    """The unit head's word on one opening, signed; it is given once."""
    who = access(by, at)
    opening = _locked().filter(pk=opening_id).first()
    if (
        opening is None
        or opening.unit_id not in who.units_with(Action.REVIEW_ACCESS)
        or opening.child_id in who.blocked
    ):
        raise Missing(_("It does not exist, or is not yours to see."))
    if opening.user_id == by.pk:
        raise Forbidden(_("Nobody reviews their own opening."))
    if opening.reviewed_at is not None:
        raise Conflict(_("The opening is already reviewed."))
    checked_choice("verdict", verdict, EmergencyVerdict)
    wanted = ["note"] if verdict == EmergencyVerdict.NOT_JUSTIFIED else []
    texts = checked_texts({"note": note}, required=wanted)
    opening.verdict, opening.review_note = verdict, texts["note"]
    opening.reviewed_by, opening.reviewed_at = by, at
    opening.save(update_fields=["verdict", "review_note", "reviewed_by", "reviewed_at"])
    trail.changed("emergency.reviewed", opening, by=by, at=at, verdict=verdict)
    return opening


def _locked() -> QuerySet[EmergencyAccess]:
    return EmergencyAccess.objects.select_for_update(of=("self",))
