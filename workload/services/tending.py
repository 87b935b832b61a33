"""What happens to the rounds by themselves: opened in their months, reminded of, closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cases.notices.services import tell_topic
from core.calendar import is_working_day
from core.errors import Conflict, Invalid
from organisation.models import OrgUnit
from workload.models import (
    Measurement,
    MeasurementRound,
    PlanFollowUp,
    ReviewDecision,
    SurveyAnswer,
    SurveyRound,
)
from workload.models.rounds import Round, half_year
from workload.services.measurements import close_measurement, open_measurement
from workload.services.rounds import close_survey, leaders_at, open_survey, settings_of

REMIND_DAYS = 5
"""Reminders are said this many days before a round closes, or something is due."""


@dataclass(slots=True)
class Tended:
    opened: int = 0
    closed: int = 0
    reminded: int = 0


def tend(*, on: date, at: datetime) -> Tended:
    """Bring the rounds up to the day. Safe to run twice, two at once, or after days missed.

    Each round is a transaction of its own.
    """
    done = Tended()
    _close(done, on=on, at=at)
    if is_working_day(on):
        _open(done, on=on, at=at)
    _remind(done, on=on, at=at)
    return done


def _open(done: Tended, *, on: date, at: datetime) -> None:
    surveyed = set(
        SurveyRound.objects.filter(period=half_year(on)).values_list("unit_id", flat=True)
    )
    measured = set(
        MeasurementRound.objects.filter(period=on.replace(day=1)).values_list("unit_id", flat=True)
    )
    for unit_id in OrgUnit.objects.units().values_list("pk", flat=True):
        months = settings_of(unit_id)
        if unit_id not in surveyed and on.month in months.survey_months:
            done.opened += _opened(open_survey, unit_id, on=on, at=at)
        if unit_id not in measured and on.month in months.measurement_months:
            done.opened += _opened(open_measurement, unit_id, on=on, at=at)


def _opened(open_round: Callable[..., Round], unit_id: int, *, on: date, at: datetime) -> bool:
    try:
        open_round(unit_id, on=on, at=at)
    except (Conflict, Invalid):
        return False  # another was quicker, the one before is open, or nobody works here yet
    return True


def _close(done: Tended, *, on: date, at: datetime) -> None:
    surveys = SurveyRound.objects.filter(closed_at__isnull=True, closes_on__lt=on)
    for pk in surveys.values_list("pk", flat=True):
        done.closed += close_survey(pk, on=on, at=at)
    measured = MeasurementRound.objects.filter(closed_at__isnull=True, closes_on__lt=on)
    for pk in measured.values_list("pk", flat=True):
        done.closed += close_measurement(pk, on=on, at=at)


def _remind(done: Tended, *, on: date, at: datetime) -> None:
    soon = on + timedelta(days=REMIND_DAYS)
    silent = SurveyAnswer.objects.filter(
        round__closed_at__isnull=True, round__closes_on__lte=soon, answered_at__isnull=True
    )
    for round_id, user_id in silent.values_list("round_id", "user_id"):
        done.reminded += tell_topic([user_id], "survey_remind", round_id, at=at)
    unmeasured = Measurement.objects.filter(
        round__closed_at__isnull=True, round__closes_on__lte=soon, answered_at__isnull=True
    )
    for round_id, user_id in unmeasured.values_list("round_id", "user_id"):
        done.reminded += tell_topic([user_id], "measurement_remind", round_id, at=at)
    tasks = ReviewDecision.objects.filter(done_on__isnull=True, due_on__lte=soon)
    for review_id, worker_id in tasks.values_list("review_id", "review__worker_id").distinct():
        done.reminded += tell_topic([worker_id], "review_task", review_id, at=at)
    coming = PlanFollowUp.objects.filter(
        done_on__isnull=True, due_on__lte=soon, plan__done_on__isnull=True
    ).select_related("plan__answer")
    for row in coming:
        people = leaders_at([row.plan.answer.node_id], on=on) | {row.plan.answer.user_id}
        done.reminded += tell_topic(people, "plan_follow_up", row.pk, at=at)
