"""Every named read of the case area. Lists always start from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Self

from django.db import models, transaction
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Lower

from cases import matters
from cases.enums import DeadlineStatus
from cases.matters import Kind
from core import rates
from organisation.permissions import Access, Action, ObjectGrant, Reach


def _nothing() -> Q:
    return Q(pk__in=[])


def _provided(access: Access) -> Q:
    """What is given to the person by name, and the matters of children opened in an emergency.

    All of it lies in `access.units`: said beside the rest of a unit it leaves the unit's index to
    serve the list; by itself it is only for units where a role reaches nothing.
    """
    given = _nothing()
    if access.granted:
        given |= Q(pk__in=access.granted)
    if access.opened:
        given |= Q(child_id__in=access.opened)
    return given


def _allowed(access: Access, child: str = "child_id") -> Q:
    """All but the matters of children the person has a conflict of interest with."""
    if not access.blocked:
        return Q()
    # A matter about no child is nobody's to be blocked from.
    return Q(**{f"{child}__isnull": True}) | ~Q(**{f"{child}__in": access.blocked})


def _worked_on(outer: str, access: Access) -> Exists:
    """The actor, or someone stood in for, has a part in the matter `outer` today."""
    from cases.models import MatterWorker

    return Exists(
        MatterWorker.objects.active(access.on).filter(
            matter=OuterRef(outer), user_id__in=access.acts_for
        )
    )


def _their_matters(access: Access) -> Any:
    """Ids of the matters the actor, or someone stood in for, has a part in today: listed once."""
    from cases.models import MatterWorker

    rows = MatterWorker.objects.active(access.on).filter(user_id__in=access.acts_for)
    return rows.values("matter")


def _own(kind: Kind, access: Access, action: Action, *, few: bool) -> Q:
    """What a person reaches of a kind beside whole units and groups of its own.

    What they have a part in; where it is part of another matter, what they have a part in or lead
    of those; and what else the kind says. `few`: see `cases.matters.Kind.own_are_few`.
    """
    own = kind.beside(access, action)
    for column in filter(None, ("pk", kind.part_of)):
        if few:
            own |= Q(**{f"{column}__in": _their_matters(access)})
        else:
            own |= Q(_worked_on(column, access))
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
        seen = _nothing()
        for kind in matters.KINDS:
            rows = kind.rows.visible_to(access)
            seen |= Q(kind=kind.code) & Q(Exists(rows.filter(pk=OuterRef("pk"))))
        return self.filter(seen & _allowed(access))

    def open(self) -> Self:
        return self.filter(closed_on__isnull=True)

    def in_unit(self, unit_id: int) -> Self:
        return self.filter(unit_id=unit_id)


class MatterRecordQuerySet(models.QuerySet):
    """What every kind's own rows can be asked."""

    def visible_to(self, access: Access, action: Action | None = None) -> Self:
        """The rows that `action` reaches, the kind's reading when none is named; need-to-know, see
        `organisation.permissions.TABLE`.
        """
        kind = matters.of_model(self.model)
        action = action or kind.reads
        given = _provided(access) if action == kind.reads else _nothing()
        everywhere = access.units_with(action)
        units = access.units_with(action, Reach.OWN)
        reachable = given if access.units - units else _nothing()
        if everywhere:
            reachable |= Q(unit_id__in=everywhere)
        partly = units - everywhere
        if partly:
            some = given | _own(kind, access, action, few=False)
            if groups := access.groups_with(action):
                some |= Q(group_id__in=groups)
            reachable |= Q(unit_id__in=partly) & some
        return self.filter(reachable & _allowed(access))

    def in_unit(self, unit_id: int) -> Self:
        return self.filter(unit_id=unit_id)

    def with_deadlines(self) -> Self:
        """With its deadlines in order, as `duties`."""
        from cases.models import Matter

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
        from cases.models import MatterWorker

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
        from cases.models import MatterWorker

        rows = MatterWorker.objects.active(on).filter(user_id__in=list(user_ids))
        return self.filter(Exists(rows.filter(matter=OuterRef("pk"))))

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """The rows, each with its matter."""
        from cases.models import Matter

        rows = list(objs)
        with transaction.atomic():
            made = Matter.objects.bulk_create(Matter(kind=row.KIND, **row.header()) for row in rows)
            for row, matter in zip(rows, made, strict=True):
                row.matter = matter
            return super().bulk_create(rows, *args, **kwargs)


class PersonQuerySet(models.QuerySet):
    def visible_to(self, access: Access) -> Self:
        """Children with at least one matter the actor may read."""
        own = _nothing()
        for kind in matters.KINDS:
            own |= Q(Exists(kind.rows.visible_to(access).filter(child=OuterRef("pk"))))
        reachable = Q(unit_id__in=access.units) & own
        if access.opened:
            reachable |= Q(pk__in=access.opened)
        return self.filter(reachable & _allowed(access, "pk"))

    def whereabouts_shown_to(self, access: Access) -> Self:
        """Children whose whereabouts the actor may see although their identity is protected.

        Those who work today on an open matter of theirs, those who answer for it, and those to
        whom it was given by name. See `cases.whereabouts`.
        """
        from cases.models import Matter

        action = Action.SEE_PROTECTED_WHEREABOUTS
        answers = Q(_worked_on("pk", access))
        if groups := access.groups_with(action):
            answers |= Q(group_id__in=groups)
        open_matters = Matter.objects.open().filter(
            answers, unit_id__in=access.units_with(action, Reach.OWN)
        )
        reachable = Q(unit_id__in=access.units_with(action)) | Q(
            Exists(open_matters.filter(child=OuterRef("pk")))
        )
        if given := access.provisions.whereabouts:
            reachable |= Q(pk__in=given)
        return self.filter(reachable & _allowed(access, "pk"))

    def numbered(self, number: str) -> Self:
        """The child with that personal identity number, for whoever looks it up."""
        rates.required(rates.Rate.SEARCH)
        return self.filter(personal_identity_number=number)

    def named(self, text: str) -> Self:
        """Children whose first or last names begin with the words of `text`, in any order."""
        rates.required(rates.Rate.SEARCH)
        found = self.annotate(_first=Lower("first_name"), _last=Lower("last_name"))
        for word in text.lower().split():
            found = found.filter(
                Q(_first__startswith=word)
                | Q(_last__startswith=word)
                | Q(_first__contains=f" {word}")
                | Q(_last__contains=f" {word}")
            )
        return found


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


class DeadlineQuerySet(models.QuerySet):
    def visible_to(self, access: Access) -> Self:
        """Deadlines of the matters the actor may read, of whatever kind."""
        kinds = list(matters.KINDS)
        whole = {kind.code: access.units_with(kind.reads) for kind in kinds}
        everywhere = frozenset.intersection(*whole.values())
        reachable = _nothing()
        if everywhere:
            reachable |= Q(unit_id__in=everywhere)
        # Kind by kind: the group first, which needs no look at the matter. Then what is one's own:
        # listed once where it is little, looked at one by one, by key, where it is much. The open
        # deadlines of a unit are few.
        some, partly = _nothing(), frozenset[int]()
        for kind in kinds:
            units = access.units_with(kind.reads, Reach.OWN) - everywhere
            if not units:
                continue
            partly |= units
            reached = _nothing()
            if whole[kind.code] - everywhere:
                reached |= Q(unit_id__in=whole[kind.code] - everywhere)
            if groups := access.groups_with(kind.reads):
                reached |= Q(group_id__in=groups)
            own = kind.rows.filter(_own(kind, access, kind.reads, few=kind.own_are_few))
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
        return self.filter(reachable & _allowed(access))

    def worked_on_by(self, user_ids: Iterable[int], *, on: date) -> Self:
        """Those of matters that one of the people has a part in that day."""
        from cases.models import MatterWorker

        rows = MatterWorker.objects.active(on).filter(user_id__in=list(user_ids))
        return self.filter(Exists(rows.filter(matter=OuterRef("matter_id"))))

    def in_unit(self, unit_id: int) -> Self:
        return self.filter(unit_id=unit_id)

    def open(self) -> Self:
        """Neither met nor cancelled."""
        return self.filter(met_on__isnull=True, cancelled_on__isnull=True)

    def started(self, on: date) -> Self:
        return self.filter(starts_on__lte=on)

    def with_status(self, *, on: date) -> Self:
        """Annotate `status` as of the day `on`: `cases.deadlines.status`, said in SQL."""
        late = Q(met_on__gt=models.F("due_on")) | Q(met_at__gt=models.F("due_at"))
        return self.annotate(
            status=Case(
                When(cancelled_on__lte=on, then=Value(DeadlineStatus.CANCELLED.value)),
                When(late, met_on__lte=on, then=Value(DeadlineStatus.MET_LATE.value)),
                When(met_on__lte=on, then=Value(DeadlineStatus.MET.value)),
                When(due_on__lt=on, then=Value(DeadlineStatus.OVERDUE.value)),
                default=Value(DeadlineStatus.DUE.value),
                output_field=models.CharField(),
            )
        )

    def in_status(self, status: str, *, on: date) -> Self:
        """Deadlines with that status on that day, by conditions an index can serve."""
        unfinished = (Q(met_on__isnull=True) | Q(met_on__gt=on)) & (
            Q(cancelled_on__isnull=True) | Q(cancelled_on__gt=on)
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
            DeadlineStatus.CANCELLED: Q(cancelled_on__lte=on),
        }
        return self.filter(conditions[DeadlineStatus(status)])

    def overdue(self, *, on: date) -> Self:
        """Not met, and `on` is after the due day. Due today is not overdue."""
        return self.open().filter(due_on__lt=on)

    def with_matter(self) -> Self:
        """The matter each belongs to, with child and group."""
        return self.select_related("matter", "child", "group", "unit")


class NoticeQuerySet(models.QuerySet):
    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def of(self, user_id: int) -> Self:
        return self.filter(recipient_id=user_id)

    def shown_to(self, access: Access) -> Self:
        """The person's own notices, but of no child they have a conflict of interest with."""
        mine = self.of(access.user_id)
        if access.blocked:
            for about in ("matter", "deadline", "emergency"):
                child = f"{about}__child"
                mine = mine.filter(
                    Q(**{f"{child}__isnull": True}) | ~Q(**{f"{child}__in": access.blocked})
                )
        return mine

    def with_matter(self) -> Self:
        """The case each is about, by its number alone."""
        return self.select_related("matter", "deadline__matter").only(
            "kind",
            "rung",
            "due_on",
            "topic_id",
            "created_at",
            "read_at",
            "emergency",
            "matter__number",
            "matter__kind",
            "deadline__kind",
            "deadline__due_on",
            "deadline__matter__number",
            "deadline__matter__kind",
        )


class ReadingGrantQuerySet(models.QuerySet):
    def in_force(self, *, on: date) -> Self:
        return self.filter(ObjectGrant.in_force(on))

    def to_come_or_in_force(self, *, on: date) -> Self:
        return self.filter(ended_at__isnull=True, until_on__gte=on)


class EmergencyAccessQuerySet(models.QuerySet):
    def in_force(self, *, at: datetime) -> Self:
        return self.filter(ended_at__isnull=True, opened_at__lte=at, until_at__gt=at)

    def to_review(self) -> Self:
        return self.filter(reviewed_at__isnull=True)


class ConflictQuerySet(models.QuerySet):
    def in_force(self, *, on: date) -> Self:
        return self.filter(
            Q(until_on__isnull=True) | Q(until_on__gte=on), ended_at__isnull=True, from_on__lte=on
        )

    def not_over(self, *, on: date) -> Self:
        """In force, or to come."""
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gte=on), ended_at__isnull=True)
