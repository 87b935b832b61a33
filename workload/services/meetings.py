"""What a meeting says of its group, and the days marked in a unit's charts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import trail
from core.errors import Forbidden, Invalid, Missing
from organisation.acting import access, checked_day, checked_length, checked_texts, permit
from organisation.models import OrgUnit, User
from organisation.permissions import refusal
from organisation.rights import Action
from workload.models import MarkedEvent, Temperature
from workload.readers import groups_led, groups_seen
from workload.scales import Colour

HANDS = tuple(f"{about}_{colour}" for about in ("wellbeing", "load") for colour in Colour.values)
MOST_HANDS = 200


@transaction.atomic
def take_temperature(
    group_id: int,
    *,
    meeting_on: date,
    hands: Mapping[str, int],
    comment: str,
    by: User,
    at: datetime,
) -> Temperature:
    """Write down the hands of a meeting, or correct those of the same day.

    Invalid when nobody raised a hand, or when more answered one question than the other.
    """
    who = access(by, at)
    group = groups_seen(who).select_for_update(of=("self",)).filter(pk=group_id).first()
    if group is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    if not groups_led(who, Action.TAKE_TEMPERATURE).filter(pk=group_id).exists():
        raise Forbidden(refusal(Action.TAKE_TEMPERATURE))
    checked_day("meeting_on", meeting_on, today=who.on)
    if (who.on - meeting_on).days > 366:
        raise Invalid({"meeting_on": _("The day is more than a year ago.")})
    counts = {name: hands.get(name, 0) for name in HANDS}
    if any(not 0 <= count <= MOST_HANDS for count in counts.values()):
        raise Invalid({"wellbeing_green": _("Count the hands: from 0 to 200 of each colour.")})
    wellbeing, load = (
        sum(counts[f"{about}_{colour}"] for colour in Colour.values)
        for about in ("wellbeing", "load")
    )
    if not wellbeing:
        raise Invalid({"wellbeing_green": _("Count the hands that were raised.")})
    if wellbeing != load:
        raise Invalid(
            {
                "load_green": _(
                    "%(wellbeing)d hands on wellbeing but %(load)d on load: count again."
                )
                % {"wellbeing": wellbeing, "load": load}
            }
        )
    text = checked_texts({"comment": comment})["comment"]
    checked_length("comment", text, Temperature, "comment")
    row, _new = Temperature.objects.update_or_create(
        group=group, meeting_on=meeting_on, defaults={**counts, "comment": text, "taken_by": by}
    )
    trail.changed("temperature.taken", row, by=by, at=at)
    return row


@transaction.atomic
def mark_event(
    unit_id: int, *, from_on: date, until_on: date | None, text: str, by: User, at: datetime
) -> MarkedEvent:
    """Mark a day or a time in the unit's charts."""
    unit = _own_unit(unit_id, by=by, at=at)
    text = checked_texts({"text": text}, required=["text"])["text"]
    checked_length("text", text, MarkedEvent, "text")
    if until_on is not None and until_on < from_on:
        raise Invalid({"until_on": _("The last day is before the first.")})
    if MarkedEvent.objects.filter(unit=unit, from_on=from_on, text=text).exists():
        raise Invalid({"text": _("It is marked already.")})
    made = MarkedEvent.objects.create(
        unit=unit, from_on=from_on, until_on=until_on, text=text, marked_by=by
    )
    trail.changed("event.marked", made, by=by, at=at)
    return made


@transaction.atomic
def unmark_event(pk: int, *, by: User, at: datetime) -> None:
    """Take a mark away."""
    row = MarkedEvent.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None or row.unit_id not in access(by, at).leads(Action.RUN_ROUNDS):
        raise Missing(_("It does not exist, or is not yours to see."))
    trail.changed("event.unmarked", row, by=by, at=at)
    row.delete()


def _own_unit(unit_id: int, *, by: User, at: datetime) -> OrgUnit:
    unit = OrgUnit.objects.units().filter(pk=unit_id).first()
    if unit is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    permit(access(by, at), Action.RUN_ROUNDS, unit_id=unit.pk)
    return unit
