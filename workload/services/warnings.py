"""Warnings kept: told once while a state lasts, to the leader who can act, and ended after it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from cases.notices import services as notices
from cases.provisions.lookup import unblocked
from organisation.models import OrgUnit
from workload.enums import TOLD_IN_CONFIDENCE
from workload.findings import Finding, find, key_of
from workload.models import LoadWarning, WeightSet


def warn(*, on: date, at: datetime) -> int:
    """Look through every unit that measures; return how many leaders were told something new.

    Safe to run twice and after missed days: a state that lasts is told once, and one that comes
    back after being over is told again.
    """
    measuring = WeightSet.objects.active(on).values("unit_id")
    return sum(
        _warn_unit(unit, on=on, at=at)
        for unit in OrgUnit.objects.units().filter(pk__in=measuring).order_by("pk")
    )


@transaction.atomic
def _warn_unit(unit: OrgUnit, *, on: date, at: datetime) -> int:
    # One run at a time for each unit: two would tell twice.
    OrgUnit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    found = {one.key: one for one in find(unit, on=on)}
    standing = {
        key_of(row.kind, row.group_id, row.user_id, row.matter_id): row
        for row in LoadWarning.objects.filter(ended_on__isnull=True).filter(
            Q(group=unit) | Q(group__parent=unit)
        )
    }
    over = [row.pk for key, row in standing.items() if key not in found]
    LoadWarning.objects.filter(pk__in=over, raised_on__lte=on).update(ended_on=on)
    told = 0
    for key, one in found.items():
        if key in standing:
            continue
        row = LoadWarning.objects.create(
            kind=one.kind,
            group_id=one.group_id,
            user_id=one.user_id,
            matter_id=one.matter_id,
            percent=one.percent,
            experience=one.experience,
            raised_on=on,
        )
        told += notices.tell_topic(
            _who_can_act(one, unit, on=on), "workload.warning", row.pk, at=at
        )
    return told


def _who_can_act(one: Finding, unit: OrgUnit, *, on: date) -> set[int]:
    """The group's leaders, and who stands in for them; the unit head when it is about the leader.

    Who stands in is not told of what a worker has said to the leader alone.
    """
    leaders = notices.leaders_of(one.group_id, on=on, child_id=one.child_id) - {one.user_id}
    leaders = leaders or notices.heads_of(unit.pk, on=on) - {one.user_id}
    if one.kind in TOLD_IN_CONFIDENCE:
        return leaders
    people = notices.with_stand_ins(leaders, on=on) - {one.user_id}
    return unblocked(people, one.child_id, on=on) if one.child_id else people
