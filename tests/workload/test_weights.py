"""Weight sets: begun, changed as a draft, taken into use once and for all."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from core.errors import Conflict, Forbidden, Invalid, Missing
from tests.factories import World, moment
from tests.factories.workload import use_example
from workload import capacity
from workload.models import WeightFactor, WeightLevel, WeightSet
from workload.services import weights
from workload.services.weights import LevelInput

AT = moment("2026-03-02 09:00")

pytestmark = pytest.mark.django_db


def draft(world: World) -> WeightSet:
    return weights.begin_draft(unit=world.unit, by=world.head, at=AT)


def in_use(world: World, on: date) -> str:
    found = capacity.weights_in_use([world.unit.pk], on=on)
    return found[world.unit.pk].name if found else ""


def test_the_first_draft_is_the_example_and_the_next_a_copy(world: World) -> None:
    first = draft(world)
    assert first.factors.count() == 10
    weights.change_factor(
        first.pk,
        code="distance",
        name="Resväg",
        levels=[LevelInput("near", "Nära", 1)],
        assumed="near",
        by=world.head,
        at=AT,
    )
    weights.take_into_use(first.pk, from_on=date(2026, 3, 2), by=world.head, at=AT)
    second = draft(world)
    assert second.is_draft
    copied = capacity.weights_of(second)
    assert copied.factors == capacity.weights_of(first).factors
    assert next(f for f in copied.factors if f.code == "distance").levels[0].name == "Nära"


def test_a_unit_has_one_draft_at_a_time(world: World) -> None:
    draft(world)
    with pytest.raises(Conflict, match="utkast"):
        draft(world)


@pytest.mark.parametrize("name", ["leader", "main", "coordinator", "department_head", "sysadmin"])
def test_only_the_unit_head_makes_weights(world: World, name: str) -> None:
    with pytest.raises(Forbidden):
        weights.begin_draft(unit=world.unit, by=world.people[name], at=AT)


def test_a_set_of_another_unit_does_not_exist(world: World) -> None:
    made = draft(world)
    with pytest.raises(Missing):
        weights.discard_draft(made.pk, by=world.other_head, at=AT)
    weights.discard_draft(made.pk, by=world.head, at=AT)
    assert not WeightSet.objects.exists()


def test_a_set_taken_into_use_ends_the_one_before(world: World) -> None:
    use_example(world, from_on=date(2025, 1, 1))
    made = draft(world)
    weights.change_draft(made.pk, name="Ny", numbers={}, by=world.head, at=AT)
    weights.take_into_use(made.pk, from_on=date(2026, 4, 1), by=world.head, at=AT)
    assert in_use(world, date(2026, 3, 31)) != "Ny"
    assert in_use(world, date(2026, 4, 1)) == "Ny"
    assert in_use(world, date(2024, 12, 31)) == ""


def test_a_set_before_a_planned_one_ends_when_that_begins(world: World) -> None:
    use_example(world, from_on=date(2025, 1, 1))
    for name, day in (("Maj", date(2026, 5, 1)), ("April", date(2026, 4, 1))):
        made = draft(world)
        weights.change_draft(made.pk, name=name, numbers={}, by=world.head, at=AT)
        weights.take_into_use(made.pk, from_on=day, by=world.head, at=AT)
    assert in_use(world, date(2026, 4, 30)) == "April"
    assert in_use(world, date(2026, 5, 1)) == "Maj"
    third = draft(world)
    with pytest.raises(Conflict):
        weights.take_into_use(third.pk, from_on=date(2026, 5, 1), by=world.head, at=AT)


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2027, 3, 4)])
def test_a_set_begins_neither_in_the_past_nor_beyond_a_year(world: World, day: date) -> None:
    made = draft(world)
    with pytest.raises(Invalid):
        weights.take_into_use(made.pk, from_on=day, by=world.head, at=AT)


def test_a_set_in_use_refuses_every_change_by_service_and_by_database(world: World) -> None:
    made = use_example(world)
    with pytest.raises(Conflict):
        weights.change_draft(made.pk, name="X", numbers={}, by=world.head, at=AT)
    for change in (
        lambda: WeightSet.objects.filter(pk=made.pk).update(norm_used=121),
        lambda: WeightSet.objects.filter(pk=made.pk).delete(),
        lambda: WeightLevel.objects.filter(factor__weight_set=made).update(points=9),
        lambda: WeightLevel.objects.filter(factor__weight_set=made).delete(),
        lambda: WeightFactor.objects.filter(weight_set=made).update(name="X"),
        lambda: WeightFactor.objects.create(weight_set=made, code="new", source="judged"),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()
    WeightSet.objects.filter(pk=made.pk).update(until_on=date(2026, 12, 31))


def test_two_sets_of_a_unit_never_measure_the_same_day(world: World) -> None:
    first = use_example(world, from_on=date(2025, 1, 1))
    other = weights.copy_of(first, by=None, at=AT)
    other.from_on = date(2026, 1, 1)
    overlaps = pytest.raises(IntegrityError, match="workload_weightset_one_at_a_time")
    with overlaps, transaction.atomic():
        other.save()
    elsewhere = weights.example(unit=world.other_unit, by=None, at=AT)
    elsewhere.from_on = date(2026, 1, 1)
    elsewhere.save()


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        ({"main_share": 49}, "main_share"),
        ({"norm_new": 121}, "norm_expert"),
        ({"ceiling_new_percent": 111}, "ceiling_new_percent"),
        ({"contact_days": 0}, "contact_days"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(
    world: World, numbers: dict[str, int], field: str
) -> None:
    made = draft(world)
    with pytest.raises(Invalid) as refused:
        weights.change_draft(made.pk, name="X", numbers=numbers, by=world.head, at=AT)
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    ("levels", "assumed", "field"),
    [
        ([], "a", "levels"),
        ([LevelInput("a", "A", 1), LevelInput("a", "B", 2)], "a", "levels"),
        ([LevelInput("a", " ", 1)], "a", "levels"),
        ([LevelInput("a", "A", 101)], "a", "levels"),
        ([LevelInput("a", "A", 1)], "b", "assumed"),
    ],
)
def test_levels_that_cannot_measure_are_refused(
    world: World, levels: list[LevelInput], assumed: str, field: str
) -> None:
    made = draft(world)
    with pytest.raises(Invalid) as refused:
        weights.change_factor(
            made.pk,
            code="court",
            name="Domstol",
            levels=levels,
            assumed=assumed,
            by=world.head,
            at=AT,
        )
    assert set(refused.value.fields) == {field}


def test_a_measured_factor_begins_at_nought(world: World) -> None:
    made = draft(world)
    with pytest.raises(Invalid):
        weights.change_factor(
            made.pk,
            code="phase",
            name="Fas",
            levels=[LevelInput("late", "Sent", 1, 10)],
            assumed="late",
            by=world.head,
            at=AT,
        )


def test_a_stale_draft_is_a_conflict_with_the_one_that_stands(world: World) -> None:
    made = draft(world)
    weights.change_draft(made.pk, name="Nytt", numbers={}, by=world.head, at=AT, version=1)
    with pytest.raises(Conflict) as refused:
        weights.remove_factor(made.pk, code="court", by=world.head, at=AT, version=1)
    assert refused.value.current.name == "Nytt"
    weights.remove_factor(made.pk, code="court", by=world.head, at=AT, version=2)
    assert not made.factors.filter(code="court").exists()
