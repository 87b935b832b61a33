"""The ground of what is told of a record."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.navigation import Waiting
from organisation.enums import Level, Role


class Row(serializers.Serializer[Any]):
    """A record as it is told."""

    @property
    def on(self) -> date:
        day: date = self.context["on"]
        return day


class TodoRow(Row):
    code = serializers.CharField(help_text=_("The kind of thing that waits; never changes."))
    name = serializers.CharField(source="label", help_text=_("In the language asked for."))
    count = serializers.IntegerField()
    href = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.URI)
    def get_href(self, row: Waiting) -> str:
        return str(self.context["address"](row.url))


class RoleHeld(Row):
    role = serializers.ChoiceField(choices=Role.choices)
    level = serializers.ChoiceField(choices=Level.choices)
    code = serializers.CharField(help_text=_("Of the part of the organisation it is held in."))
    name = serializers.CharField()
    standing_in_for = serializers.CharField(allow_null=True, help_text=_("User name."))


class UnitKnown(Row):
    code = serializers.CharField()
    name = serializers.CharField()


class Me(Row):
    username = serializers.CharField()
    name = serializers.CharField()
    roles = RoleHeld(many=True)
    units = UnitKnown(many=True)
