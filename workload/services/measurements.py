"""The workload measurement every second month: asked, answered, frozen with its points."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from cases.notices.services import tell_topic
from core import trail
from core.errors import Conflict, Invalid, Missing
from core.limits import limit
from organisation.acting import checked_texts
from organisation.enums import Level
from organisation.models import User
from organisation.roles import CARRYING
from workload import snapshots
from workload.models import Measurement, MeasurementRound
from workload.scales import Strain
from workload.services import facts
from workload.services.publishing import publish_units
from workload.services.rounds import (
    Asked,
    away_throughout,
    lock_unit,
    permit_rounds,
    roles_in,
    settings_of,
    to_close,
)

LARGEST_FLEX = Decimal(500)
"""Hours, either way; more is a mistyped number."""


def asked_in_measurement(unit_id: int, *, on: date, until: date) -> list[Asked]:
    """Those who handle cases in a group, each in one group; not who is away all the time."""
    away = away_throughout(on, until)
    found: dict[int, int] = {}
    for user, role, node, level in roles_in(unit_id, on=on):
        if level == Level.GROUP and role in CARRYING and user not in away:
            found.setdefault(user, node)
    return [Asked(user, node) for user, node in sorted(found.items())]


@transaction.atomic
def open_measurement(
    unit_id: int, *, on: date, at: datetime, by: User | None = None
) -> MeasurementRound:
    """Ask those who handle cases for the month; Conflict when it has been done already."""
    unit = lock_unit(unit_id)
    permit_rounds(unit_id, by=by, at=at)
    period = on.replace(day=1)
    if MeasurementRound.objects.filter(unit=unit, period=period).exists():
        raise Conflict(_("The workload has been measured this month already."))
    if MeasurementRound.objects.filter(unit=unit, closed_at__isnull=True).exists():
        raise Conflict(_("The measurement before is still open."))
    closes_on = on + timedelta(days=settings_of(unit_id).measurement_days)
    asked = asked_in_measurement(unit_id, on=on, until=closes_on)
    if not asked:
        raise Invalid({"unit": _("There is nobody in the unit to ask.")})
    made = MeasurementRound.objects.create(
        unit=unit, period=period, opened_on=on, closes_on=closes_on, opened_by=by
    )
    Measurement.objects.bulk_create(
        Measurement(round=made, user_id=one.user_id, group_id=one.node_id) for one in asked
    )
    trail.changed("measurement.opened", made, by=by, at=at, asked=len(asked))
    tell_topic([one.user_id for one in asked], "measurement_open", made.pk, at=at)
    return made


@transaction.atomic
def close_measurement(pk: int, *, on: date, at: datetime) -> bool:
    """Freeze the round after its last day, with everybody's points of that day explained."""
    found = to_close(MeasurementRound, pk, on=on)
    if not isinstance(found, MeasurementRound):
        return False
    found.closed_at = at
    found.save(update_fields=["closed_at"])
    rows = list(Measurement.objects.filter(round=found).select_for_update().order_by("pk"))
    taken = snapshots.take(found.unit_id, [row.user_id for row in rows], on=found.closes_on)
    for row in rows:
        snapshot = taken[row.user_id]
        row.tenths = snapshot.tenths
        row.available_tenths = snapshot.available_tenths
        row.cases = snapshot.cases
        row.lines = snapshot.lines
        row.frozen_at = at
    Measurement.objects.bulk_update(
        rows, ["tenths", "available_tenths", "cases", "lines", "frozen_at"]
    )
    trail.changed("measurement.closed", found, by=None, at=at)
    publish_units(found, at=at)
    return True


@transaction.atomic
def answer(
    round_id: int,
    *,
    experience: int,
    flex_hours: Decimal | None,
    comment: str,
    by: User,
    at: datetime,
    judged: Mapping[int, Mapping[str, str]] | None = None,
) -> Measurement:
    """Give one's own answer, or change it until the round closes.

    `judged` are levels of factors of one's cases, by matter, written with the answer.
    """
    row = (
        Measurement.objects.select_for_update(of=("self",))
        .select_related("round")
        .filter(round_id=round_id, user=by)
        .first()
    )
    if row is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    if row.frozen_at is not None:
        raise Conflict(_("The round has closed; what was answered stays as it is."))
    if experience not in Strain.values:
        raise Invalid({"experience": _("Choose one of the alternatives.")})
    if flex_hours is not None and abs(flex_hours) > LARGEST_FLEX:
        raise Invalid({"flex_hours": _("Write the balance in hours, at most 500.")})
    for matter_id, levels in (judged or {}).items():
        facts.judge(matter_id, levels=levels, by=by, at=at)
    row.comment = checked_texts({"comment": comment})["comment"][: limit(Measurement, "comment")]
    row.experience = experience
    row.flex_hours = flex_hours
    row.answered_at = at
    row.save(update_fields=["experience", "flex_hours", "comment", "answered_at"])
    trail.changed("measurement.answered", row, by=by, at=at)
    return row
