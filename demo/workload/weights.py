"""The workload of the demonstration: weights for two years, judgements, reductions, competences.

The units a newcomer meets have two years of judgements; the others those of their open cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.investigations.models import Investigation
from cases.matters import registry as matters
from cases.matters.models import MatterWorker
from cases.persons.models import Guardian
from core.calendar import add_months
from organisation.enums import Experience, GroupFunction, Role
from organisation.models import Employment, EmploymentTerms, OrgUnit, RoleAssignment, User
from organisation.roles import CASE_WORKERS, LEADERS
from workload.enums import CompetenceKind, ReductionReason
from workload.models import (
    CaseFactor,
    Competence,
    ContactForOther,
    IntroductionPlan,
    IntroductionStep,
    Reduction,
    WeightFactor,
    WeightLevel,
    WeightSet,
)
from workload.presets import INTRODUCTION
from workload.services import weights
from workload.services.facts import NEEDED, NONE

SHOWN = ("ST-BOU", "EV-BOU")

# Factor: chance that a judgement is heavier than the usual, level then (the heavier last).
_CHANCES: tuple[tuple[str, str, tuple[tuple[float, str], ...]], ...] = (
    ("complexity", "usual", ((0.24, "simple"), (0.22, "complex"))),
    ("distance", "near", ((0.10, "far"), (0.03, "very_far"))),
    ("placement", "none", ((0.09, "placed"), (0.03, "emergency"))),
    ("court", "none", ((0.08, "custody"), (0.04, "care"))),
    ("cooperation", "usual", ((0.18, "hard"), (0.04, "threat"))),
)
_LANGUAGES = ("arabiska", "somaliska", "persiska", "turkiska", "spanska", "polska", "tigrinja")
_AREAS = ("Norra", "Södra", "Centrum", "Västra")


def fill(*, seed: int, on: date, at: datetime) -> None:
    """Add the workload to a filled demonstration; the same seed and day give the same."""
    with override("sv"):
        for unit in OrgUnit.objects.units().order_by("pk"):
            _fill_unit(unit, seed=seed, on=on, at=at)


@transaction.atomic
def _fill_unit(unit: OrgUnit, *, seed: int, on: date, at: datetime) -> None:
    rng = Random(f"{seed} points {unit.code}")  # noqa: S311 (synthetic data)
    head = _holders(Role.UNIT_HEAD, on=on).filter(node=unit).first()
    by = head.user if head else None
    _weights(unit, on=on, at=at, by=by)
    since = add_months(on, -24) if unit.code in SHOWN else None
    _judgements(unit, rng, on=on, at=at, since=since)
    people = _people(unit, on=on)
    _introductions(people, rng, on=on, at=at, by=by)
    _reductions(people, rng, on=on, at=at, by=by)
    _competences(people, rng, on=on, by=by)
    _contacts(unit, people, rng, on=on)
    _terms(people, rng, on=on)


def _holders(role: str, *, on: date) -> Any:
    return RoleAssignment.objects.active(on).filter(role=role).select_related("user", "node")


def _people(unit: OrgUnit, *, on: date) -> list[RoleAssignment]:
    """The social workers of the unit, in order of their group and of coming."""
    return list(
        RoleAssignment.objects.active(on)
        .filter(Q(node=unit) | Q(node__parent=unit))
        .filter(role__in=CASE_WORKERS - LEADERS)
        .select_related("user", "node")
        .order_by("node_id", "pk")
    )


def _weights(unit: OrgUnit, *, on: date, at: datetime, by: User | None) -> None:
    """The example two years ago, revised a year later: court and placement weigh more."""
    first = weights.example(unit=unit, by=by, at=at - timedelta(days=740))
    # Heavy enough for the norms: the demonstration's pairs carry some thirteen cases each.
    for code, more in (("base", 3), ("phase", 1)):
        WeightLevel.objects.filter(factor__weight_set=first, factor__code=code).update(
            points=F("points") + more
        )
    weights.put_in_use(first, from_on=add_months(on, -24))
    revised = weights.copy_of(first, by=by, at=at - timedelta(days=300))
    WeightSet.objects.filter(pk=revised.pk).update(
        name=_("The unit's own weights, after the review")
    )
    for code, level, value in (("court", "care", 5), ("placement", "emergency", 5)):
        WeightLevel.objects.filter(
            factor__weight_set=revised, factor__code=code, code=level
        ).update(points=value)
    WeightFactor.objects.filter(weight_set=revised, code="distance").update(name=_("Travel"))
    revised.refresh_from_db()
    weights.put_in_use(revised, from_on=add_months(on, -9).replace(day=1))


def _judgements(unit: OrgUnit, rng: Random, *, on: date, at: datetime, since: date | None) -> None:
    """Judged some days after the case was given out, and again when something happened."""
    chosen = Investigation.objects.filter(unit=unit)
    still_open = Q(concluded_on__isnull=True)
    chosen = chosen.filter(still_open | Q(concluded_on__gte=since) if since else still_open)
    guardians = (
        Guardian.objects.present().filter(child=OuterRef("child")).exclude(interpreter_language="")
    )
    first = (
        MatterWorker.objects.filter(matter=OuterRef("pk"), part="main")
        .order_by("from_on")
        .values("user_id")[:1]
    )
    rows = (
        chosen.annotate(_guardian=Exists(guardians), _main=first)
        .order_by("pk")
        .values_list(
            "pk",
            "opened_on",
            "concluded_on",
            "child__interpreter_language",
            "_guardian",
            "_main",
        )
    )
    CaseFactor.objects.bulk_create(
        (
            CaseFactor(
                matter_id=pk,
                factor_code=factor,
                level_code=level,
                from_on=day,
                assessed_by_id=by,
                assessed_at=datetime.combine(day, at.timetz()).replace(hour=15),
            )
            for pk, opened, ended, of_child, of_guardian, main in rows
            for factor, level, day, by in _judged(
                rng, opened, ended or on, bool(of_child or of_guardian), main
            )
        ),
        batch_size=2_000,
    )


def _judged(
    rng: Random, opened: date, last: date, interpreter: bool, main: int | None
) -> Iterator[tuple[str, str, date, int | None]]:
    yield "interpreter", NEEDED if interpreter else NONE, opened, None
    day = opened + timedelta(days=rng.randrange(2, 12))
    if main is None or day > last:
        return
    later = day + timedelta(days=rng.randrange(20, 70))
    for factor, usual, heavier in _CHANCES:
        draw = rng.random()
        level = usual
        for chance, other in heavier:
            if draw < chance:
                level = other
                break
            draw -= chance
        if rng.random() < 0.06:
            continue  # nobody has got to it
        yield factor, level, day, main
        if later <= last and rng.random() < 0.12:
            yield factor, heavier[-1][1], later, main


def _introductions(
    people: list[RoleAssignment], rng: Random, *, on: date, at: datetime, by: User | None
) -> None:
    """Everybody who came within the last year and is employed has a plan, most of it on time."""
    began = dict(
        Employment.objects.active(on)
        .filter(user__in=[one.user_id for one in people], form="permanent")
        .values_list("user_id", "started_on")
    )
    for one in people:
        started = began.get(one.user_id)
        if started is None or (on - started).days >= 365:
            continue
        mentors = [
            other.user
            for other in people
            if other.node_id == one.node_id and began.get(other.user_id, on) < on - timedelta(1500)
        ]
        mentor = rng.choice(mentors) if mentors else None
        plan = IntroductionPlan.objects.create(
            user=one.user,
            mentor=mentor,
            from_on=started,
            until_on=add_months(started, 12) - timedelta(days=1),
            made_by=by,
            made_at=at - (on - started),
        )
        IntroductionStep.objects.bulk_create(
            IntroductionStep(plan=plan, title=_(title), due_on=due, done_on=done, done_by=doer)
            for title, due, done, doer in _steps(rng, started, on, one.user, mentor)
        )
        last = add_months(started, 6) - timedelta(days=1)
        for user, reason, percent in (
            (one.user, ReductionReason.INTRODUCTION, 20),
            (mentor, ReductionReason.MENTOR, 10),
        ):
            if user is not None:
                Reduction.objects.create(
                    user=user,
                    reason=reason,
                    percent=percent,
                    from_on=started,
                    until_on=last,
                    introduction=plan,
                    decided_by=by,
                    decided_at=at - (on - started),
                )


def _steps(
    rng: Random, started: date, on: date, new: User, mentor: User | None
) -> Iterator[tuple[str, date, date | None, User | None]]:
    for days, title in INTRODUCTION:
        due = started + timedelta(days=days)
        done = due + timedelta(days=rng.randrange(-3, 9))
        late = due >= on - timedelta(days=40) and rng.random() < 0.25
        if max(done, started) > on or late:
            yield title, due, None, None
        else:
            yield title, due, max(done, started), mentor or new


def _reductions(
    people: list[RoleAssignment], rng: Random, *, on: date, at: datetime, by: User | None
) -> None:
    """A union representative, somebody on the way back from illness, courses past and to come."""
    if len(people) < 6:
        return
    drawn = rng.sample(people, 5)
    for one, reason, percent, before, after in (
        (drawn[0], ReductionReason.UNION, 20, 300, 65),
        (drawn[1], ReductionReason.ILLNESS, 50, 30, 26),
        (drawn[2], ReductionReason.TRAINING, 10, 80, 40),
        (drawn[3], ReductionReason.TRAINING, 10, -20, 110),
        (drawn[4], ReductionReason.OTHER, 15, 200, -90),
    ):
        Reduction.objects.create(
            user=one.user,
            reason=reason,
            percent=percent,
            from_on=on - timedelta(days=before),
            until_on=on + timedelta(days=after),
            decided_by=by,
            decided_at=at - timedelta(days=max(before, 0) + 5),
        )


def _competences(
    people: Iterable[RoleAssignment], rng: Random, *, on: date, by: User | None
) -> None:
    made = []
    for one in people:
        since = max(one.from_on, add_months(on, -30))
        kinds: list[tuple[str, str]] = []
        if rng.random() < 0.35:
            kinds.append((CompetenceKind.LANGUAGE, rng.choice(_LANGUAGES)))
        if rng.random() < 0.5:
            kinds.append((CompetenceKind.CHILD_INTERVIEWS, ""))
        if one.node.function == GroupFunction.YOUTH and rng.random() < 0.7:
            kinds.append((CompetenceKind.SAVRY, ""))
        if one.node.function == GroupFunction.CHILD and rng.random() < 0.6:
            kinds.append((CompetenceKind.EARL, ""))
        if rng.random() < 0.4:
            kinds.append((CompetenceKind.HOME_AREA, rng.choice(_AREAS)))
        made += [
            Competence(user=one.user, kind=kind, detail=detail, from_on=since, noted_by=by)
            for kind, detail in kinds
        ]
    Competence.objects.bulk_create(made)


def _contacts(unit: OrgUnit, people: list[RoleAssignment], rng: Random, *, on: date) -> None:
    """Conversations and visits that colleagues did for each other in the last two months."""
    by_group: dict[int, list[User]] = {}
    for one in people:
        by_group.setdefault(one.node_id, []).append(one.user)
    rows = list(
        MatterWorker.objects.active(on)
        .filter(
            matter__unit=unit,
            matter__closed_on__isnull=True,
            matter__kind__in=matters.weighing(),
            from_on__lte=on - timedelta(days=70),
        )
        .order_by("pk")
        .values_list("matter_id", "matter__group_id", "user_id")
    )
    made = []
    for matter_id, group_id, user_id in rng.sample(rows, len(rows) // 8):
        helpers = [user for user in by_group.get(group_id, []) if user.pk != user_id]
        if not helpers:
            continue
        day = on - timedelta(days=rng.randrange(1, 60))
        made.append(
            ContactForOther(
                matter_id=matter_id,
                done_by=rng.choice(helpers),
                done_for_id=user_id,
                contact_on=day,
                recorded_on=day,
                recorded_by_id=user_id,
            )
        )
    ContactForOther.objects.bulk_create(made)


def _terms(people: list[RoleAssignment], rng: Random, *, on: date) -> None:
    """Some have gone down in hours, with a day."""
    employments = list(
        Employment.objects.active(on)
        .filter(
            user__in=[one.user_id for one in people],
            hours_percent=100,
            started_on__lt=on - timedelta(days=900),
            experience__in=[Experience.EXPERIENCED, Experience.EXPERT],
        )
        .order_by("pk")
    )
    EmploymentTerms.objects.bulk_create(
        EmploymentTerms(
            employment=employment,
            from_on=(on - timedelta(days=rng.randrange(40, 400))).replace(day=1),
            hours_percent=rng.choice((75, 80, 90)),
            experience=employment.experience,
        )
        for employment in rng.sample(employments, len(employments) // 8)
    )
