"""Employments beside each other: at most full time on each day, said at the field."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict, Invalid
from organisation.full_time import FULL_TIME, HoursSpan, first_day_over, parts, percent_on
from organisation.models import Employment, RoleAssignment
from organisation.services import employments
from tests.factories import World, moment

AT = moment("2026-03-02 09:00")
TODAY = date(2026, 3, 2)
JANUARY = date(2026, 1, 1)


def employ(world: World, **given: Any) -> Employment:
    values = {
        "user": world.stranger,
        "administration": world.administration,
        "profession": "Socialsekreterare",
        "form": "permanent",
        "started_on": JANUARY,
        "by": world.sysadmin,
        "at": AT,
    }
    return employments.employ(**values | given)


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        # Two full times: not on a single day.
        ({}, {}, False),
        ({}, {"started_on": date(2027, 1, 1)}, False),
        ({"ended_on": TODAY}, {"started_on": TODAY}, False),
        ({"ended_on": TODAY}, {"started_on": date(2026, 3, 3)}, True),
        ({"started_on": date(2026, 6, 1)}, {"ended_on": date(2026, 5, 31)}, True),
        ({"started_on": date(2026, 6, 1)}, {"ended_on": date(2026, 6, 1)}, False),
        ({"started_on": date(2026, 6, 1)}, {}, False),
        # Parts of it: up to full time.
        ({"hours_percent": 50}, {"hours_percent": 50}, True),
        ({"hours_percent": 50}, {"hours_percent": 51}, False),
        ({"hours_percent": 75}, {"hours_percent": 100, "form": "consultant"}, False),
        # On leave from one's own while in another.
        ({"on_leave": True}, {"form": "temporary"}, True),
        ({}, {"on_leave": True}, True),
    ],
)
def test_two_employments(
    world: World, first: dict[str, Any], second: dict[str, Any], fits: bool
) -> None:
    employ(world, **first)
    if fits:
        employ(world, **second)
        assert Employment.objects.filter(user=world.stranger).count() == 2
        return
    with pytest.raises(Invalid) as refused:
        employ(world, **second)
    assert set(refused.value.fields) == {"started_on"}
    said = refused.value.fields["started_on"]
    assert "socialsekreterare" in said
    assert world.administration.name in said
    assert Employment.objects.filter(user=world.stranger).count() == 1


def test_the_refusal_says_from_which_day_and_how_much(world: World) -> None:
    employ(world, hours_percent=60, started_on=date(2026, 5, 1))
    with pytest.raises(Invalid) as refused:
        employ(world, hours_percent=75)
    said = refused.value.fields["started_on"]
    assert "2026-05-01" in said
    assert "135 %" in said


def test_new_terms_count_from_their_day(world: World) -> None:
    job = employ(world)

    def change(row: Employment, **given: Any) -> object:
        values = {
            "from_on": date(2026, 4, 1),
            "hours_percent": 50,
            "experience": "used",
            "on_leave": False,
            "by": world.sysadmin,
            "at": AT,
        }
        return employments.change_employment(row.pk, **values | given)

    change(job)
    with pytest.raises(Invalid):
        employ(world, hours_percent=50, started_on=date(2026, 3, 31))
    second = employ(world, hours_percent=50, started_on=date(2026, 4, 1))
    for row, values in (
        (second, {"from_on": date(2026, 5, 1), "hours_percent": 60}),
        (job, {"hours_percent": 51}),
        (job, {"from_on": date(2026, 6, 1), "hours_percent": 100}),
    ):
        with pytest.raises(Invalid) as refused:
            change(row, **values)
        assert set(refused.value.fields) == {"hours_percent"}
    change(job, from_on=date(2026, 6, 1), on_leave=True)
    change(second, from_on=date(2026, 6, 1), hours_percent=100)


def test_an_end_moved_later_is_held_to_the_same(world: World) -> None:
    first = employ(world, ended_on=date(2026, 4, 30), end_reason="other")
    employ(world, started_on=date(2026, 5, 1))

    def end(day: date) -> object:
        return employments.end_employment(
            first.pk, ended_on=day, end_reason="other", by=world.sysadmin, at=AT
        )

    end(date(2026, 4, 15))
    end(date(2026, 4, 30))
    with pytest.raises(Invalid) as refused:
        end(date(2026, 5, 1))
    assert set(refused.value.fields) == {"ended_on"}


def test_what_was_taken_in_too_much_can_be_put_right_step_by_step(world: World) -> None:
    employ(world)
    # The payroll file knows no hours: what it holds is taken in as it is.
    other = Employment.objects.create(
        user=world.stranger,
        administration=world.administration,
        profession="Familjebehandlare",
        form="permanent",
        started_on=JANUARY,
    )
    employments.change_employment(
        other.pk,
        from_on=TODAY,
        hours_percent=50,
        experience="used",
        on_leave=False,
        by=world.sysadmin,
        at=AT,
    )
    employments.end_employment(
        other.pk, ended_on=date(2026, 3, 31), end_reason="other", by=world.sysadmin, at=AT
    )


def test_the_page_says_it_beside_the_day(world: World) -> None:
    client = Client()
    client.force_login(world.sysadmin)
    answer = client.post(
        reverse("employment_add", args=[world.main.pk]),
        {
            "administration": world.administration.pk,
            "profession": "Socialsekreterare",
            "form": "temporary",
            "hours_percent": 100,
            "experience": "used",
            "started_on": "2026-03-02",
        },
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"started_on"}
    assert Employment.objects.filter(user=world.main).count() == 1


def test_roles_to_come_are_not_left_behind_by_an_end(world: World) -> None:
    job = Employment.objects.get(user=world.main)
    RoleAssignment.objects.create(
        user=world.main,
        role="investigator",
        node=world.groups["barn-2"],
        from_on=date(2026, 9, 1),
    )
    with pytest.raises(Conflict):
        employments.end_employment(
            job.pk,
            ended_on=TODAY,
            end_reason="other",
            roles_end=True,
            by=world.sysadmin,
            at=AT,
        )


# What the days add up to

DAYS = st.integers(0, 30).map(lambda n: JANUARY + timedelta(days=n))
TERMS = st.lists(
    st.tuples(DAYS, st.integers(1, 100), st.booleans()),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one[0],
)
ENDS = st.none() | DAYS


def by_hand(terms: list[tuple[date, int, bool]], end: date | None, day: date) -> int:
    held = [one for one in sorted(terms) if one[0] <= day]
    if not held or (end is not None and day > end):
        return 0
    return 0 if held[-1][2] else held[-1][1]


@given(terms=TERMS, end=ENDS)
def test_the_parts_say_each_day_what_the_terms_say(
    terms: list[tuple[date, int, bool]], end: date | None
) -> None:
    found = parts(terms, until_on=end)
    for n in range(-1, 40):
        day = JANUARY + timedelta(days=n)
        assert percent_on(day, found) == by_hand(terms, end, day)
        assert sum(one.from_on <= day <= one.until_on for one in found) <= 1


@given(mine=TERMS, my_end=ENDS, other=TERMS, other_end=ENDS, before=ENDS)
def test_the_first_day_over_is_the_first_day_counted_one_by_one(
    mine: list[tuple[date, int, bool]],
    my_end: date | None,
    other: list[tuple[date, int, bool]],
    other_end: date | None,
    before: date | None,
) -> None:
    was: list[HoursSpan] = parts(mine, until_on=before) if before else []
    found = first_day_over(
        parts(mine, until_on=my_end), parts(other, until_on=other_end), before=was
    )
    expected = None
    for n in range(40):
        day = JANUARY + timedelta(days=n)
        own = by_hand(mine, my_end, day)
        together = own + by_hand(other, other_end, day)
        earlier = by_hand(mine, before, day) if before else 0
        if own > earlier and together > FULL_TIME:
            expected = (day, together)
            break
    assert found == expected
