"""What somebody tries who has an account, or none, and wants more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from cases.investigations import services as investigations
from cases.journal import services as notes
from cases.journal.models import Note
from cases.reports.models import Report
from organisation import tokens
from tests.cases.api.conftest import NOW, Caller, report_body
from tests.factories import World

PASSWORD = "ett-mycket-langt-losenord"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def caller(world: World, name: str) -> Caller:
    return Caller(tokens.issue(world.people[name], days=1, by=None, at=NOW))


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "\thttps://evil.example",
        "http://testserver@evil.example/",
    ],
)
def test_the_way_in_leads_nowhere_else(world: World, target: str) -> None:
    world.main.set_password(PASSWORD)
    world.main.save()
    client = Client()
    answer = client.post(
        "/accounts/login/", {"login": "main", "password": PASSWORD, "next": target}
    )
    assert "evil" not in answer.headers.get("Location", "")
    assert "javascript" not in answer.headers.get("Location", "")
    for address in ("/i18n/setlang/", "/accounts/logout/"):
        answer = client.post(address, {"language": "en", "next": target})
        assert "evil" not in answer.headers.get("Location", "")
        assert "javascript" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver:80@evil"])
def test_another_name_of_the_server_is_not_answered_to(world: World, host: str) -> None:
    """Links in mails and in the API are made from the name that was asked for."""
    client = signed_in(world, "main")
    assert client.get("/", headers={"host": host}).status_code == 400
    assert client.get("/api/v1/reports/", headers={"host": host}).status_code == 400
    answer = client.get("/api/v1/reports/", headers={"x-forwarded-host": "evil.example"})
    assert answer.status_code == 200
    assert "evil" not in answer.content.decode()


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_a_method_is_what_the_request_says(world: World, header: str) -> None:
    report = world.report(by=world.reception, received="2026-03-09 09:00")
    client = signed_in(world, "head")
    for url in (f"/reports/{report.pk}/adopt/", "/notices/read/"):
        assert client.get(url, headers={header: "POST"}).status_code in (302, 405)
        assert client.get(f"{url}?_method=POST").status_code in (302, 405)
    api = f"/api/v1/reports/{report.pk}/decision/"
    assert client.get(api, headers={header: "POST"}).status_code == 405
    report.refresh_from_db()
    assert not report.is_decided


def test_a_session_is_a_new_one_after_signing_in(world: World) -> None:
    """A cookie planted before (session fixation) is worth nothing after."""
    world.main.set_password(PASSWORD)
    world.main.save()
    client = Client()
    planted = client.session
    planted["x"] = 1
    planted.save()
    client.cookies["sessionid"] = planted.session_key
    client.post("/accounts/login/", {"login": "main", "password": PASSWORD})
    assert client.cookies["sessionid"].value != planted.session_key
    thief = Client()
    thief.cookies["sessionid"] = planted.session_key
    assert thief.get("/reports/").status_code == 302


def test_the_key_of_another_sender_finds_nothing(world: World) -> None:
    """An idempotency key is its sender's own, also within the unit."""
    body = report_body(idempotency_key="hemlig-nyckel")
    first = caller(world, "reception").post("reports/", body)
    assert first.status_code == 201
    other = caller(world, "main").post("reports/", body)
    assert other.status_code == 201
    assert other.json()["id"] != first.json()["id"]
    foreign = caller(world, "other_reception").post("reports/", {**body, "unit": "EV-BOU"})
    assert foreign.status_code == 201
    assert foreign.json()["siblings"] == []


@pytest.mark.parametrize("field", ["linked_to", "child.id"])
def test_a_report_cannot_be_tied_to_what_others_have(world: World, field: str) -> None:
    """And the refusal is the same for what exists and what does not."""
    theirs = world.report(received="2026-03-09 09:00")
    answers = []
    for pk in (theirs.child_id if field == "child.id" else theirs.pk, 987_654_321):
        body = report_body(unit="EV-BOU")
        if field == "linked_to":
            body["linked_to"] = pk
        else:
            body["child"] = {"id": pk}
        answer = caller(world, "other_reception").post("reports/", body)
        answers.append((answer.status_code, answer.json()))
    assert answers[0] == answers[1]
    assert answers[0][0] == 400


def test_an_investigation_is_not_given_to_workers_of_another_unit(world: World) -> None:
    case = world.investigation("2026-03-02", allocated=False)
    answers = []
    for name in ("other_worker", "nobody-at-all"):
        answer = caller(world, "leader").post(
            f"investigations/{case.pk}/handlers/",
            {"main": name, "co": "co", "from": "2026-03-10"},
        )
        answers.append((answer.status_code, answer.json()))
    assert answers[0] == answers[1]
    assert answers[0][0] == 400


def test_ids_nested_in_a_form_are_held_to_the_matter(world: World) -> None:
    """A guardian of one case named in a form of another, which its sender may work on."""
    mine, theirs = world.investigation("2026-03-02"), world.investigation("2026-03-03")
    guardian = investigations.add_guardian(
        theirs.pk,
        relation="mother",
        first_name="Mor",
        last_name="Testsson",
        has_custody=True,
        contact="",
        interpreter_language="",
        by=world.main,
        at=NOW,
    )
    answer = signed_in(world, "main").post(
        f"/investigations/{mine.pk}/participation/",
        {"guardian": guardian.pk, "took_part": "on", "on": "2026-03-10", "how": "Möte"},
    )
    assert answer.status_code in (404, 422)
    assert not guardian.participations.exists()


def test_a_note_of_another_case_is_not_reached_by_its_number(world: World) -> None:
    case = world.investigation("2026-03-02")
    note = notes.write_note(
        case.pk,
        kind="child_conversation",
        happened_at=NOW - timedelta(hours=1),
        text="Hemligt.",
        child_spoken_with=True,
        child_alone=True,
        by=world.main,
        at=NOW,
    )
    for name in ("other_worker", "worker2", "sysadmin"):
        client = signed_in(world, name)
        for page in ("notes/{}/change", "texts/note/{}/versions"):
            answer = client.get(f"/{page.format(note.pk)}/", headers={"hx-request": "true"})
            assert answer.status_code == 404, (name, page)
            assert "Hemligt" not in answer.content.decode()
    assert Note.objects.get(pk=note.pk).text == "Hemligt."


@pytest.mark.parametrize(
    "sort", ["child__address", "reporter_name", "-child__pk", "id;--", "x" * 999]
)
def test_a_list_is_sorted_by_what_it_offers_only(world: World, sort: str) -> None:
    """Sorting by a hidden column tells its order."""
    for index in range(3):
        report = world.report("2026-03-09 09:00")
        report.child.address = f"gatan {9 - index}"
        report.child.save()
    client = signed_in(world, "head")
    plain = client.get("/reports/").content
    asked = client.get("/reports/", {"sort": sort})
    assert asked.status_code in (200, 400)

    def order(page: bytes) -> list[int]:
        numbers = Report.objects.values_list("number", flat=True)
        return [place for number in sorted(numbers) if (place := page.find(number.encode())) > 0]

    if asked.status_code == 200:
        ranks = [sorted(order(page)).index(at) for page in (plain,) for at in order(page)]
        other = [sorted(order(page)).index(at) for page in (asked.content,) for at in order(page)]
        assert ranks == other


def test_a_fragment_is_no_way_round_the_door(world: World) -> None:
    """What htmx fetches asks for the same rights as the page it belongs to."""
    report = world.report(received="2026-03-09 09:00")
    fragment = {"hx-request": "true", "hx-target": "list", "hx-boosted": "true"}
    for name in ("other_head", "sysadmin", "stranger"):
        client = signed_in(world, name)
        for url in ("/reports/", "/deadlines/", "/search/", f"/reports/{report.pk}/"):
            answer = client.get(url, headers=fragment)
            assert report.number not in answer.content.decode(), (name, url)
    assert Client().get("/reports/", headers=fragment).status_code in (302, 401)


def test_a_body_too_large_is_refused_before_it_is_read_through(world: World, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    client = signed_in(world, "head")
    answer = client.post(
        "/search/", "q=" + "x" * 2000, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400
    assert caller(world, "head").post("reports/", {"concern": "x" * 2000}).status_code == 413
    many = "&".join(f"f{index}=1" for index in range(1001))
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10**6
    answer = client.post("/search/", many, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
