"""What the load and the allocation weeks have of a group that is taken out of use.

What lies behind stays with the group; what is planned, asked or to be done goes along.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from core.calendar import local_date
from organisation.models import OrgUnit, RoleAssignment
from organisation.services.contents import Contents, GroupHolding, GroupMove
from workload.models import (
    AllocationRound,
    CaseReview,
    LoadWarning,
    Measurement,
    PlannedPair,
    StandingPair,
)


def _this_week(on: date) -> date:
    return on - timedelta(days=on.weekday())


def held(group: OrgUnit, on: date) -> Sequence[GroupHolding]:
    """Standing pairs, the week's allocation, and tasks of case reviews not done yet."""
    tasks = CaseReview.objects.filter(
        group=group, decisions__due_on__isnull=False, decisions__done_on__isnull=True
    )
    pairs = StandingPair.objects.ending_after(on).filter(group=group)
    return [
        GroupHolding(_("Standing pairs"), pairs.count()),
        GroupHolding(
            _("Allocation weeks begun"),
            AllocationRound.objects.filter(group=group, monday__gte=_this_week(on)).count(),
        ),
        GroupHolding(_("Case reviews with something to do"), tasks.distinct().count()),
    ]


def unfit(group: OrgUnit, to: OrgUnit) -> str:
    return ""


def move(move: GroupMove) -> None:
    on = local_date(move.at)
    _standing_pairs(move, on)
    _planned_pairs(move, on)
    _rounds(move, on)
    with_tasks = CaseReview.objects.filter(
        group=move.group, decisions__due_on__isnull=False, decisions__done_on__isnull=True
    )
    CaseReview.objects.filter(pk__in=with_tasks.values("pk")).update(group=move.people_to)
    Measurement.objects.filter(group=move.group, frozen_at__isnull=True).update(
        group=move.people_to
    )
    warnings = LoadWarning.objects.filter(group=move.group, ended_on__isnull=True)
    warnings.filter(user__isnull=True, matter__isnull=True).update(ended_on=on)
    warnings.filter(user__isnull=False).update(group=move.people_to)
    warnings.filter(matter__isnull=False).update(group=move.to)


def _standing_pairs(move: GroupMove, on: date) -> None:
    """Ended the day before and begun where the two are now, unless they stand there already."""
    for pair in StandingPair.objects.select_for_update(of=("self",)).filter(
        Q(until_on__isnull=True) | Q(until_on__gte=on), group=move.group
    ):
        there = StandingPair.objects.filter(
            group=move.people_to, first=pair.first_id, second=pair.second_id, until_on__isnull=True
        )
        if not there.exists():
            StandingPair.objects.create(
                group=move.people_to,
                first_id=pair.first_id,
                second_id=pair.second_id,
                from_on=max(pair.from_on, on),
                until_on=pair.until_on,
                set_by=pair.set_by,
                set_at=pair.set_at,
            )
        if pair.from_on < on:
            pair.until_on = on - timedelta(days=1)
            pair.save(update_fields=["until_on"])
        else:
            pair.delete()


def _planned_pairs(move: GroupMove, on: date) -> None:
    """A plan with somebody who is not in the group that has the case now is no plan any more."""
    there = set(
        RoleAssignment.objects.ending_after(on)
        .filter(node=move.to)
        .values_list("user_id", flat=True)
    )
    for plan in PlannedPair.objects.select_for_update(of=("self",)).filter(
        investigation__group=move.to
    ):
        main = plan.main_id if plan.main_id in there else None
        co = plan.co_id if plan.co_id in there else None
        if (main, co) != (plan.main_id, plan.co_id):
            plan.main_id, plan.co_id, plan.pinned = main, co, False
            plan.version += 1
            plan.save(update_fields=["main", "co", "pinned", "version"])


def _rounds(move: GroupMove, on: date) -> None:
    """The week that has begun goes on in the group that took over; notes of both are kept."""
    for row in AllocationRound.objects.select_for_update(of=("self",)).filter(
        group=move.group, monday__gte=_this_week(on)
    ):
        there = (
            AllocationRound.objects.select_for_update(of=("self",))
            .filter(group=move.to, monday=row.monday)
            .first()
        )
        if there is None:
            row.group = move.to
            row.version += 1
            row.save(update_fields=["group", "version"])
        elif row.notes and row.notes not in there.notes:
            most = AllocationRound._meta.get_field("notes").max_length
            there.notes = "\n".join(filter(None, [there.notes, row.notes]))[:most]
            there.version += 1
            there.save(update_fields=["notes", "version"])


CONTENTS = Contents(held=held, unfit=unfit, move=move)
