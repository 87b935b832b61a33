"""Deadlines as of any day."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ListView
from cases.deadlines.api import outputs, reads
from cases.deadlines.api.filters import DeadlineFilters
from cases.deadlines.models import Deadline
from cases.enums import DeadlineStatus


class Deadlines(ListView):
    area = "deadlines"
    filters = DeadlineFilters
    row = outputs.DeadlineRow
    trail_action = "deadline.listed"

    def rows(self, question: dict[str, Any]) -> QuerySet[Deadline]:
        today = self.access.on
        on = question.get("on", today)
        rows = Deadline.objects.visible_to(self.access).started(on)
        if status := question.get("status"):
            # Nothing is done on a day to come: from today on, what is open says it all, and the
            # count and the page come from the small index of open deadlines.
            if status == DeadlineStatus.OVERDUE and on >= today:
                rows = rows.overdue(on=on)
            elif status == DeadlineStatus.DUE and on >= today:
                rows = rows.open().filter(due_on__gte=on)
            else:
                rows = rows.in_status(status, on=on)
        if kind := question.get("kind"):
            rows = rows.filter(kind=kind)
        if question.get("recorded_after_due"):
            rows = rows.recorded_late()
        if "unit" in question:
            rows = rows.in_unit(question["unit"])
        return rows.order_by("due_on", "pk")

    def loaded(self, rows: QuerySet[Deadline], question: dict[str, Any]) -> QuerySet[Deadline]:
        return reads.deadline_rows(rows)

    def context(self, question: dict[str, Any], page: list[Any]) -> dict[str, Any]:
        return {**super().context(question, page), "on": question.get("on", self.access.on)}

    @extend_schema(
        operation_id="deadlines_list",
        tags=["deadlines"],
        summary=_("Deadlines as of a day, the first due first"),
        description=_(
            "Those that had begun to count on the day, with the status they had then: `due`, "
            "`overdue` (not met, and the day is after `due_on`: due today is not overdue), "
            "`met`, `met_late`, `cancelled`."
        ),
        parameters=[DeadlineFilters],
        responses={200: outputs.DeadlineRow(many=True)},
    )
    def get(self, request: Request) -> Response:
        return self.listing(request)
