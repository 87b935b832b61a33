"""What each figure of the dashboard counts, under permanent codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Figure:
    """What a number counts. The code is permanent: it may be quoted for ever."""

    code: str
    label: Any
    definition: Any


FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        figure.code: figure
        for figure in (
            Figure(
                "deadlines.overdue",
                _("Overdue"),
                _("Duties neither met nor cancelled whose last day has passed. Due today is not."),
            ),
            Figure(
                "deadlines.due_this_week",
                _("Due this week"),
                _("Open duties with their last day from today to Sunday."),
            ),
            Figure(
                "deadlines.due_next_week",
                _("Due next week"),
                _("Open duties with their last day in the week after this one, Monday to Sunday."),
            ),
            Figure(
                "deadlines.overdue_at_week_end",
                _("Overdue at the end of the week"),
                _(
                    "Duties that were overdue on the Sunday of the week (this week: today), as the "
                    "records stand now."
                ),
            ),
            Figure(
                "decisions.in_time",
                _("Decisions within 14 days"),
                _(
                    "Decisions to open an investigation or not, in the week they were taken, by "
                    "whether that was on the fourteenth day or before. A report that joined an "
                    "open investigation in time needs no decision and is not counted."
                ),
            ),
            Figure(
                "protection.in_time",
                _("Protection assessments in time"),
                _(
                    "Immediate protection assessments in the week they were made, by whether that "
                    "was the day the report came in, or the next when it came after 16:00."
                ),
            ),
            Figure(
                "investigations.opened",
                _("Investigations opened"),
                _("Investigations whose day of opening falls in the week."),
            ),
            Figure(
                "investigations.concluded",
                _("Investigations concluded"),
                _("Investigations whose day of conclusion falls in the week."),
            ),
            Figure(
                "investigations.open_at_week_end",
                _("Open investigations"),
                _("Opened, and not concluded, on the Sunday of the week (this week: today)."),
            ),
            Figure(
                "investigations.median_days",
                _("Median days of an investigation"),
                _(
                    "Days from opening to conclusion of the investigations concluded in the last "
                    "twelve weeks: half took longer, half shorter."
                ),
            ),
            Figure(
                "workers.open_investigations",
                _("Open investigations per worker"),
                _("Open investigations where the worker is main handler or co-worker that day."),
            ),
        )
    }
)
