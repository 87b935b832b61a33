"""Corrections in the REST API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.outputs import Row
from cases.corrections.models import Correction
from cases.corrections.texts import changes_of
from cases.enums import CorrectionAct


class ChangeTold(Row):
    column = serializers.CharField(source="label", help_text=_("What it is called."))
    old = serializers.CharField()
    new = serializers.CharField()


class CorrectionTold(Row):
    act = serializers.ChoiceField(choices=CorrectionAct.choices)
    subject = serializers.CharField(help_text=_("What was corrected: the code of the row's kind."))
    reason = serializers.CharField()
    made_by = serializers.CharField(source="made_by.username")
    made_at = serializers.DateTimeField()
    undoes = serializers.IntegerField(source="undoes_id", allow_null=True)
    changes = serializers.SerializerMethodField(
        help_text=_("Old and new in words; who reported is told to those who work on it.")
    )
    id = serializers.IntegerField()

    @extend_schema_field(ChangeTold(many=True))
    def get_changes(self, row: Correction) -> Any:
        works = self.context.get("works", True)
        told = [one for one in changes_of(row) if works or not one.tells_reporter]
        return ChangeTold(told, many=True, context=self.context).data


def told_of(matter_id: int, context: Mapping[str, Any], *, works: bool) -> Any:
    """Every correction of a matter, the latest first."""
    rows = Correction.objects.filter(matter=matter_id).select_related("made_by")
    return CorrectionTold(
        rows.order_by("-made_at", "-pk"), many=True, context={**context, "works": works}
    ).data
