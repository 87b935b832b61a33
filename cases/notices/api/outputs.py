"""What is told of a notice."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.outputs import Row
from cases.deadlines.api.outputs import OfKind
from cases.enums import NoticeKind
from cases.matters import registry as matters
from cases.notices.models import Notice


class NoticeRow(Row):
    id = serializers.IntegerField()
    kind = serializers.SerializerMethodField()
    rung = serializers.CharField(
        help_text=_("How far a reminder has come; empty for other notices.")
    )
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    deadline = serializers.IntegerField(source="deadline_id", allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """Beside its own, a field for each kind of matter: the matter's id where it is of it."""
        fields = super().get_fields()
        for kind in matters.KINDS:
            fields[kind.code] = OfKind(kind.code)
        return fields

    @extend_schema_field(serializers.ChoiceField(choices=NoticeKind.choices))
    def get_kind(self, row: Notice) -> str:
        """What is not about a case is one kind to callers."""
        return row.kind if row.kind in NoticeKind else NoticeKind.TOPIC.value
