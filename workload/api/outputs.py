"""What the API tells of the workload. Points have one decimal; days are local calendar days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.outputs import Row
from organisation.enums import EndReason, Experience
from organisation.models import OrgUnit
from organisation.turnover import LEFT_THE_ADMINISTRATION
from workload.allocation import WishKind
from workload.capacity import WorkerLoad
from workload.enums import WarningKind
from workload.findings import suggestion
from workload.models import AllocationWish, LoadWarning
from workload.staffing import LEVELS, TurnoverRow, UnitStaff


@dataclass(frozen=True, slots=True)
class Placed:
    """A load in the group (or, without one, the unit) it is listed in."""

    load: WorkerLoad
    unit: OrgUnit
    group: OrgUnit | None


class LoadRow(Row):
    username = serializers.CharField(source="load.user.username")
    name = serializers.CharField(source="load.user")
    unit = serializers.CharField(source="unit.code")
    group = serializers.SerializerMethodField(
        help_text=_("Null for who works in the unit without a group.")
    )
    experience = serializers.ChoiceField(
        source="load.experience", choices=Experience.choices, allow_null=True
    )
    hours_percent = serializers.IntegerField(source="load.hours_percent")
    reduced_percent = serializers.IntegerField(source="load.reduced_percent")
    is_consultant = serializers.BooleanField(source="load.is_consultant")
    is_away = serializers.BooleanField(source="load.is_away")
    away_until = serializers.DateField(
        source="load.last_day_away",
        allow_null=True,
        help_text=_("The last day; null for who is here, or away until further notice."),
    )
    available = serializers.FloatField(
        source="load.available", help_text=_("Points there is time for.")
    )
    points = serializers.FloatField(source="load.points", help_text=_("Points carried."))
    percent = serializers.IntegerField(
        source="load.percent",
        allow_null=True,
        help_text=_("Capacity used; null is unavailable, or not measured."),
    )
    ceiling_percent = serializers.IntegerField(source="load.ceiling_percent", allow_null=True)
    is_over_ceiling = serializers.BooleanField(source="load.is_over_ceiling")
    cases = serializers.IntegerField(source="load.cases")

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_group(self, row: Placed) -> str | None:
        return row.group.code if row.group else None


class WarningRow(Row):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=WarningKind.choices)
    place = serializers.CharField(
        source="group.code", help_text=_("The code of the group, or of the unit.")
    )
    username = serializers.SerializerMethodField(help_text=_("The worker it is about, or null."))
    investigation = serializers.IntegerField(source="matter_id", allow_null=True)
    number = serializers.SerializerMethodField(help_text=_("The case number, or null."))
    percent = serializers.IntegerField(allow_null=True)
    experience = serializers.IntegerField(
        allow_null=True, help_text=_("The worker's own experience, 1 light to 5 too heavy.")
    )
    since = serializers.DateField(source="raised_on")
    step = serializers.SerializerMethodField(help_text=_("A first thing to try, in words."))

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_username(self, row: LoadWarning) -> str | None:
        return row.user.username if row.user else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_number(self, row: LoadWarning) -> str | None:
        return row.matter.number if row.matter else None

    def get_step(self, row: LoadWarning) -> str:
        return suggestion(row.kind)


class Wish(Row):
    kind = serializers.ChoiceField(choices=[(one.value, one.label) for one in WishKind])
    detail = serializers.CharField()
    is_required = serializers.BooleanField(source="required")


class WaitingRow(Row):
    id = serializers.IntegerField()
    number = serializers.CharField()
    unit = serializers.CharField(source="unit.code")
    group = serializers.CharField(source="group.code")
    opened_on = serializers.DateField()
    due_on = serializers.SerializerMethodField(help_text=_("The statutory last day."))
    points = serializers.SerializerMethodField(help_text=_("Null without a weight set in use."))
    wishes = serializers.SerializerMethodField()
    planned_main = serializers.SerializerMethodField(
        help_text=_("Who is planned as main handler, or null; nothing is given out yet.")
    )
    planned_co = serializers.SerializerMethodField()
    pinned = serializers.SerializerMethodField(help_text=_("The leader has settled the pair."))

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_due_on(self, row: Any) -> str | None:
        return row.duties[0].due_on.isoformat() if row.duties else None

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_points(self, row: Any) -> int | None:
        found = self.context["points"].get(row.pk)
        return found.total if found else None

    @extend_schema_field(Wish(many=True))
    def get_wishes(self, row: Any) -> Any:
        wishes: list[AllocationWish] = list(row.wishes.all())
        return Wish(wishes, many=True, context=self.context).data

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_planned_main(self, row: Any) -> str | None:
        plan = getattr(row, "planned_pair", None)
        return plan.main.username if plan and plan.main else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_planned_co(self, row: Any) -> str | None:
        plan = getattr(row, "planned_pair", None)
        return plan.co.username if plan and plan.co else None

    def get_pinned(self, row: Any) -> bool:
        plan = getattr(row, "planned_pair", None)
        return bool(plan and plan.pinned)


class ByExperience(Row):
    experience = serializers.ChoiceField(choices=Experience.choices)
    workers = serializers.IntegerField(allow_null=True)


class StaffingRow(Row):
    unit = serializers.CharField(source="unit.code")
    name = serializers.CharField(source="unit.name")
    workers = serializers.IntegerField(
        allow_null=True, help_text=_("Null where the number is too small to be shown to you.")
    )
    by_experience = serializers.SerializerMethodField()
    consultants = serializers.IntegerField(allow_null=True)
    consultants_share = serializers.FloatField(allow_null=True, help_text=_("Per cent."))
    cases_per_worker = serializers.FloatField(allow_null=True)

    @extend_schema_field(ByExperience(many=True))
    def get_by_experience(self, row: UnitStaff) -> Any:
        return [
            {"experience": level, "workers": count}
            for level, count in zip(LEVELS, row.by_experience, strict=True)
        ]


class LeftByReason(Row):
    reason = serializers.ChoiceField(
        choices=[(one.value, EndReason(one).label) for one in LEFT_THE_ADMINISTRATION]
    )
    left = serializers.IntegerField(allow_null=True)


class TurnoverFigures(Row):
    left = serializers.IntegerField(
        allow_null=True, help_text=_("Null where the number is too small to be shown to you.")
    )
    employed = serializers.IntegerField(
        allow_null=True,
        help_text=_("Permanent employments, not on leave, on 31 December of the year before."),
    )
    percent = serializers.FloatField(allow_null=True)
    by_reason = serializers.SerializerMethodField()

    @extend_schema_field(LeftByReason(many=True))
    def get_by_reason(self, row: TurnoverRow) -> Any:
        return [{"reason": reason, "left": left} for reason, left in row.by_reason.items()]


class AdministrationTurnover(TurnoverFigures):
    name = serializers.CharField()


class Turnover(Row):
    year = serializers.IntegerField()
    city = TurnoverFigures(help_text=_("Only who left the city."))
    administrations = AdministrationTurnover(
        many=True, help_text=_("Who left the city and who moved to another administration.")
    )
