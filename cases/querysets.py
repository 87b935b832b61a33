"""Every named read of the case area. Lists always start from `visible_to`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Lower

from cases.enums import (
    UNDECIDED_REPORT,
    DeadlineStatus,
    HandlerPart,
    InterventionStatus,
    InvestigationStatus,
)
from organisation.permissions import Access, Action, Reach


def _nothing() -> Q:
    return Q(pk__in=[])


def _provided(access: Access, model: str) -> Q:
    """What is given to the person by name, and the matters of children opened in an emergency.

    All of it lies in `access.units`: said beside the rest of a unit it leaves the unit's index to
    serve the list; by itself it is only for units where a role reaches nothing.
    """
    given = _nothing()
    if access.granted.get(model):
        given |= Q(pk__in=access.granted[model])
    if access.opened:
        given |= Q(child_id__in=access.opened)
    return given


def _allowed(access: Access, child: str = "child_id") -> Q:
    """All but the matters of children the person has a conflict of interest with."""
    return ~Q(**{f"{child}__in": access.blocked}) if access.blocked else Q()


def _active_handlers(outer: str, access: Access) -> Exists:
    """The actor, or someone stood in for, is a handler of `outer` today."""
    from cases.models import HandlerAssignment

    return Exists(
        HandlerAssignment.objects.active(access.on).filter(
            investigation=OuterRef(outer), user_id__in=access.acts_for
        )
    )


class ReportQuerySet(models.QuerySet):
    def visible_to(self, access: Access, action: Action = Action.READ_REPORT) -> Self:
        """Reports that `action` reaches; need-to-know, see `organisation.permissions.TABLE`."""
        from cases.models import Investigation

        units = access.units_with(action, Reach.OWN)
        everywhere = access.units_with(action)
        given = _provided(access, "report") if action is Action.READ_REPORT else _nothing()
        reachable = given if access.units - units else _nothing()
        if everywhere:
            reachable |= Q(unit_id__in=everywhere)
        partly = units - everywhere
        if partly:
            some = Q(handler_id__in=access.acts_for) | Q(logged_by_id__in=access.acts_for) | given
            some |= Q(_active_handlers("investigation", access))
            groups = access.groups_with(action)
            if groups:
                # Listed by the group's index once, not joined to every report.
                led = Investigation.objects.filter(group_id__in=groups)
                some |= Q(group_id__in=groups) | Q(investigation__in=led.values("pk"))
            intake = access.units_with(action, Reach.INTAKE)
            if intake:
                some |= Q(unit_id__in=intake, status__in=UNDECIDED_REPORT)
            reachable |= Q(unit_id__in=partly) & some
        return self.filter(reachable & _allowed(access))

    def in_unit(self, unit_id: int) -> Self:
        return self.filter(unit_id=unit_id)

    def undecided(self) -> Self:
        return self.filter(status__in=UNDECIDED_REPORT)

    def with_page_rows(self) -> Self:
        """All that a list row shows, in a constant number of queries."""
        from cases.models import Deadline

        return self.select_related(
            "child", "unit", "group", "handler", "investigation"
        ).prefetch_related(
            models.Prefetch(
                "deadlines", queryset=Deadline.objects.order_by("due_on", "pk"), to_attr="duties"
            )
        )

    def with_duties(self) -> Self:
        """What a line on a start page shows: child and deadlines in order."""
        from cases.models import Deadline

        due = Deadline.objects.order_by("due_on", "pk")
        return self.select_related("child").prefetch_related(
            models.Prefetch("deadlines", queryset=due, to_attr="duties")
        )


class InvestigationQuerySet(models.QuerySet):
    def visible_to(self, access: Access, action: Action = Action.READ_INVESTIGATION) -> Self:
        """Investigations that `action` reaches."""
        units = access.units_with(action, Reach.OWN)
        everywhere = access.units_with(action)
        reads = action is Action.READ_INVESTIGATION
        given = _provided(access, "investigation") if reads else _nothing()
        reachable = given if access.units - units else _nothing()
        if everywhere:
            reachable |= Q(unit_id__in=everywhere)
        partly = units - everywhere
        if partly:
            some = Q(_active_handlers("pk", access)) | given
            groups = access.groups_with(action)
            if groups:
                some |= Q(group_id__in=groups)
            reachable |= Q(unit_id__in=partly) & some
        return self.filter(reachable & _allowed(access))

    def in_unit(self, unit_id: int) -> Self:
        return self.filter(unit_id=unit_id)

    def open(self) -> Self:
        return self.exclude(status=InvestigationStatus.CONCLUDED)

    def waiting(self) -> Self:
        """Opened but given to nobody: the group leader's."""
        return self.filter(status=InvestigationStatus.WAITING)

    def to_read(self) -> Self:
        return self.filter(status=InvestigationStatus.TO_READ)

    def handled_by(self, user_ids: frozenset[int] | list[int], *, on: date) -> Self:
        from cases.models import HandlerAssignment

        return self.filter(
            Exists(
                HandlerAssignment.objects.active(on).filter(
                    investigation=OuterRef("pk"), user_id__in=user_ids
                )
            )
        )

    def with_page_rows(self, *, on: date) -> Self:
        """All that a list row shows: child, handlers of the day, deadlines in order."""
        from cases.models import Deadline, HandlerAssignment

        return self.select_related("child", "unit", "group").prefetch_related(
            models.Prefetch(
                "handler_assignments",
                queryset=HandlerAssignment.objects.active(on).select_related("user").main_first(),
                to_attr="handlers_today",
            ),
            models.Prefetch(
                "deadlines", queryset=Deadline.objects.order_by("due_on", "pk"), to_attr="duties"
            ),
        )

    def with_duties(self) -> Self:
        """What a line on a start page shows: child and deadlines in order."""
        from cases.models import Deadline

        due = Deadline.objects.order_by("due_on", "pk")
        return self.select_related("child").prefetch_related(
            models.Prefetch("deadlines", queryset=due, to_attr="duties")
        )

    def concluded_within(self, *, days: int, before: date) -> Self:
        """Concluded at most `days` days before `before`, that day included."""
        return self.filter(
            concluded_on__gte=before - timedelta(days=days), concluded_on__lte=before
        )


class InterventionQuerySet(models.QuerySet):
    def visible_to(self, access: Access) -> Self:
        """Interventions of the worker responsible, of the group's leader and of the unit head."""
        action = Action.MANAGE_INTERVENTION
        units = access.units_with(action, Reach.OWN)
        everywhere = access.units_with(action) | access.units_with(Action.READ_INVESTIGATION)
        given = _provided(access, "intervention")
        reachable = given if access.units - units - everywhere else _nothing()
        if everywhere:
            reachable |= Q(unit_id__in=everywhere)
        partly = units - everywhere
        if partly:
            some = Q(responsible_id__in=access.acts_for) | given
            some |= Q(_active_handlers("investigation", access))
            groups = access.groups_with(action)
            if groups:
                some |= Q(group_id__in=groups)
            reachable |= Q(unit_id__in=partly) & some
        return self.filter(reachable & _allowed(access))


class PersonQuerySet(models.QuerySet):
    def visible_to(self, access: Access) -> Self:
        """Children with at least one report, investigation or intervention the actor may read."""
        from cases.models import Intervention, Investigation, Report

        units = access.units_with(Action.READ_REPORT, Reach.OWN) | access.units_with(
            Action.READ_INVESTIGATION, Reach.OWN
        )
        own = (
            Exists(Report.objects.visible_to(access).filter(child=OuterRef("pk")))
            | Exists(Investigation.objects.visible_to(access).filter(child=OuterRef("pk")))
            | Exists(Intervention.objects.visible_to(access).filter(child=OuterRef("pk")))
        )
        reachable = Q(unit_id__in=units) & Q(own)
        if access.granted:
            reachable |= Q(
                pk__in=Report.objects.filter(pk__in=access.granted.get("report", ())).values(
                    "child"
                )
            ) | Q(
                pk__in=Investigation.objects.filter(
                    pk__in=access.granted.get("investigation", ())
                ).values("child")
            )
        if access.opened:
            reachable |= Q(pk__in=access.opened)
        return self.filter(reachable & _allowed(access, "pk"))

    def whereabouts_shown_to(self, access: Access) -> Self:
        """Children whose whereabouts the actor may see although their identity is protected.

        Those who work today on an open matter of theirs, those who answer for it, and those to
        whom it was given by name. See `cases.whereabouts`.
        """
        from cases.models import HandlerAssignment, Intervention, Investigation, Report

        action = Action.SEE_PROTECTED_WHEREABOUTS
        units = access.units_with(action, Reach.OWN)
        groups, mine = access.groups_with(action), access.acts_for
        of_reports, of_investigations = (
            Q(handler_id__in=mine),
            Q(
                Exists(
                    HandlerAssignment.objects.active(access.on).filter(
                        investigation=OuterRef("pk"), user_id__in=mine
                    )
                )
            ),
        )
        of_interventions = Q(responsible_id__in=mine)
        if groups:
            of_reports |= Q(group_id__in=groups)
            of_investigations |= Q(group_id__in=groups)
            of_interventions |= Q(group_id__in=groups)
        reports = Report.objects.undecided().filter(of_reports, unit_id__in=units)
        investigations = Investigation.objects.open().filter(of_investigations, unit_id__in=units)
        interventions = Intervention.objects.filter(
            of_interventions, unit_id__in=units, status=InterventionStatus.ONGOING
        )
        given = access.provisions.whereabouts
        reachable = (
            Q(unit_id__in=access.units_with(action))
            | Q(Exists(reports.filter(child=OuterRef("pk"))))
            | Q(Exists(investigations.filter(child=OuterRef("pk"))))
            | Q(Exists(interventions.filter(child=OuterRef("pk"))))
        )
        if given:
            reachable |= (
                Q(pk__in=given.get("person", ()))
                | Q(pk__in=Report.objects.filter(pk__in=given.get("report", ())).values("child"))
                | Q(
                    pk__in=Investigation.objects.filter(
                        pk__in=given.get("investigation", ())
                    ).values("child")
                )
            )
        return self.filter(reachable & _allowed(access, "pk"))

    def named(self, text: str) -> Self:
        """Children whose first or last names begin with the words of `text`, in any order."""
        found = self.annotate(_first=Lower("first_name"), _last=Lower("last_name"))
        for word in text.lower().split():
            found = found.filter(
                Q(_first__startswith=word)
                | Q(_last__startswith=word)
                | Q(_first__contains=f" {word}")
                | Q(_last__contains=f" {word}")
            )
        return found


class HandlerAssignmentQuerySet(models.QuerySet):
    def active(self, on: date) -> Self:
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gte=on), from_on__lte=on)

    def current(self) -> Self:
        """Not ended, whenever they begin."""
        return self.filter(until_on__isnull=True)

    def main_first(self) -> Self:
        return self.order_by(
            Case(When(part=HandlerPart.MAIN, then=Value(0)), default=Value(1)), "pk"
        )


class DeadlineQuerySet(models.QuerySet):
    def visible_to(self, access: Access) -> Self:
        """Deadlines of the matters the actor may read."""
        from cases.models import Intervention, Investigation, Report

        everywhere = access.units_with(Action.READ_REPORT) & access.units_with(
            Action.READ_INVESTIGATION
        )
        units = access.units_with(Action.READ_REPORT, Reach.OWN) | access.units_with(
            Action.READ_INVESTIGATION, Reach.OWN
        )
        reachable = _nothing()
        if everywhere:
            reachable |= Q(unit_id__in=everywhere)
        partly = units - everywhere
        if partly:
            # The group first: it needs no look at the matter. Then what is one's own, which is
            # little and listed once. Reports are looked at one by one, by key: what can be read of
            # them is much, and the open deadlines of a unit are few.
            some: Any = _nothing()
            for model, action in (
                (Report, Action.READ_REPORT),
                (Investigation, Action.READ_INVESTIGATION),
                (Intervention, Action.MANAGE_INTERVENTION),
            ):
                name = model._meta.model_name
                groups = access.groups_with(action)
                if groups:
                    some |= Q(**{f"{name}__isnull": False, "group_id__in": groups})
            some |= Exists(Report.objects.visible_to(access).filter(pk=OuterRef("report_id")))
            investigations = Investigation.objects.visible_to(access)
            interventions = Intervention.objects.visible_to(access)
            if not partly & access.units_with(Action.READ_INVESTIGATION):
                mine = access.acts_for
                given = access.granted.get("investigation", frozenset())
                investigations = investigations.filter(
                    Q(_active_handlers("pk", access)) | Q(pk__in=given)
                )
                interventions = interventions.filter(
                    Q(responsible_id__in=mine) | Q(_active_handlers("investigation", access))
                )
            some |= Q(investigation__in=investigations) | Q(intervention__in=interventions)
            reachable |= Q(unit_id__in=partly) & some
        # Beside the unit's, by key: without a unit, every open deadline there is would be read.
        for matter, ids in access.granted.items():
            reachable |= Q(**{f"{matter}_id__in": ids})
        if access.opened:
            reachable |= Q(child_id__in=access.opened)
        return self.filter(reachable & _allowed(access))

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
        """The report, investigation or intervention each belongs to, with child and group."""
        return self.select_related(
            "report", "investigation", "intervention", "child", "group", "unit"
        )


class NoticeQuerySet(models.QuerySet):
    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def of(self, user_id: int) -> Self:
        return self.filter(recipient_id=user_id)

    def shown_to(self, access: Access) -> Self:
        """The person's own notices, but of no child they have a conflict of interest with."""
        mine = self.of(access.user_id)
        if access.blocked:
            for matter in ("report", "investigation", "deadline", "emergency"):
                about = f"{matter}__child"
                mine = mine.filter(
                    Q(**{f"{matter}__isnull": True}) | ~Q(**{f"{about}__in": access.blocked})
                )
        return mine

    def with_matter(self) -> Self:
        """The case each is about, by its number alone."""
        return self.select_related(
            "report",
            "investigation",
            "deadline__report",
            "deadline__investigation",
            "deadline__intervention",
        ).only(
            "kind",
            "rung",
            "due_on",
            "topic",
            "topic_id",
            "created_at",
            "read_at",
            "emergency",
            "report__number",
            "investigation__number",
            "deadline__kind",
            "deadline__due_on",
            "deadline__report__number",
            "deadline__investigation__number",
            "deadline__intervention__number",
        )


class ReadingGrantQuerySet(models.QuerySet):
    def in_force(self, *, on: date) -> Self:
        return self.filter(ended_at__isnull=True, from_on__lte=on, until_on__gte=on)

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
