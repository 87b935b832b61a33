"""The allocation room as its leader sees it, moves in it, and what others get."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.investigations.models import Investigation
from organisation.enums import AbsenceReason
from organisation.models import Absence, User
from tests.factories import World, moment
from tests.factories.workload import many, use_example
from workload.models import AllocationProposal, AllocationRound, AllocationWish, PlannedPair
from workload.services import allocation

pytestmark = pytest.mark.django_db
NOW = moment("2026-03-18 09:00")
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def wednesday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def waiting(world: World) -> Investigation:
    use_example(world)
    for user in (world.main, world.co):
        user.employments.update(experience="expert")
    return world.investigation("2026-03-16", allocated=False)


@pytest.fixture
def see(client: Client) -> Callable[..., str]:
    def page(user: User, url: str, status: int = 200, **more: Any) -> str:
        client.force_login(user)
        response = client.get(url, headers={"accept-language": "en"} | more)
        assert response.status_code == status
        return response.content.decode()

    return page


def board_url(world: World, group: str = "barn-1") -> str:
    return f"/allocation/groups/{world.groups[group].pk}/"


def form(main: User | None, co: User | None, version: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "main": main.pk if main else "",
        "co": co.pk if co else "",
        "version": version,
        **more,
    }


def test_leader_of_one_group_comes_straight_to_its_board(
    world: World, waiting: Investigation, see: Callable[..., str]
) -> None:
    old = world.investigation("2026-03-04", allocated=False)
    html = see(world.leader, "/allocation/")
    assert html.index("Week 10") < html.index(old.number) < html.index("Week 12")
    assert html.index("Week 12") < html.index(waiting.number)
    assert f"/reports/{waiting.reports.get().pk}/" in html
    assert "Reception Test" in html
    assert "Main Test" in html


def test_unit_head_chooses_among_the_groups(
    world: World, waiting: Investigation, see: Callable[..., str]
) -> None:
    html = see(world.head, "/allocation/")
    assert board_url(world) in html
    assert board_url(world, "barn-2") in html
    assert waiting.number in see(world.head, board_url(world))


@pytest.mark.parametrize(
    ("who", "status"),
    [("leader2", 404), ("main", 404), ("department_head", 404), ("other_head", 404)],
)
def test_board_of_others_is_not_found(
    world: World, waiting: Investigation, see: Callable[..., str], who: str, status: int
) -> None:
    assert waiting.number not in see(getattr(world, who), board_url(world), status)


@pytest.mark.parametrize("who", ["main", "department_head", "coordinator", "stranger"])
def test_room_is_refused_to_those_who_give_out_nothing(
    world: World, see: Callable[..., str], who: str
) -> None:
    see(getattr(world, who), "/allocation/", 403)


def test_move_answers_with_the_card_and_the_workers_it_changes(
    world: World, waiting: Investigation, client: Client
) -> None:
    client.force_login(world.leader)
    url = f"/investigations/{waiting.pk}/pair/"
    opened = client.get(f"{url}?main={world.main.pk}", headers=HTMX).content.decode()
    assert "<html" not in opened
    assert f'<option value="{world.main.pk}" selected ' in opened
    assert "with the case" in opened or "med ärendet" in opened
    saved = client.post(url, form(world.main, world.co), headers=HTMX).content.decode()
    for user in (world.main, world.co):
        assert f'id="worker-{user.pk}"' in saved
    assert f'id="worker-{world.third.pk}"' not in saved
    assert PlannedPair.objects.get().main == world.main
    emptied = client.post(url, form(None, None, version=1), headers=HTMX)
    assert emptied.status_code == 200
    assert f'id="worker-{world.main.pk}"' in emptied.content.decode()
    assert not PlannedPair.objects.exists()


def test_effect_is_shown_before_anything_is_saved(
    world: World, waiting: Investigation, client: Client
) -> None:
    client.force_login(world.leader)
    world.third.employments.update(experience="new")
    url = f"/investigations/{waiting.pk}/effect/?main={world.third.pk}&co={world.main.pk}"
    html = client.get(url, headers={"accept-language": "en"}).content.decode()
    assert "Third Test" in html
    assert "0 % now" in html
    assert not PlannedPair.objects.exists()


def test_conflict_shows_both_and_keeps_what_was_chosen(
    world: World, waiting: Investigation, client: Client
) -> None:
    allocation.plan_pair(
        waiting.pk,
        main_id=world.main.pk,
        co_id=world.co.pk,
        pinned=True,
        version=0,
        by=world.head,
        at=NOW,
    )
    client.force_login(world.leader)
    url = f"/investigations/{waiting.pk}/pair/"
    response = client.post(url, form(world.third, world.co), headers=HTMX)
    html = response.content.decode()
    assert response.status_code == 409
    assert f'<option value="{world.third.pk}" selected ' in html
    assert "Main Test" in html
    assert PlannedPair.objects.get().main == world.main
    again = client.post(url, form(world.third, world.co, version=1), headers=HTMX)
    assert again.status_code == 200
    assert PlannedPair.objects.get().main == world.third


def test_a_board_that_is_old_says_what_has_been_planned_since(
    world: World, waiting: Investigation, client: Client
) -> None:
    """A case dragged on a board opened before another leader planned it."""
    client.force_login(world.leader)
    url = f"/investigations/{waiting.pk}/pair/?main={world.third.pk}&co="
    card = client.get(f"/allocation/groups/{waiting.group_id}/").content.decode()
    assert 'data-version="0"' in card
    assert "conflict-title" not in client.get(url + "&seen=0", headers=HTMX).content.decode()
    allocation.plan_pair(
        waiting.pk,
        main_id=world.main.pk,
        co_id=world.co.pk,
        pinned=False,
        version=0,
        by=world.head,
        at=NOW,
    )
    html = client.get(url + "&seen=0", headers=HTMX).content.decode()
    assert "conflict-title" in html
    assert str(world.head) in html
    assert "Main Test" in html
    assert f'<option value="{world.third.pk}" selected ' in html
    for seen in ("1", ""):
        again = client.get(url + f"&seen={seen}", headers=HTMX).content.decode()
        assert ("conflict-title" in again) is (seen != "1")


def test_plan_taken_away_meanwhile_can_be_saved_again(
    world: World, waiting: Investigation, client: Client
) -> None:
    client.force_login(world.leader)
    url = f"/investigations/{waiting.pk}/pair/"
    refused = client.post(url, form(world.main, world.co, version=3), headers=HTMX)
    assert refused.status_code == 422
    assert 'name="version" value="0"' in refused.content.decode()


def test_absent_worker_stands_in_the_list_but_cannot_be_chosen(
    world: World, waiting: Investigation, client: Client
) -> None:
    Absence.objects.create(
        user=world.third,
        from_on=NOW.date(),
        until_on=NOW.date(),
        reason=AbsenceReason.ILLNESS,
    )
    client.force_login(world.leader)
    url = f"/investigations/{waiting.pk}/pair/"
    html = client.get(url, headers=HTMX).content.decode()
    assert re.search(f'<option value="{world.third.pk}"[^>]* disabled', html)
    response = client.post(url, form(world.main, world.third), headers=HTMX)
    assert response.status_code == 422
    assert not PlannedPair.objects.exists()


def test_ticked_cases_are_given_out_and_the_others_stay(
    world: World, waiting: Investigation, client: Client
) -> None:
    second = world.investigation("2026-03-17", allocated=False)
    for case in (waiting, second):
        allocation.plan_pair(
            case.pk,
            main_id=world.main.pk,
            co_id=world.co.pk,
            pinned=False,
            version=0,
            by=world.leader,
            at=NOW,
        )
    client.force_login(world.leader)
    url = f"{board_url(world)}give/"
    assert client.post(url, {"case": f"{second.pk}:7"}).status_code == 302
    assert Investigation.objects.waiting().count() == 2
    client.post(url, {"case": f"{second.pk}:1"})
    assert Investigation.objects.waiting().get() == waiting
    assert client.post(url, {"case": "x"}).status_code == 400


def test_proposal_is_made_shown_and_accepted_in_part(
    world: World, waiting: Investigation, client: Client
) -> None:
    second = world.investigation("2026-03-17", allocated=False)
    AllocationWish.objects.create(
        investigation=waiting, kind="area", detail="Norr", noted_by=world.leader, noted_at=NOW
    )
    client.force_login(world.leader)
    asked = client.post(f"{board_url(world)}propose/", {"room": "5"})
    proposal = AllocationProposal.objects.get()
    assert asked["location"] == f"/allocation/proposals/{proposal.pk}/"
    html = client.get(asked["location"], headers={"accept-language": "en"}).content.decode()
    assert waiting.number in html
    assert "nobody who can have the case can keep it" in html
    client.post(f"{asked['location']}accept/", {"case": [second.pk]})
    assert Investigation.objects.waiting().get() == waiting
    after = client.get(asked["location"], headers={"accept-language": "en"}).content.decode()
    assert second.number not in after
    assert "have changed since" in after
    client.force_login(world.leader2)
    assert client.get(asked["location"]).status_code == 404
    assert client.post(f"{asked['location']}accept/", {"case": [waiting.pk]}).status_code == 404


def test_large_proposal_waits_for_the_worker_and_polls(
    world: World, waiting: Investigation, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    monkeypatch.setattr("workload.views.proposals.is_quick", lambda _one: False)
    monkeypatch.setattr(
        "workload.views.proposals.send", lambda name, pk: sent.append((name, pk)) or True
    )
    client.force_login(world.leader)
    url = client.post(f"{board_url(world)}propose/", {"room": "0"})["location"]
    [(name, pk)] = sent
    assert f'hx-get="{url}"' in client.get(url).content.decode()
    assert f'hx-get="{url}"' in client.get(url, headers=HTMX).content.decode()
    from workload import tasks

    assert name == tasks.calculate_proposal.name
    tasks.calculate_proposal(pk)
    assert client.get(url, headers=HTMX)["HX-Refresh"] == "true"
    assert waiting.number in client.get(url).content.decode()


def test_week_and_pairs_are_written(world: World, client: Client) -> None:
    use_example(world)
    client.force_login(world.leader)
    url = board_url(world)
    client.post(
        f"{url}week/",
        {
            "week-reception_worker": world.reception.pk,
            "week-notes": "Lugn vecka.",
            "week-version": 0,
        },
    )
    assert AllocationRound.objects.get().reception_worker == world.reception
    late = client.post(f"{url}week/", {"week-notes": "Annat.", "week-version": 0})
    assert late.status_code == 409
    assert "Annat." in late.content.decode()
    assert "Lugn vecka." in late.content.decode()
    made = client.post(f"{url}pairs/", {"one": world.main.pk, "other": world.co.pk})
    assert made.status_code == 302
    assert "Main Test" in client.get(f"{url}pairs/").content.decode()
    assert f'data-pair="{world.main.pk} {world.co.pk}"' in client.get(url).content.decode()


def test_wishes_are_noted_by_the_reception(
    world: World, waiting: Investigation, client: Client
) -> None:
    client.force_login(world.reception)
    url = f"/investigations/{waiting.pk}/wishes/"
    assert client.post(url, {"kind": "language", "detail": ""}).status_code == 422
    client.post(url, {"kind": "competence", "competence": "savry", "required": "on"})
    wish = AllocationWish.objects.get()
    assert (wish.detail, wish.required) == ("savry", True)
    assert "SAVRY" in client.get(url).content.decode()
    client.post(f"/allocation/wishes/{wish.pk}/withdraw/")
    assert not AllocationWish.objects.exists()


# Size


def crowd(world: World, cases: int) -> None:
    for _ in range(cases):
        case = world.investigation("2026-03-16", allocated=False)
        AllocationWish.objects.create(
            investigation=case,
            kind="language",
            detail="arabiska",
            noted_by=world.leader,
            noted_at=NOW,
        )
        allocation.plan_pair(
            case.pk,
            main_id=world.main.pk,
            co_id=world.co.pk,
            pinned=False,
            version=0,
            by=world.leader,
            at=NOW,
        )


def test_board_asks_the_same_number_of_questions_for_any_size(world: World, client: Client) -> None:
    use_example(world)
    client.force_login(world.leader)
    counts = []
    for cases, workers in ((1, 2), (9, 30)):
        crowd(world, cases)
        for user in many(world, workers=workers, cases=workers * 2, on=NOW.date()):
            user.username = f"w{workers}-{user.pk}"
            user.save()
        for case in Investigation.objects.filter(number__startswith="MANY"):
            case.number = f"W{workers}-{case.number}"
            case.save()
        client.get(board_url(world))
        with CaptureQueriesContext(connection) as asked:
            client.get(board_url(world))
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] < 60
