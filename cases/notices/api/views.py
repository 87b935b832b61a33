"""The caller's own notices."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ListView
from cases.notices.api import outputs as notices_outputs
from cases.notices.api.filters import NoticeFilters
from cases.notices.models import Notice


class Notices(ListView):
    area = "own"
    filters = NoticeFilters
    row = notices_outputs.NoticeRow

    def rows(self, question: dict[str, Any]) -> QuerySet[Notice]:
        rows = Notice.objects.shown_to(self.access)
        if question.get("unread"):
            rows = rows.filter(read_at__isnull=question["unread"] == "true")
        return rows.order_by("-created_at", "-pk")

    def loaded(self, rows: QuerySet[Notice], question: dict[str, Any]) -> QuerySet[Notice]:
        return rows.select_related("matter")

    @extend_schema(
        operation_id="notices_list",
        tags=["own"],
        summary=_("Your own notices, the latest first"),
        parameters=[NoticeFilters],
        responses={200: notices_outputs.NoticeRow(many=True)},
    )
    def get(self, request: Request) -> Response:
        return self.listing(request)
