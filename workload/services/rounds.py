"""Opening and closing the rounds: who is asked, on which day, and what is frozen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.investigations.models import Investigation
from cases.notices.services import tell_topic
from core import trail
from core.errors import Conflict, Invalid, Missing
from organisation.acting import access, permit
from organisation.enums import Level, Role
from organisation.models import Absence, OrgUnit, RoleAssignment, User
from organisation.rights import Action
from organisation.roles import CARRYING, LEADERS
from workload.models import RoundSettings, SurveyAnswer, SurveyRound
from workload.models.rounds import Round, half_year
from workload.services.publishing import publish_survey_groups, publish_units


@dataclass(frozen=True, slots=True)
class Asked:
    user_id: int
    node_id: int


def settings_of(unit_id: int) -> RoundSettings:
    """The unit's months; those everybody starts with, not saved, when it has set none."""
    return RoundSettings.objects.filter(unit_id=unit_id).first() or RoundSettings(unit_id=unit_id)


def roles_in(unit_id: int, *, on: date) -> list[tuple[int, str, int, str]]:
    """(user, role, node, level) of every role held in the unit that day by open accounts."""
    return list(
        RoleAssignment.objects.active(on)
        .filter(Q(node_id=unit_id) | Q(node__parent_id=unit_id, node__level=Level.GROUP))
        .filter(user__is_active=True)
        .exclude(role=Role.SYSTEM_ADMINISTRATOR)
        .order_by("user_id", "node_id", "pk")
        .values_list("user_id", "role", "node_id", "node__level")
    )


def away_throughout(first: date, last: date) -> set[int]:
    """Who is away on all those days."""
    return set(
        Absence.objects.filter(
            Q(until_on__isnull=True) | Q(until_on__gte=last), from_on__lte=first
        ).values_list("user_id", flat=True)
    )


def asked_in_survey(unit_id: int, *, on: date, until: date) -> list[Asked]:
    """The unit's staff, each with where the nearest manager leads.

    Group leaders and those with a role in the unit itself answer to the unit head, as do workers
    of a group without a leader. The head is not asked: the answer would go above the unit. Nor is
    who is away all the time the round is open.
    """
    roles = roles_in(unit_id, on=on)
    heads = {user for user, role, node, _level in roles if role == Role.UNIT_HEAD}
    led = {node for _user, role, node, _level in roles if role == Role.GROUP_LEADER}
    leaders = {user for user, role, _node, _level in roles if role == Role.GROUP_LEADER}
    groups: dict[int, int] = {}
    for user, _role, node, level in roles:
        if level == Level.GROUP and user not in leaders and node in led:
            groups.setdefault(user, node)
    away = away_throughout(on, until)
    return [
        Asked(user, groups.get(user, unit_id))
        for user in sorted({user for user, _role, _node, _level in roles} - heads - away)
    ]


def cases_and_employees(unit_id: int, *, on: date) -> tuple[int, int]:
    """Investigations of the unit open on the day, and those who handle cases in its groups."""
    cases = Investigation.objects.open_on(on).filter(unit_id=unit_id).count()
    workers = {
        user
        for user, role, _node, level in roles_in(unit_id, on=on)
        if level == Level.GROUP and role in CARRYING
    }
    return cases, len(workers)


def lock_unit(unit_id: int) -> OrgUnit:
    """The unit, locked, so that two at once do not open the same round."""
    unit = OrgUnit.objects.select_for_update().filter(pk=unit_id, level=Level.UNIT).first()
    if unit is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    return unit


def permit_rounds(unit_id: int, *, by: User | None, at: datetime) -> None:
    if by is not None:
        permit(access(by, at), Action.RUN_ROUNDS, unit_id=unit_id)


@transaction.atomic
def open_survey(unit_id: int, *, on: date, at: datetime, by: User | None = None) -> SurveyRound:
    """Ask the unit's staff for the half-year; by the month when `by` is None. Everybody is told.

    Conflict when the half-year has had its round, Invalid when there is nobody to ask.
    """
    unit = lock_unit(unit_id)
    permit_rounds(unit_id, by=by, at=at)
    period = half_year(on)
    if SurveyRound.objects.filter(unit=unit, period=period).exists():
        raise Conflict(_("The Stockholm model has been asked this half-year already."))
    closes_on = on + timedelta(days=settings_of(unit_id).survey_days)
    asked = asked_in_survey(unit_id, on=on, until=closes_on)
    if not asked:
        raise Invalid({"unit": _("There is nobody in the unit to ask.")})
    cases, employees = cases_and_employees(unit_id, on=on)
    made = SurveyRound.objects.create(
        unit=unit,
        period=period,
        opened_on=on,
        closes_on=closes_on,
        opened_by=by,
        cases=cases,
        employees=employees,
    )
    SurveyAnswer.objects.bulk_create(
        SurveyAnswer(round=made, user_id=one.user_id, node_id=one.node_id) for one in asked
    )
    trail.changed("survey.opened", made, by=by, at=at, asked=len(asked))
    tell_topic([one.user_id for one in asked], "survey_open", made.pk, at=at)
    return made


def to_close(model: type[Round], pk: int, *, on: date) -> Round | None:
    """The round, locked, when it is to be closed: its last day has passed and nobody has."""
    return (
        model._default_manager.select_for_update(of=("self",))
        .filter(pk=pk, closed_at__isnull=True, closes_on__lt=on)
        .first()
    )


@transaction.atomic
def close_survey(pk: int, *, on: date, at: datetime) -> bool:
    """Freeze the round after its last day, publish what may be, tell who has plans to offer."""
    found = to_close(SurveyRound, pk, on=on)
    if not isinstance(found, SurveyRound):
        return False
    found.closed_at = at
    found.save(update_fields=["closed_at"])
    SurveyAnswer.objects.filter(round=found).update(frozen_at=at)
    trail.changed("survey.closed", found, by=None, at=at)
    publish_survey_groups(found, at=at)
    publish_units(found, at=at)
    worried = {
        answer.node_id
        for answer in SurveyAnswer.objects.filter(round=found, answered_at__isnull=False)
        if not answer.is_satisfied
    }
    tell_topic(leaders_at(worried, on=on), "survey_plans", found.pk, at=at)
    return True


def leaders_at(nodes: Iterable[int], *, on: date) -> set[int]:
    """Who leads these nodes that day: group leaders of groups, the head of a unit."""
    return set(
        RoleAssignment.objects.active(on)
        .filter(
            node_id__in=list(nodes),
            role__in=LEADERS,
            user__is_active=True,
        )
        .values_list("user_id", flat=True)
    )


@transaction.atomic
def set_months(
    unit_id: int,
    *,
    survey_months: Iterable[int],
    survey_days: int,
    measurement_months: Iterable[int],
    measurement_days: int,
    by: User,
    at: datetime,
) -> RoundSettings:
    """Which months the unit is asked in. The Stockholm model once in each half-year."""
    unit = lock_unit(unit_id)
    permit_rounds(unit_id, by=by, at=at)
    surveys, measurements = sorted(set(survey_months)), sorted(set(measurement_months))
    halves = [month < 7 for month in surveys]
    errors: dict[str, str] = {}
    if len(surveys) != 2 or halves[0] == halves[1]:
        errors["survey_months"] = _("Choose one month in the spring and one in the autumn.")
    if not measurements:
        errors["measurement_months"] = _("Choose at least one month.")
    for name, days in (("survey_days", survey_days), ("measurement_days", measurement_days)):
        if not 5 <= days <= 60:
            errors[name] = _("Choose from 5 to 60 days.")
    if errors:
        raise Invalid(errors)
    made, _new = RoundSettings.objects.update_or_create(
        unit=unit,
        defaults={
            "survey_months": surveys,
            "survey_days": survey_days,
            "measurement_months": measurements,
            "measurement_days": measurement_days,
        },
    )
    trail.changed("rounds.months_set", made, by=by, at=at)
    return made
