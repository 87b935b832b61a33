"""What is told of a deadline."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.outputs import Row
from cases.deadlines.models import Deadline
from cases.enums import DeadlineStatus
from cases.law import time_limits
from cases.law.deadlines import status as deadline_status
from cases.matters import registry as matters


class DeadlineShort(Row):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=time_limits.choices())
    starts_on = serializers.DateField(help_text=_("The day it counts from."))
    due_on = serializers.DateField(help_text=_("The statutory last day."))
    act_by = serializers.DateField(help_text=_("The last working day on or before it."))
    met_on = serializers.SerializerMethodField(help_text=_("Null while not known on the day."))
    recorded_on = serializers.DateField(
        allow_null=True, help_text=_("When it was written down that it was met.")
    )
    recorded_after_due = serializers.BooleanField(
        help_text=_("Met in time by what it says, and written down after the last day.")
    )
    status = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_met_on(self, row: Deadline) -> str | None:
        return row.met_on.isoformat() if row.met_on and row.met_on <= self.on else None

    @extend_schema_field(serializers.ChoiceField(choices=DeadlineStatus.choices))
    def get_status(self, row: Deadline) -> str:
        return deadline_status(
            due_on=row.due_on,
            on=self.on,
            met_on=row.met_on,
            cancelled_on=row.cancelled_on,
            missed_on=row.missed_on,
            due_at=row.due_at,
            met_at=row.met_at,
        ).value


class OfKind(serializers.IntegerField):
    """The id of a row's matter, null where it is of another kind."""

    def __init__(self, kind: str) -> None:
        super().__init__(source="*", read_only=True, allow_null=True)
        self.kind = kind

    def get_attribute(self, row: Any) -> int | None:
        code, pk = self.context_of(row)
        return pk if code == self.kind else None

    def context_of(self, row: Any) -> tuple[str, int | None]:
        """Kind and id of the row's matter."""
        if isinstance(row, Deadline):
            return row.matter_kind, row.matter_id
        return (row.matter.kind, row.matter_id) if row.matter else ("", None)


class DeadlineRow(DeadlineShort):
    unit = serializers.CharField(source="unit.code")
    number = serializers.CharField(source="matter.number", help_text=_("The matter's case number."))
    placement = serializers.SerializerMethodField()

    def get_fields(self) -> dict[str, Any]:
        """Beside its own, a field for each kind of matter: the matter's id where it is of it."""
        fields = super().get_fields()
        for kind in matters.KINDS:
            fields[kind.code] = OfKind(kind.code)
        return fields

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_placement(self, row: Deadline) -> None:
        return None
