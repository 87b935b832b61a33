"""The plan of an allocation week: who is meant to have what, kept until it is given out."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.enums import InvestigationStatus
from cases.investigations.models import Investigation
from cases.matters.working import permit_on
from core import trail
from core.calendar import week_start
from core.errors import Conflict, Invalid, Missing
from core.limits import limit
from core.names import in_order
from organisation.acting import access, lock, permit
from organisation.enums import Level
from organisation.models import OrgUnit, User
from organisation.permissions import Access
from organisation.rights import Action
from workload.board import who_can_be_given
from workload.models import AllocationRound, PlannedPair, StandingPair


def group_to_lead(who: Access, group_id: int) -> OrgUnit:
    """The group, for those who give out its cases; Missing for everybody else."""
    group = OrgUnit.objects.groups().filter(pk=group_id).first()
    if group is None or group.parent_id not in _units(who, group_id):
        raise Missing(_("It does not exist, or is not yours to see."))
    permit(who, Action.ASSIGN_HANDLERS, unit_id=group.parent_id, group_ids=[group.pk])
    return group


def _units(who: Access, group_id: int) -> set[int]:
    """Units where the person gives out the cases of all groups, or of this one."""
    units = set(who.units_with(Action.ASSIGN_HANDLERS))
    units |= {
        held.unit_id
        for held in who.held
        if held.unit_id is not None
        and held.node_level == Level.GROUP
        and held.node_id == group_id
        and group_id in who.groups_with(Action.ASSIGN_HANDLERS)
    }
    return units


def waiting(who: Access, investigation_id: int) -> Investigation:
    """The investigation, locked, if it waits and is the person's to give out."""
    reachable = Investigation.objects.visible_to(who, Action.ASSIGN_HANDLERS)
    investigation: Investigation = lock(reachable, investigation_id)
    permit_on(who, Action.ASSIGN_HANDLERS, investigation)
    if investigation.status != InvestigationStatus.WAITING:
        raise Conflict(
            _("%(number)s has been given out already.") % {"number": investigation.number}
        )
    return investigation


@transaction.atomic
def plan_pair(
    investigation_id: int,
    *,
    main_id: int | None,
    co_id: int | None,
    pinned: bool,
    version: int,
    by: User,
    at: datetime,
) -> PlannedPair:
    """Write who is meant to have a waiting investigation; one of the two may still be open.

    `version` is that of the plan the person saw, 0 for none; another now is a Conflict that
    carries it. Raises Invalid for somebody who cannot be chosen.
    """
    who = access(by, at)
    investigation = waiting(who, investigation_id)
    plan = PlannedPair.objects.select_for_update().filter(investigation=investigation).first()
    _unchanged(plan, version)
    if main_id is None and co_id is None:
        raise Invalid({"main": _("Choose at least one of the two.")})
    if main_id == co_id:
        raise Invalid({"co": _("The pair has to be two different people.")})
    able = who_can_be_given(investigation, on=who.on)
    for name, user_id in (("main", main_id), ("co", co_id)):
        if user_id is not None and user_id not in able:
            raise Invalid({name: _("This person cannot be given the case. Choose somebody else.")})
    if plan is None:
        plan = PlannedPair(investigation=investigation, version=0)
    plan.main_id, plan.co_id, plan.pinned = main_id, co_id, pinned
    plan.planned_by, plan.planned_at = by, at
    plan.version += 1
    plan.save()
    trail.changed(
        "allocation.planned",
        investigation,
        by=by,
        at=at,
        main=main_id,
        co=co_id,
        pinned=pinned,
    )
    return plan


@transaction.atomic
def clear_plan(investigation_id: int, *, version: int, by: User, at: datetime) -> None:
    """Take back the plan of a waiting investigation; the history keeps what stood."""
    who = access(by, at)
    investigation = waiting(who, investigation_id)
    plan = PlannedPair.objects.select_for_update().filter(investigation=investigation).first()
    _unchanged(plan, version)
    if plan is not None:
        plan.delete()
        trail.changed("allocation.plan_cleared", investigation, by=by, at=at)


def _unchanged(plan: PlannedPair | None, version: int) -> None:
    if (plan.version if plan else 0) != version:
        raise Conflict(
            _("Somebody else has changed this meanwhile. Look at what stands now, and choose."),
            current=plan,
        )


@transaction.atomic
def write_round(
    group_id: int,
    *,
    on: date,
    reception_worker_id: int | None,
    notes: str,
    version: int,
    by: User,
    at: datetime,
) -> AllocationRound:
    """Write who of the reception is there this week, and notes; `version` 0 begins the week."""
    who = access(by, at)
    group = group_to_lead(who, group_id)
    # Two who begin the week at once take turns.
    OrgUnit.objects.select_for_update(of=("self",)).get(pk=group.pk)
    monday = week_start(on)
    week = AllocationRound.objects.filter(group=group, monday=monday).first()
    if (week.version if week else 0) != version:
        raise Conflict(
            _("Somebody else has changed this meanwhile. Look at what stands now, and choose."),
            current=week,
        )
    if reception_worker_id is not None and reception_worker_id not in reception_of(group, on=on):
        raise Invalid({"reception_worker": _("Choose one of the reception's workers.")})
    text = notes.strip()
    if len(text) > (most := limit(AllocationRound, "notes")) or "\x00" in text:
        raise Invalid({"notes": _("At most %(limit)s characters.") % {"limit": most}})
    if week is None:
        week = AllocationRound(group=group, monday=monday, begun_by=by, begun_at=at, version=0)
    week.reception_worker_id = reception_worker_id
    week.notes = text
    week.version += 1
    week.save()
    trail.changed(
        "allocation.week_written", week, by=by, at=at, reception_worker=reception_worker_id
    )
    return week


def reception_of(group: OrgUnit, *, on: date) -> dict[int, User]:
    """Workers of the unit's reception that day, by id."""
    from organisation.enums import Role
    from organisation.models import RoleAssignment

    rows = (
        RoleAssignment.objects.active(on)
        .filter(role=Role.RECEPTION, node__parent_id=group.parent_id, user__is_active=True)
        .select_related("user")
        .order_by(*in_order("user__"), "user_id")
    )
    return {row.user_id: row.user for row in rows}


@transaction.atomic
def set_standing_pair(
    group_id: int, *, one_id: int, other_id: int, by: User, at: datetime
) -> StandingPair:
    """Make two workers of the group a standing pair from today."""
    who = access(by, at)
    group = group_to_lead(who, group_id)
    if one_id == other_id:
        raise Invalid({"other": _("The pair has to be two different people.")})
    first, second = sorted((one_id, other_id))
    workers = User.objects.workers_in(group.pk, on=who.on).filter(pk__in=[first, second])
    if workers.count() != 2:
        raise Invalid({"one": _("Choose two workers of the group.")})
    OrgUnit.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if StandingPair.objects.filter(
        group=group, first_id=first, second_id=second, until_on__isnull=True
    ).exists():
        raise Conflict(_("They are a standing pair already."))
    pair = StandingPair.objects.create(
        group=group, first_id=first, second_id=second, from_on=who.on, set_by=by, set_at=at
    )
    trail.changed("allocation.pair_set", pair, by=by, at=at, first=first, second=second)
    return pair


@transaction.atomic
def end_standing_pair(pair_id: int, *, by: User, at: datetime) -> StandingPair:
    """End a standing pair: its last day is yesterday, or the day it began."""
    who = access(by, at)
    pair = StandingPair.objects.select_for_update(of=("self",)).filter(pk=pair_id).first()
    if pair is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    group_to_lead(who, pair.group_id)
    if pair.until_on is not None:
        raise Conflict(_("The pair has ended already."))
    pair.until_on = max(pair.from_on, date.fromordinal(who.on.toordinal() - 1))
    pair.save(update_fields=["until_on"])
    trail.changed("allocation.pair_ended", pair, by=by, at=at)
    return pair
