"""Sick leave whose end is not known: away everywhere until it is ended."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.deadlines.models import Deadline
from cases.deadlines.sweep import sweep
from cases.investigations import services as investigations
from cases.investigations.models import Investigation
from cases.notices.models import Notice
from cases.statistics import away, load_of
from core.errors import Invalid
from core.wording import UNKNOWN_END
from core.wording import away as in_words
from organisation.models import Absence, User
from organisation.permissions import access_for
from organisation.services import absences
from tests.factories import World, moment
from tests.factories.workload import use_example
from workload.capacity import loads
from workload.services.rounds import away_throughout

AT = moment("2026-03-02 09:00")
TODAY = date(2026, 3, 2)
SUMMER = date(2026, 7, 1)


def ill(world: World, **given: Any) -> Absence:
    values = {
        "user": world.main,
        "from_on": TODAY,
        "until_on": None,
        "reason": "illness",
        "by": world.leader,
        "at": AT,
    }
    return absences.plan_absence(**values | given)


@pytest.mark.parametrize("reason", ["holiday", "parental_leave", "leave", "training"])
def test_only_of_illness_is_the_end_unknown(world: World, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        ill(world, reason=reason)
    assert set(refused.value.fields) == {"until_on"}
    ill(world, reason="care_of_child")


def test_nobody_is_away_twice_whatever_day_is_asked(world: World) -> None:
    ill(world)
    for first, last in ((date(2027, 1, 1), date(2027, 1, 2)), (date(2026, 2, 1), TODAY)):
        with pytest.raises(Invalid) as refused:
            ill(world, from_on=first, until_on=last, reason="holiday")
        assert set(refused.value.fields) == {"from_on"}
    ill(world, from_on=date(2026, 2, 1), until_on=date(2026, 3, 1), reason="holiday")
    with pytest.raises(Invalid) as refused:
        ill(world, user=world.co, stand_in=world.main, until_on=SUMMER)
    assert set(refused.value.fields) == {"stand_in"}


def test_it_is_ended_later_and_an_end_can_become_unknown(world: World) -> None:
    row = ill(world)
    ill(world, from_on=date(2026, 1, 5), until_on=date(2026, 1, 9), reason="holiday")

    def end(day: date | None) -> Absence:
        return absences.end_absence(row.pk, until_on=day, by=world.leader, at=AT)

    assert end(date(2026, 4, 30)).until_on == date(2026, 4, 30)
    assert end(None).until_on is None
    end(date(2026, 4, 30))
    ill(world, from_on=date(2026, 7, 6), until_on=date(2026, 8, 2), reason="holiday")
    with pytest.raises(Invalid) as refused:
        end(None)
    assert set(refused.value.fields) == {"until_on"}
    holiday = Absence.objects.get(from_on=date(2026, 7, 6))
    with pytest.raises(Invalid) as refused:
        absences.end_absence(holiday.pk, until_on=None, by=world.leader, at=AT)
    assert set(refused.value.fields) == {"until_on"}


def test_who_stands_in_does_so_until_it_is_ended(world: World) -> None:
    case = world.investigation("2026-03-02")
    row = ill(world, stand_in=world.worker2)
    for day in (TODAY, SUMMER, date(2028, 1, 1)):
        access = access_for(world.worker2, on=day)
        assert access.acts_for == {world.worker2.pk, world.main.pk}
        assert Investigation.objects.visible_to(access).filter(pk=case.pk).exists()
    absences.end_absence(row.pk, until_on=date(2026, 3, 10), by=world.leader, at=AT)
    assert access_for(world.worker2, on=date(2026, 3, 10)).acts_for == {
        world.worker2.pk,
        world.main.pk,
    }
    assert access_for(world.worker2, on=date(2026, 3, 11)).acts_for == {world.worker2.pk}


def test_nothing_new_is_given_to_who_is_away(world: World) -> None:
    case = world.investigation("2026-03-02", allocated=False)
    ill(world)
    assert world.main not in User.objects.workers_in(world.groups["barn-1"].pk, on=SUMMER)
    with pytest.raises(Invalid) as refused:
        investigations.assign_handlers(
            case.pk, main=world.main, co=world.co, from_on=TODAY, by=world.leader, at=AT
        )
    assert set(refused.value.fields) == {"main"}


def test_the_load_is_unavailable_and_says_until_further_notice(world: World) -> None:
    use_example(world)
    ill(world)
    for day in (TODAY, SUMMER):
        (load,) = loads(on=day, group_id=world.groups["barn-1"].pk, user_ids=[world.main.pk])
        assert (load.away_until, load.last_day_away, load.is_away) == (UNKNOWN_END, None, True)
        assert (load.available_tenths, load.percent) == (0, None)
    (load,) = loads(on=TODAY, group_id=world.groups["barn-1"].pk, user_ids=[world.co.pk])
    assert (load.is_away, load.available_tenths > 0) == (False, True)
    assert away_throughout(TODAY, SUMMER) == {world.main.pk}


@pytest.mark.parametrize(("both", "leader"), [(True, True), (False, False)])
def test_the_leader_hears_of_the_deadlines_of_who_is_away(
    world: World, both: bool, leader: bool
) -> None:
    """At the first step handlers are told; the leader where none of them is there."""
    case = world.investigation("2026-03-02")
    ill(world)
    if both:
        ill(world, user=world.co)
    first = Deadline.objects.get(matter=case.pk, kind="investigation").warn_on
    sweep(on=first - timedelta(days=1), at=moment("2026-06-20 06:00"))
    Notice.objects.all().delete()
    sweep(on=first, at=moment("2026-06-30 06:00"))
    told = Notice.objects.filter(deadline__matter=case.pk)
    assert told.exists()
    assert told.filter(recipient=world.leader).exists() is leader


def test_lists_and_words(world: World) -> None:
    ill(world, stand_in=world.co)
    (one,) = away([world.groups["barn-1"].pk], on=SUMMER)
    assert (one.name, one.until, one.stand_in) == ("Main Test", UNKNOWN_END, "Co Test")
    assert load_of([world.main], on=SUMMER)[world.main.pk].away_until == UNKNOWN_END
    assert in_words(UNKNOWN_END, TODAY) == "borta tills vidare"
    assert "9999" not in in_words(UNKNOWN_END, TODAY)


def test_the_pages_say_until_further_notice(world: World) -> None:
    case = world.investigation("2026-03-02")
    client = Client()
    client.force_login(world.leader)
    answer = client.post(
        reverse("absence_add"),
        {"user": world.main.pk, "from_on": "2026-03-02", "until_on": "", "reason": "holiday"},
    )
    assert set(answer.context["form"].errors) == {"until_on"}
    client.post(
        reverse("absence_add"),
        {"user": world.main.pk, "from_on": "2026-03-02", "until_on": "", "reason": "illness"},
    )
    row = Absence.objects.get()
    assert row.until_on is None
    for page in (
        reverse("absences"),
        reverse("investigation", args=[case.pk]),
        reverse("home"),
        reverse("workload_person", args=[world.main.pk]),
    ):
        shown = client.get(page).content.decode()
        assert "tills vidare" in shown, page
        assert "9999" not in shown, page
    ended = client.post(reverse("absence_end", args=[row.pk]), {"until_on": "2026-03-10"})
    assert ended.status_code == 302
    row.refresh_from_db()
    assert row.until_on == date(2026, 3, 10)
