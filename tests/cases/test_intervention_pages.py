"""The pages of interventions: goal, follow-ups with their window, the end, the list."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.interventions import services
from cases.interventions.models import Intervention, InterventionFollowUp
from cases.investigations.models import Investigation
from core.models import TrailEntry
from organisation.models import User
from tests.factories import World, moment

TODAY = "2026-03-10 10:00"


@pytest.fixture(autouse=True)
def _on_a_tuesday_in_march() -> Any:
    with time_machine.travel(moment(TODAY), tick=False):
        yield


def as_user(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def granted(world: World, started: str = "2025-10-20", case: Any = None, **kind: str) -> Any:
    """An intervention of `main`'s that started that day."""
    case = case or world.investigation("2025-10-01")
    return services.grant(
        case.pk,
        kind=kind.get("kind", "family_treatment"),
        goal="En trygg vardag.",
        decided_on=date.fromisoformat(started),
        started_on=date.fromisoformat(started),
        responsible=world.main,
        by=world.leader,
        at=moment(started),
    )


def text(response: Any) -> str:
    return response.content.decode()


def url(name: str, row: Any) -> str:
    return reverse(name, args=[row.pk])


def test_leader_grants_an_intervention_from_the_case(world: World) -> None:
    case = world.investigation()
    answer = as_user(world.leader).post(
        url("intervention_grant", case),
        {
            "kind": "contact_family",
            "goal": "Avlastning.",
            "decided_on": "2026-03-10",
            "started_on": "2026-03-16",
            "responsible": world.main.pk,
        },
    )
    assert answer.status_code == 302
    made = Intervention.objects.with_workers(on=date(2026, 3, 10)).get()
    assert made.responsible == world.main
    assert "Contact family" in text(as_user(world.main).get(url("investigation", case)))


def test_grant_without_a_start_is_refused_beside_the_day(world: World) -> None:
    case = world.investigation()
    answer = as_user(world.leader).post(
        url("intervention_grant", case),
        {"kind": "bsft", "goal": "G", "decided_on": "2026-03-10", "responsible": world.main.pk},
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"started_on"}


def test_follow_up_without_measure_is_offered_only_after_the_end(world: World) -> None:
    case = world.investigation()
    page = as_user(world.leader).get(url("intervention_grant", case))
    assert "follow_up" not in dict(page.context["form"].fields["kind"].choices)


@pytest.mark.parametrize(
    ("started", "is_open"), [("2025-11-09", True), ("2025-11-10", True), ("2025-11-11", False)]
)
def test_window_opens_at_four_months(world: World, started: str, is_open: bool) -> None:
    row = granted(world, started)
    page = as_user(world.main).get(url("intervention", row))
    assert page.context["support"].is_open is is_open
    shown = as_user(world.main).get(reverse("intervention_list"), {"due": "open"})
    assert [line.intervention for line in shown.context["lines"]] == ([row] if is_open else [])


def test_follow_up_is_saved_and_the_next_counts_from_it(world: World) -> None:
    row = granted(world)
    client = as_user(world.main)
    answer = client.post(
        url("intervention_followup", row),
        {"followed_up_on": "2026-03-10", "child_took_part": "yes", "note": "Bättre."},
    )
    assert answer.status_code == 302
    page = client.get(url("intervention", row))
    assert "Bättre." in text(page)
    assert page.context["support"].next.due_on == date(2026, 9, 10)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("followed_up_on", "2026-03-11"),
        ("followed_up_on", "2025-10-19"),
        ("child_took_part", ""),
        ("note", ""),
        ("note", "a\x00b"),
    ],
)
def test_bad_follow_up_names_the_field_and_stores_nothing(
    world: World, field: str, value: str
) -> None:
    row = granted(world)
    sent = {"followed_up_on": "2026-03-10", "child_took_part": "no", "note": "Nej."}
    answer = as_user(world.main).post(url("intervention_followup", row), {**sent, field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not InterventionFollowUp.objects.exists()


def test_ended_intervention_cannot_end_again_and_says_why(world: World) -> None:
    row = granted(world)
    client = as_user(world.main)
    end = {"ended_on": "2026-03-10", "reason": "Målet är nått."}
    assert client.post(url("intervention_end", row), end).status_code == 302
    assert client.post(url("intervention_end", row), end).status_code == 409
    assert "The intervention has already ended." in text(client.get(url("intervention", row)))


def test_intervention_of_others_does_not_exist(world: World) -> None:
    row = granted(world)
    names = ["intervention", "intervention_followup", "intervention_end"]
    for person in ["third", "worker2", "reception", "other_head", "stranger"]:
        client = as_user(world.people[person])
        answered = {name: client.get(url(name, row)).status_code for name in names}
        assert answered == dict.fromkeys(names, 404), person


def test_coordinator_reads_but_does_not_follow_up(world: World) -> None:
    row = granted(world)
    client = as_user(world.coordinator)
    assert client.get(url("intervention", row)).status_code == 200
    assert client.get(url("intervention_followup", row)).status_code == 403


def test_intervention_is_logged_as_read(world: World) -> None:
    row = granted(world)
    as_user(world.main).get(url("intervention", row))
    entry = TrailEntry.objects.get(kind="read", actor=world.main)
    assert (entry.action, entry.targets) == ("intervention.read", [row.pk])


def test_list_shows_the_most_urgent_first_and_filters(world: World) -> None:
    late, soon = granted(world, "2025-08-01", old_case(world)), granted(world, "2026-02-01")
    client = as_user(world.main)

    def shown(**query: str) -> list[Any]:
        page = client.get(reverse("intervention_list"), query)
        return [line.intervention for line in page.context["lines"]]

    assert shown() == [late, soon]
    assert shown(due="overdue") == [late]
    assert shown(kind="bsft") == []
    services.end(
        late.pk, ended_on=date(2026, 3, 9), reason="Klart", by=world.main, at=moment("2026-03-09")
    )
    assert shown() == [soon]
    assert shown(status="ended") == [late]


def old_case(world: World) -> Investigation:
    return world.investigation("2025-07-20")


def test_empty_list_says_where_interventions_come_from(world: World) -> None:
    body = text(as_user(world.main).get(reverse("intervention_list")))
    assert "No ongoing interventions" in body


def test_list_and_page_need_the_same_queries_for_1_and_30_rows(world: World) -> None:
    client = as_user(world.main)
    case = world.investigation("2025-10-01")
    row = granted(world, case=case)
    addresses = [reverse("intervention_list"), url("intervention", row), reverse("home")]

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    services.follow_up(
        row.pk,
        followed_up_on=date(2025, 10, 21),
        child_took_part=True,
        note="N",
        by=world.main,
        at=moment(TODAY),
    )
    one = [queries(address) for address in addresses]
    for day in range(1, 30):
        granted(world, case=case)
        services.follow_up(
            row.pk,
            followed_up_on=date(2025, 11, day),
            child_took_part=True,
            note="N",
            by=world.main,
            at=moment(TODAY),
        )
    assert [queries(address) for address in addresses] == one
