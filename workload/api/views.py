"""Loads, warnings, waiting cases, staffing and turnover: what the pages show, to the same people.

Own answers of rounds are not told here at all: they are read by name on one page, and published
above it on another.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView, ListView
from cases.deadlines.models import Deadline
from cases.enums import DeadlineKind
from cases.investigations.models import Investigation
from cases.statistics import groups_in, scope_for, units_below
from core import trail
from core.errors import Forbidden, Invalid
from core.names import SwedishOrder
from organisation.enums import Level
from organisation.models import OrgUnit, RoleAssignment
from organisation.permissions import refusal
from organisation.rights import Action, Reach
from organisation.turnover import turnover as turnover_of
from workload import capacity, staffing
from workload.api import outputs
from workload.api.filters import LoadFilters, PlaceFilters, WarningFilters, YearFilters
from workload.models import LoadWarning, PlannedPair


class WorkloadView(ApiView):
    area = "workload"

    def demand(self, action: Action, at_least: Reach = Reach.OWN) -> None:
        """Forbidden, with the reason, for who has the action nowhere."""
        if not (self.access.units_with(action, at_least) or self.access.groups_with(action)):
            raise Forbidden(refusal(action))

    def units(self) -> tuple[list[OrgUnit], bool]:
        """The units whose staffing one answers for or is above, and whether one is above them."""
        headed = self.access.units_with(Action.MANAGE_STAFFING)
        units = (
            list(OrgUnit.objects.filter(pk__in=headed).order_by(SwedishOrder("name")))
            if headed
            else []
        )
        below = units or units_below(self.access)
        if not below:
            raise Forbidden(refusal(Action.MANAGE_STAFFING))
        return below, not units


class Loads(WorkloadView, ListView):
    filters = LoadFilters
    row = outputs.LoadRow

    def rows(self, question: dict[str, Any]) -> Any:
        """Each worker once in each group, by unit, group and name: never by size."""
        self.demand(Action.SEE_OWN_WORKLOAD)
        on = question.get("on", self.access.on)
        if on > self.access.on:
            raise Invalid({"on": _("Choose today or an earlier day.")})
        places = self._places(question)
        led = groups_in(scope_for(self.access, Action.SEE_GROUP_WORKLOAD))
        shown = [group for group in led if group.pk in places]
        loads = capacity.loads_by_group(shown, on=on, without=self.access.blocked)
        found = [
            outputs.Placed(load, places[group.parent_id or 0], group)
            for group in shown
            for load in loads[group.pk]
        ]
        for unit_id in self.access.units_with(Action.SEE_GROUP_WORKLOAD) & places.keys():
            if not question.get("group"):
                found += [
                    outputs.Placed(load, places[unit_id], None) for load in loads.get(unit_id, ())
                ]
        if self.by.pk not in {one.load.user.pk for one in found}:
            found += self._own(places, on=on)
        return found

    def _places(self, question: dict[str, Any]) -> dict[int, OrgUnit]:
        """Units and groups one works in or leads, narrowed by the question, by id."""
        units = {held.unit_id for held in self.access.held if held.unit_id}
        if "unit" in question:
            units &= {question["unit"]}
        nodes = OrgUnit.objects.filter(Q(pk__in=units) | Q(parent__in=units, level=Level.GROUP))
        found = {node.pk: node for node in nodes.order_by("path")}
        code = question.get("group")
        return {
            pk: node
            for pk, node in found.items()
            if not code or node.level == Level.UNIT or node.code == code
        }

    def _own(self, places: dict[int, OrgUnit], *, on: Any) -> list[outputs.Placed]:
        held = RoleAssignment.objects.active(on).filter(
            user=self.by, role__in=capacity.WORKERS, node__in=places
        )
        found = []
        for node in held.values_list("node_id", flat=True).distinct():
            place = places[node]
            group = place if place.level == Level.GROUP else None
            unit = places[place.parent_id or 0] if group else place
            found += [
                outputs.Placed(load, unit, group)
                for load in capacity.loads(
                    on=on, unit_id=unit.pk, user_ids=[self.by.pk], without=self.access.blocked
                )
            ]
        return found

    def log(self, page: list[Any]) -> None:
        people = {one.load.user.pk: one.load.user for one in page}
        trail.read("workload.read", people.values(), by=self.by, at=self.at)

    @extend_schema(
        operation_id="workload_loads",
        tags=["workload"],
        summary=gettext_lazy("The loads of the workers you lead, and your own, on a day"),
        parameters=[LoadFilters],
        responses={200: outputs.LoadRow(many=True)},
    )
    def get(self, request: Request) -> Response:
        return self.listing(request)


class Warnings(WorkloadView, ListView):
    filters = WarningFilters
    row = outputs.WarningRow
    trail_action = "warnings.read"

    def rows(self, question: dict[str, Any]) -> QuerySet[LoadWarning]:
        self.demand(Action.SEE_GROUP_WORKLOAD, Reach.UNIT)
        rows: Any = LoadWarning.objects.visible_to(self.access).with_page_rows()
        if "unit" in question:
            rows = rows.filter(Q(group=question["unit"]) | Q(group__parent=question["unit"]))
        if code := question.get("group"):
            rows = rows.filter(group__code=code)
        if kind := question.get("kind"):
            rows = rows.filter(kind=kind)
        found: QuerySet[LoadWarning] = rows
        return found

    @extend_schema(
        operation_id="workload_warnings",
        tags=["workload"],
        summary=gettext_lazy("What you are warned of as a leader, with a first step"),
        parameters=[WarningFilters],
        responses={200: outputs.WarningRow(many=True)},
    )
    def get(self, request: Request) -> Response:
        return self.listing(request)


class WaitingCases(WorkloadView, ListView):
    filters = PlaceFilters
    row = outputs.WaitingRow
    trail_action = "allocation.read"

    def rows(self, question: dict[str, Any]) -> QuerySet[Investigation]:
        self.demand(Action.ASSIGN_HANDLERS, Reach.UNIT)
        rows: Any = Investigation.objects.visible_to(self.access, Action.ASSIGN_HANDLERS).waiting()
        if "unit" in question:
            rows = rows.filter(unit=question["unit"])
        if code := question.get("group"):
            rows = rows.filter(group__code=code)
        found: QuerySet[Investigation] = rows.order_by("opened_on", "pk")
        return found

    def loaded(
        self, rows: QuerySet[Investigation], question: dict[str, Any]
    ) -> QuerySet[Investigation]:
        due = Deadline.objects.filter(kind=DeadlineKind.INVESTIGATION).order_by("due_on", "pk")
        found: Any = rows
        loaded: QuerySet[Investigation] = (
            found.select_related("matter", "unit", "group")
            .defer("plan", "protection_needs", "violence_description", "conclusion_rationale")
            .prefetch_related(
                "wishes",
                Prefetch("planned_pair", queryset=PlannedPair.objects.select_related("main", "co")),
                Prefetch("matter__deadlines", queryset=due, to_attr="duties"),
            )
        )
        return loaded

    def context(self, question: dict[str, Any], page: list[Any]) -> dict[str, Any]:
        found = capacity.case_points([one.pk for one in page], on=self.access.on)
        return {**super().context(question, page), "points": found}

    @extend_schema(
        operation_id="workload_waiting",
        tags=["workload"],
        summary=gettext_lazy("Investigations waiting for handlers where you give out the cases"),
        parameters=[PlaceFilters],
        responses={200: outputs.WaitingRow(many=True)},
    )
    def get(self, request: Request) -> Response:
        return self.listing(request)


class Staffing(WorkloadView, ListView):
    row = outputs.StaffingRow

    def rows(self, question: dict[str, Any]) -> Any:
        units, above = self.units()
        return staffing.units_staff(units, on=self.access.on, above=above)

    def log(self, page: list[Any]) -> None:
        trail.read("staffing.read", [one.unit for one in page], by=self.by, at=self.at)

    @extend_schema(
        operation_id="workload_staffing",
        tags=["workload"],
        summary=gettext_lazy("Experience, consultants and cases per worker, unit by unit, today"),
        responses={200: outputs.StaffingRow(many=True)},
    )
    def get(self, request: Request) -> Response:
        return self.listing(request)


class TurnoverOfYear(WorkloadView):
    filters = YearFilters

    @extend_schema(
        operation_id="workload_turnover",
        tags=["workload"],
        summary=gettext_lazy("The turnover of a year in the city and by administration"),
        parameters=[YearFilters],
        responses=outputs.Turnover,
    )
    def get(self, request: Request) -> Response:
        units, above = self.units()
        given = {name: value for name, value in request.query_params.dict().items() if value != ""}
        question = YearFilters(data=given)
        question.is_valid(raise_exception=True)
        latest = self.access.on.year
        year = question.validated_data.get("year", latest - 1)
        if year > latest:
            raise Invalid({"year": _("The year has not begun.")})
        rows, city = staffing.turnover_rows(turnover_of(year), above=above)
        trail.read("turnover.read", units, by=self.by, at=self.at)
        return Response(
            self.shown(outputs.Turnover, {"year": year, "city": city, "administrations": rows})
        )
