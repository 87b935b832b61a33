"""Named reads of deadlines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from cases.enums import DeadlineStatus
from cases.matters import registry as matters
from cases.matters.querysets import allowed, nothing, own_rows
from organisation.permissions import Access
from organisation.rights import Reach


class DeadlineQuerySet(models.QuerySet):
    def visible_to(self, access: Access) -> Self:
        """Deadlines of the matters the actor may read, of whatever kind."""
        kinds = list(matters.KINDS)
        whole = {kind.code: access.units_with(kind.reads) for kind in kinds}
        everywhere = frozenset.intersection(*whole.values())
        reachable = nothing()
        if everywhere:
            reachable |= Q(unit_id__in=everywhere)
        # Kind by kind: the group first, which needs no look at the matter. Then what is one's own:
        # listed once where it is little, looked at one by one, by key, where it is much. The open
        # deadlines of a unit are few.
        some, partly = nothing(), frozenset[int]()
        for kind in kinds:
            units = access.units_with(kind.reads, Reach.OWN) - everywhere
            if not units:
                continue
            partly |= units
            reached = nothing()
            if whole[kind.code] - everywhere:
                reached |= Q(unit_id__in=whole[kind.code] - everywhere)
            if groups := access.groups_with(kind.reads):
                reached |= Q(group_id__in=groups)
            own = kind.rows.filter(own_rows(kind, access, kind.reads, few=kind.own_are_few))
            if kind.own_are_few:
                reached |= Q(matter__in=own.values("pk"))
            else:
                reached |= Q(Exists(own.filter(pk=OuterRef("matter_id"))))
            some |= Q(matter_kind=kind.code, unit_id__in=units) & reached
        if partly:
            reachable |= Q(unit_id__in=partly) & some
        # Beside the unit's, by key: without a unit, every open deadline there is would be read.
        if access.granted:
            reachable |= Q(matter__in=access.granted)
        if access.opened:
            reachable |= Q(child_id__in=access.opened)
        return self.filter(reachable & allowed(access))

    def worked_on_by(self, user_ids: Iterable[int], *, on: date) -> Self:
        """Those of matters that one of the people has a part in that day."""
        from cases.matters.models import MatterWorker

        rows = MatterWorker.objects.active(on).filter(user_id__in=list(user_ids))
        return self.filter(Exists(rows.filter(matter=OuterRef("matter_id"))))

    def in_unit(self, unit_id: int) -> Self:
        return self.filter(unit_id=unit_id)

    def open(self) -> Self:
        """Neither met nor cancelled, and still possible to do."""
        return self.filter(met_on__isnull=True, cancelled_on__isnull=True, missed_on__isnull=True)

    def started(self, on: date) -> Self:
        return self.filter(starts_on__lte=on)

    def with_status(self, *, on: date) -> Self:
        """Annotate `status` as of the day `on`: `cases.law.deadlines.status`, said in SQL."""
        late = Q(met_on__gt=models.F("due_on")) | Q(met_at__gt=models.F("due_at"))
        return self.annotate(
            status=Case(
                When(cancelled_on__lte=on, then=Value(DeadlineStatus.CANCELLED.value)),
                When(late, met_on__lte=on, then=Value(DeadlineStatus.MET_LATE.value)),
                When(met_on__lte=on, then=Value(DeadlineStatus.MET.value)),
                When(missed_on__lte=on, then=Value(DeadlineStatus.MISSED.value)),
                When(due_on__lt=on, then=Value(DeadlineStatus.OVERDUE.value)),
                default=Value(DeadlineStatus.DUE.value),
                output_field=models.CharField(),
            )
        )

    def in_status(self, status: str, *, on: date) -> Self:
        """Deadlines with that status on that day, by conditions an index can serve."""
        unfinished = (
            (Q(met_on__isnull=True) | Q(met_on__gt=on))
            & (Q(cancelled_on__isnull=True) | Q(cancelled_on__gt=on))
            & (Q(missed_on__isnull=True) | Q(missed_on__gt=on))
        )
        late = Q(met_on__gt=models.F("due_on")) | Q(met_at__gt=models.F("due_at"))
        on_time = Q(met_on__lte=models.F("due_on")) & (
            Q(met_at__isnull=True) | Q(due_at__isnull=True) | Q(met_at__lte=models.F("due_at"))
        )
        conditions = {
            DeadlineStatus.DUE: unfinished & Q(due_on__gte=on),
            DeadlineStatus.OVERDUE: unfinished & Q(due_on__lt=on),
            DeadlineStatus.MET: Q(met_on__lte=on) & on_time,
            DeadlineStatus.MET_LATE: Q(met_on__lte=on) & late,
            DeadlineStatus.MISSED: Q(missed_on__lte=on),
            DeadlineStatus.CANCELLED: Q(cancelled_on__lte=on),
        }
        return self.filter(conditions[DeadlineStatus(status)])

    def recorded_late(self) -> Self:
        """Met in time by what they say, and written down after the last day."""
        return self.filter(met_on__lte=F("due_on"), recorded_on__gt=F("due_on"))

    def overdue(self, *, on: date) -> Self:
        """Not met, and `on` is after the due day. Due today is not overdue."""
        return self.open().filter(due_on__lt=on)

    def with_matter(self) -> Self:
        """The matter each belongs to, with child and group."""
        return self.select_related("matter", "child", "group", "unit")
