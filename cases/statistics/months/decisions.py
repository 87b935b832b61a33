"""The month's protection assessments, decisions to open or not, and serious talks."""

from __future__ import annotations

from functools import partial

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cases.deadlines.models import Deadline
from cases.enums import DeadlineKind, OpeningOutcome
from cases.reports.models import OpeningDecision
from cases.statistics.months.counting import Counted, by_gender, each, percent, within
from cases.statistics.sections import DECISIONS
from cases.statistics.timeliness import IN_TIME
from core.calendar import Month
from core.figures import Figure, Measure, Period, figures

_figure = partial(Figure, Period.MONTH, DECISIONS)


def _of_reports_received(unit_id: int, month: Month, kind: DeadlineKind) -> QuerySet[Deadline]:
    """The duties of a kind that count from the day of arrival, of the month's reports."""
    return Deadline.objects.filter(
        within("starts_on", month),
        unit_id=unit_id,
        kind=kind,
        cancelled_on__isnull=True,
        due_on__gte=month.first,  # never before the day it counts from: said for the index
    )


@figures.counts(
    _figure(
        "protection.due",
        _("Protection assessments to make"),
        _("Immediate protection assessments of the reports received in the month (SoL 20:1)."),
    ),
    _figure(
        "protection.in_time",
        _("Protection assessments in time"),
        _("Of those, made the same day, or the next day when the report came after 16:00."),
    ),
)
def protection(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query."""
    return by_gender(
        _of_reports_received(unit_id, month, DeadlineKind.PROTECTION_ASSESSMENT),
        "child__gender",
        {"protection.due": None, "protection.in_time": IN_TIME},
    )


figures.derives(
    _figure(
        "protection.in_time_percent",
        _("Protection assessments in time, per cent"),
        _("In time, of those to make."),
        Measure.PERCENT,
    ),
    percent,
    of=("protection.in_time", "protection.due"),
)


@figures.counts(
    _figure(
        "decisions.taken",
        _("Decisions to open or not"),
        _("Decisions taken in the month, those to open, not to open and to join counted together."),
    ),
    *each(
        DECISIONS,
        "decisions.outcome",
        OpeningOutcome.choices,
        _("Of the decisions taken in the month, by what was decided."),
    ),
)
def decisions(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query."""
    outcomes = {f"decisions.outcome.{one}": Q(outcome=one) for one in OpeningOutcome.values}
    return by_gender(
        OpeningDecision.objects.filter(
            within("decided_on", month), standing_for__isnull=False, report__unit_id=unit_id
        ),
        "report__child__gender",
        {"decisions.taken": None, **outcomes},
    )


@figures.counts(
    _figure(
        "decisions.due",
        _("Decisions that had a last day"),
        _(
            "Of the decisions taken in the month, those the law has a last day for: a report that "
            "joined an open investigation in time is not one of them (SoL 20:2)."
        ),
    ),
    _figure(
        "decisions.in_time",
        _("Decisions within 14 days"),
        _("Of the decisions that had a last day, those on the fourteenth day or before."),
        earlier=(
            _(
                "Of the decisions taken in the month, those on the fourteenth day or before "
                "(SoL 20:2)."
            ),
        ),
    ),
    _figure(
        "decisions.recorded_late",
        _("Written down after the last day"),
        _(
            "Of the decisions within 14 days by their own day, those that were written down after"
            " the last day."
        ),
    ),
)
def decisions_due(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query. A duty that a report is freed from by joining in time is cancelled, never met."""
    return by_gender(
        Deadline.objects.filter(
            within("met_on", month), unit_id=unit_id, kind=DeadlineKind.OPENING_DECISION
        ),
        "child__gender",
        {
            "decisions.due": None,
            "decisions.in_time": IN_TIME,
            "decisions.recorded_late": Q(met_on__lte=F("due_on"), recorded_on__gt=F("due_on")),
        },
    )


figures.derives(
    _figure(
        "decisions.in_time_percent",
        _("Decisions within 14 days, per cent"),
        _("Within fourteen days, of those that had a last day."),
        Measure.PERCENT,
        earlier=(_("Within fourteen days, of those taken."),),
    ),
    percent,
    of=("decisions.in_time", "decisions.due"),
)


@figures.counts(
    _figure(
        "serious_talks.due",
        _("Serious talks to offer"),
        _(
            "Reports received in the month about a child suspected of a crime, from 12 years of"
            " age, to whom a serious talk is to be offered."
        ),
        earlier=(
            _("Crime reports received in the month after which a serious talk is to be offered."),
        ),
    ),
    _figure(
        "serious_talks.in_time",
        _("Serious talks within 48 hours"),
        _("Of those, offered within 48 hours of the report."),
    ),
)
def serious_talks(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query."""
    return by_gender(
        _of_reports_received(unit_id, month, DeadlineKind.SERIOUS_TALK),
        "child__gender",
        {"serious_talks.due": None, "serious_talks.in_time": IN_TIME},
    )
