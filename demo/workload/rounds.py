"""Two years of rounds for the demonstration: nobody in it is a real person.

Called by `demo_data` for all units at once, after the staff and their cases. The same seed and day
give the same data. Who is asked, what is frozen and what is published come from the services.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction

from cases.notices.services import tell_topic
from core.calendar import STOCKHOLM, add_months, is_working_day
from organisation.enums import Role
from organisation.models import OrgUnit, RoleAssignment
from organisation.roles import LEADERS
from workload import snapshots
from workload.models import (
    ActionPlan,
    CaseReview,
    MarkedEvent,
    Measurement,
    MeasurementRound,
    PlanFollowUp,
    ReviewDecision,
    SurveyAnswer,
    SurveyRound,
    Temperature,
)
from workload.models.rounds import MEASUREMENT_MONTHS, SURVEY_MONTHS, half_year
from workload.scales import PlanResponse, Statement
from workload.services import warnings
from workload.services.measurements import asked_in_measurement
from workload.services.meetings import HANDS
from workload.services.publishing import publish_survey_groups, publish_units
from workload.services.reviews import cases_of
from workload.services.rounds import Asked, asked_in_survey, cases_and_employees

SURVEY_DAYS, MEASUREMENT_DAYS = 21, 14
MONTHS_BACK = 24
LONG_HISTORY = 2
"""Units whose points are measured for the whole time; of the others only the latest round."""

REASONS = {
    1: ("För många ärenden samtidigt.", "Jag hinner inte dokumentera.", "Orolig sömn."),
    2: ("Mycket jour och akuta ärenden.", "Flera nya i gruppen att stötta."),
    3: ("Det går upp och ner.", "Bra grupp, men högt tempo."),
    4: ("Bra stöd av kollegorna.", "Tydlig ledning."),
    5: ("Roligt arbete och bra grupp.", "Jag får tid till barnen."),
}
PLANS = (
    "Inga nya ärenden på två veckor. Avstämning varje torsdag. Medhandläggare i det tyngsta.",
    "En dag i veckan utan bokade möten för dokumentation. Handledning varannan vecka.",
)
COMMENTS = ("", "", "", "Två tunga utredningar på en gång.", "Lugnare efter sommaren.")
DECISIONS = (
    "Boka samtal med barnet före månadsskiftet.",
    "Begär in yttrande från skolan.",
    "Skriv klart beslutsunderlaget.",
    "Kontakta båda vårdnadshavarna.",
    "Ta upp skyddsbedömningen på nästa ärendedragning.",
)


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=STOCKHOLM)


def first_working_day(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def months(on: date, wanted: list[int]) -> Iterator[date]:
    """The day a round opened in each of the wanted months of the last two years, to `on`."""
    first = add_months(on.replace(day=1), -MONTHS_BACK)
    for number in range(MONTHS_BACK + 1):
        month = add_months(first, number)
        opened = first_working_day(month)
        if month.month in wanted and opened <= on:
            yield opened


@dataclass(slots=True)
class Demo:
    """One load; the random numbers are drawn per unit, so that scale does not change a unit."""

    seed: int
    on: date
    rngs: dict[int, Random] = field(default_factory=dict)
    moods: dict[int, float] = field(default_factory=dict)

    def fill(self) -> None:
        units = list(OrgUnit.objects.units().order_by("pk"))
        for unit in units:
            self.rngs[unit.pk] = Random(f"{self.seed} rounds {unit.code}")  # noqa: S311
        for unit in units:
            self._events(unit)
            self._temperatures(unit)
        self._surveys(units)
        self._measurements(units)
        for unit in units[:LONG_HISTORY]:
            self._reviews(unit)

    def _step(self, rng: Random, user_id: int) -> int:
        """Around the person's own mood, so that a course is more than noise."""
        mood = self.moods.setdefault(user_id, rng.gauss(3.6, 0.8))
        return min(5, max(1, round(rng.gauss(mood, 0.8))))

    # Meetings

    def _events(self, unit: OrgUnit) -> None:
        years = range(self.on.year - 2, self.on.year + 1)
        summers = [
            MarkedEvent(
                unit=unit,
                from_on=date(year, 6, 22),
                until_on=date(year, 8, 16),
                text=f"Sommar {year}",
            )
            for year in years
            if date(year, 6, 22) <= self.on
        ]
        law = MarkedEvent(unit=unit, from_on=date(2025, 7, 1), text="Ny socialtjänstlag")
        MarkedEvent.objects.bulk_create([*summers, *([law] if law.from_on <= self.on else [])])

    def _temperatures(self, unit: OrgUnit) -> None:
        rng = self.rngs[unit.pk]
        leaders = dict(
            RoleAssignment.objects.active(self.on)
            .filter(node__parent=unit, role=Role.GROUP_LEADER)
            .order_by("node_id", "pk")
            .values_list("node_id", "user_id")
        )
        rows = []
        for group, leader in sorted(leaders.items()):
            strain = rng.uniform(0.2, 0.6)
            day = self.on - timedelta(days=728 + self.on.weekday())
            while day <= self.on:
                if is_working_day(day):
                    strain = min(0.95, max(0.05, strain + rng.gauss(0, 0.1)))
                    hands = rng.randrange(5, 9)
                    counts = [*self._hands(rng, hands, strain * 0.8)]
                    counts += self._hands(rng, hands, strain)
                    rows.append(
                        Temperature(
                            group_id=group,
                            meeting_on=day,
                            taken_by_id=leader,
                            comment="Många nya ärenden." if rng.random() < 0.05 else "",
                            **dict(zip(HANDS, counts, strict=True)),
                        )
                    )
                day += timedelta(days=14)
        Temperature.objects.bulk_create(rows, batch_size=2000)

    def _hands(self, rng: Random, hands: int, strain: float) -> list[int]:
        counts = [0, 0, 0]
        for _hand in range(hands):
            felt = rng.gauss(strain, 0.25)
            counts[0 if felt < 0.4 else 1 if felt < 0.7 else 2] += 1
        return counts

    # The Stockholm model

    def _surveys(self, units: list[OrgUnit]) -> None:
        for opened in months(self.on, SURVEY_MONTHS):
            closes = opened + timedelta(days=SURVEY_DAYS)
            closed = closes < self.on
            found = [self._survey(unit, opened, closes, closed=closed) for unit in units]
            if not closed:
                continue
            for one in found:
                publish_survey_groups(one, at=at(closes + timedelta(days=1), 6))
            for one in found:
                publish_units(one, at=at(closes + timedelta(days=1), 6))

    def _survey(self, unit: OrgUnit, opened: date, closes: date, *, closed: bool) -> SurveyRound:
        rng = self.rngs[unit.pk]
        cases, employees = cases_and_employees(unit.pk, on=opened)
        frozen = at(closes + timedelta(days=1), 6) if closed else None
        made = SurveyRound.objects.create(
            unit=unit,
            period=half_year(opened),
            opened_on=opened,
            closes_on=closes,
            closed_at=frozen,
            cases=cases,
            employees=employees,
        )
        asked = asked_in_survey(unit.pk, on=opened, until=closes)
        rows = [self._answer(rng, made, one) for one in asked]
        for row in rows:
            row.frozen_at = frozen
        rows = SurveyAnswer.objects.bulk_create(rows)
        if closed:
            self._plans(rng, rows, closes)
        else:
            tell_topic([row.user_id for row in rows], "survey_open", made.pk, at=at(opened))
        return made

    def _answer(self, rng: Random, made: SurveyRound, one: Asked) -> SurveyAnswer:
        row = SurveyAnswer(round=made, user_id=one.user_id, node_id=one.node_id)
        day = made.opened_on + timedelta(days=rng.randrange(0, SURVEY_DAYS))
        if day >= self.on or rng.random() < 0.12:
            return row
        for statement in Statement.values:
            step = self._step(rng, one.user_id)
            setattr(row, statement, step)
            if rng.random() < 0.5:
                setattr(row, f"{statement}_reason", rng.choice(REASONS[step]))
        row.answered_at = at(day, 10)
        return row

    def _plans(self, rng: Random, rows: list[SurveyAnswer], closes: date) -> None:
        leaders = dict(
            RoleAssignment.objects.active(closes)
            .filter(
                node_id__in={row.node_id for row in rows},
                role__in=LEADERS,
            )
            .order_by("pk")
            .values_list("node_id", "user_id")
        )
        plans, followed = [], []
        for row in rows:
            leader = leaders.get(row.node_id)
            offered = closes + timedelta(days=rng.randrange(2, 20))
            if row.is_satisfied or leader is None or rng.random() < 0.15 or offered > self.on:
                continue
            plan = ActionPlan(answer=row, offered_on=offered, offered_by_id=leader)
            answered = offered + timedelta(days=rng.randrange(1, 7))
            if answered <= self.on:
                plan.responded_on = answered
                accepted = rng.random() < 0.75
                plan.response = PlanResponse.ACCEPTED if accepted else PlanResponse.DECLINED
                if accepted:
                    plan.content = rng.choice(PLANS)
                    followed.append(plan)
            plans.append(plan)
        for plan in followed:
            if plan.offered_on + timedelta(days=90) <= self.on:
                plan.done_on = plan.offered_on + timedelta(days=90)
        ActionPlan.objects.bulk_create(plans)
        follow_ups = []
        for plan in followed:
            for weeks in (4, 10):
                due = plan.offered_on + timedelta(weeks=weeks)
                held = due < self.on
                follow_ups.append(
                    PlanFollowUp(
                        plan=plan,
                        due_on=due,
                        done_on=due if held else None,
                        done_by_id=plan.offered_by_id if held else None,
                        note="Det känns bättre." if held else "",
                    )
                )
        PlanFollowUp.objects.bulk_create(follow_ups)

    # Measurements

    def _measurements(self, units: list[OrgUnit]) -> None:
        opened_days = list(months(self.on, MEASUREMENT_MONTHS))
        for number, opened in enumerate(opened_days):
            closes = opened + timedelta(days=MEASUREMENT_DAYS)
            latest = number >= len(opened_days) - 2
            found = [
                self._measurement(unit, opened, closes)
                for index, unit in enumerate(units)
                if latest or index < LONG_HISTORY
            ]
            if closes < self.on:
                for one in found:
                    publish_units(one, at=at(closes + timedelta(days=1), 6))
        today = first_working_day(max(self.on - timedelta(days=4), self.on.replace(day=1)))
        period = today.replace(day=1)
        for unit in units[:LONG_HISTORY]:
            mine = MeasurementRound.objects.filter(unit=unit)
            if today <= self.on and not (
                mine.filter(period=period).exists() or mine.filter(closed_at__isnull=True).exists()
            ):
                self._measurement(unit, today, today + timedelta(days=MEASUREMENT_DAYS))

    def _measurement(self, unit: OrgUnit, opened: date, closes: date) -> MeasurementRound:
        rng = self.rngs[unit.pk]
        frozen = at(closes + timedelta(days=1), 6) if closes < self.on else None
        made = MeasurementRound.objects.create(
            unit=unit,
            period=opened.replace(day=1),
            opened_on=opened,
            closes_on=closes,
            closed_at=frozen,
        )
        asked = asked_in_measurement(unit.pk, on=opened, until=closes)
        taken = snapshots.take(unit.pk, [one.user_id for one in asked], on=min(closes, self.on))
        rows = []
        for one in asked:
            snapshot = taken[one.user_id]
            row = Measurement(round=made, user_id=one.user_id, group_id=one.node_id)
            day = opened + timedelta(days=rng.randrange(0, MEASUREMENT_DAYS))
            if rng.random() < 0.9 and day < self.on:
                used = snapshot.tenths / (snapshot.available_tenths or 1200)
                felt = 1.2 + 2.2 * used + (3.6 - self.moods.get(one.user_id, 3.6)) * 0.5
                row.experience = min(5, max(1, round(rng.gauss(felt, 0.6))))
                row.flex_hours = Decimal(round(rng.gauss(12 * used, 10)))
                row.comment = rng.choice(COMMENTS)
                row.answered_at = at(day, 11)
            if frozen:
                row.frozen_at = frozen
                row.tenths = snapshot.tenths
                row.available_tenths = snapshot.available_tenths
                row.cases = snapshot.cases
                row.lines = snapshot.lines
            rows.append(row)
        Measurement.objects.bulk_create(rows)
        if frozen is None:
            tell_topic([row.user_id for row in rows], "measurement_open", made.pk, at=at(opened))
        return made

    # Reviews

    def _reviews(self, unit: OrgUnit) -> None:
        rng = self.rngs[unit.pk]
        leaders = dict(
            RoleAssignment.objects.active(self.on)
            .filter(node__parent=unit, role=Role.GROUP_LEADER)
            .order_by("node_id", "pk")
            .values_list("node_id", "user_id")
        )
        workers = (
            RoleAssignment.objects.active(self.on)
            .filter(node_id__in=leaders)
            .exclude(role=Role.GROUP_LEADER)
            .select_related("user")
            .order_by("node_id", "user_id")
        )
        for role in workers:
            cases = list(cases_of(role.user, on=self.on)[:4])
            held = first_working_day(self.on - timedelta(days=rng.randrange(12, 40)))
            review = CaseReview.objects.create(
                worker=role.user,
                leader_id=leaders[role.node_id],
                group_id=role.node_id,
                held_on=min(held, self.on),
                summary="Genomgång efter arbetsmätningen.",
            )
            rows = []
            for case in cases:
                due = self.on + timedelta(days=rng.randrange(-6, 21))
                due = max(due, review.held_on)
                done = due < self.on and rng.random() < 0.8
                rows.append(
                    ReviewDecision(
                        review=review,
                        matter=case,
                        text=rng.choice(DECISIONS),
                        due_on=due,
                        done_on=due if done else None,
                        done_by=role.user if done else None,
                    )
                )
            ReviewDecision.objects.bulk_create(rows)


@transaction.atomic
def fill(*, seed: int, on: date, at: datetime) -> None:
    """Fill the rounds of every unit there is, and warn of what they and the loads show."""
    Demo(seed=seed, on=on).fill()
    warnings.warn(on=on, at=at)
