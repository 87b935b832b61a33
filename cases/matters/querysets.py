"""Named reads of matters and of the rows of their kinds. Lists start from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models, transaction
from django.db.models import Case, Exists, OuterRef, Q, Value, When

from cases.matters import registry as matters
from cases.matters.registry import Kind
from organisation.permissions import Access
from organisation.rights import Action, Reach


def nothing() -> Q:
    return Q(pk__in=[])


def _provided(access: Access) -> Q:
    """What is given to the person by name, and the matters of children opened in an emergency.

    All of it lies in `access.units`: said beside the rest of a unit it leaves the unit's index to
    serve the list; by itself it is only for units where a role reaches nothing.
    """
    given = nothing()
    if access.granted:
        given |= Q(pk__in=access.granted)
    if access.opened:
        given |= Q(child_id__in=access.opened)
    return given


def allowed(access: Access, child: str = "child_id") -> Q:
    """All but the matters of children the person has a conflict of interest with."""
    if not access.blocked:
        return Q()
    # A matter about no child is nobody's to be blocked from.
    return Q(**{f"{child}__isnull": True}) | ~Q(**{f"{child}__in": access.blocked})


def worked_on(outer: str, access: Access) -> Exists:
    """The actor, or someone stood in for, has a part in the matter `outer` today."""
    from cases.matters.models import MatterWorker

    return Exists(
        MatterWorker.objects.active(access.on).filter(
            matter=OuterRef(outer), user_id__in=access.acts_for
        )
    )


def _their_matters(access: Access) -> Any:
    """Ids of the matters the actor, or someone stood in for, has a part in today: listed once."""
    from cases.matters.models import MatterWorker

    rows = MatterWorker.objects.active(access.on).filter(user_id__in=access.acts_for)
    return rows.values("matter")


def own_rows(kind: Kind, access: Access, action: Action, *, few: bool) -> Q:
    """What a person reaches of a kind beside whole units and groups of its own.

    What they have a part in; where it is part of another matter, what they have a part in or lead
    of those; and what else the kind says. `few`: see `cases.matters.registry.Kind.own_are_few`.
    """
    own = kind.beside(access, action)
    for column in filter(None, ("pk", kind.part_of)):
        if few:
            own |= Q(**{f"{column}__in": _their_matters(access)})
        else:
            own |= Q(worked_on(column, access))
    groups = access.groups_with(action)
    if kind.part_of and groups:
        # Listed by the group's index once, not joined to every row.
        wholes = kind.model._meta.get_field(kind.part_of).related_model
        led = wholes._default_manager.filter(group_id__in=groups)
        own |= Q(**{f"{kind.part_of}__in": led.values("pk")})
    return own


class MatterQuerySet(models.QuerySet):
    def visible_to(self, access: Access) -> Self:
        """Matters the actor may read, of whatever kind: each kind says which."""
        seen = nothing()
        for kind in matters.KINDS:
            rows = kind.rows.visible_to(access)
            seen |= Q(kind=kind.code) & Q(Exists(rows.filter(pk=OuterRef("pk"))))
        return self.filter(seen & allowed(access))

    def open(self) -> Self:
        return self.filter(closed_on__isnull=True)

    def in_unit(self, unit_id: int) -> Self:
        return self.filter(unit_id=unit_id)


class MatterRecordQuerySet(models.QuerySet):
    """What every kind's own rows can be asked."""

    def visible_to(self, access: Access, action: Action | None = None) -> Self:
        """The rows that `action` reaches, the kind's reading when none is named; need-to-know, see
        `organisation.rights.TABLE`.
        """
        kind = matters.of_model(self.model)
        action = action or kind.reads
        given = _provided(access) if action == kind.reads else nothing()
        everywhere = access.units_with(action)
        units = access.units_with(action, Reach.OWN)
        reachable = given if access.units - units else nothing()
        if everywhere:
            reachable |= Q(unit_id__in=everywhere)
        partly = units - everywhere
        if partly:
            some = given | own_rows(kind, access, action, few=False)
            if groups := access.groups_with(action):
                some |= Q(group_id__in=groups)
            reachable |= Q(unit_id__in=partly) & some
        return self.filter(reachable & allowed(access))

    def in_unit(self, unit_id: int) -> Self:
        return self.filter(unit_id=unit_id)

    def with_deadlines(self) -> Self:
        """With its deadlines in order, as `duties`."""
        from cases.matters.models import Matter

        deadlines = Matter._meta.get_field("deadlines").related_model._default_manager
        return self.select_related("matter").prefetch_related(
            models.Prefetch(
                "matter__deadlines",
                queryset=deadlines.order_by("due_on", "pk"),
                to_attr="duties",
            )
        )

    def with_workers(self, *, on: date) -> Self:
        """With those who have a part in it that day, as `matter.workers_today`."""
        from cases.matters.models import MatterWorker

        return self.select_related("matter").prefetch_related(
            models.Prefetch(
                "matter__workers",
                queryset=MatterWorker.objects.active(on).select_related("user").main_first(),
                to_attr="workers_today",
            )
        )

    def with_duties(self) -> Self:
        """What a line on a start page shows: child and deadlines in order."""
        return self.with_deadlines().select_related("child")

    def worked_on_by(self, user_ids: Iterable[int], *, on: date) -> Self:
        """Those that one of the people has a part in that day."""
        from cases.matters.models import MatterWorker

        rows = MatterWorker.objects.active(on).filter(user_id__in=list(user_ids))
        return self.filter(Exists(rows.filter(matter=OuterRef("pk"))))

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """The rows, each with its matter."""
        from cases.matters.models import Matter

        rows = list(objs)
        with transaction.atomic():
            made = Matter.objects.bulk_create(Matter(kind=row.KIND, **row.header()) for row in rows)
            for row, matter in zip(rows, made, strict=True):
                row.matter = matter
            return super().bulk_create(rows, *args, **kwargs)


class MatterWorkerQuerySet(models.QuerySet):
    def active(self, on: date) -> Self:
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gte=on), from_on__lte=on)

    def current(self) -> Self:
        """Not ended, whenever they begin."""
        return self.filter(until_on__isnull=True)

    def main_first(self) -> Self:
        """The most responsible part first."""
        ranks = [When(part=part, then=Value(at)) for at, part in enumerate(matters.parts())]
        return self.order_by(Case(*ranks, default=Value(len(ranks))), "pk")
