"""Putting things right on the page, through the API, and in what a party is given."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases.disclosure import services as disclosures
from cases.disclosure.models import Disclosure, DisclosurePiece
from cases.enums import DisclosureStatus, InvestigationStatus, ReportStatus
from cases.investigations.models import Investigation
from cases.reports import services as reports
from cases.reports.forms.correcting import CorrectReportForm
from cases.reports.models import Report
from cases.reports.services import ChildInput, ReporterInput
from tests.cases.test_corrections import WHY, conclude, correct, open_with_everything, written
from tests.factories import World, moment

NOW = moment("2026-03-20 10:00")


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_(client: Client) -> Any:
    def sign_in(user: Any) -> Client:
        client.force_login(user)
        return client

    return sign_in


def send(client: Client, name: str, report: Report, *, htmx: bool = True, **fields: Any) -> Any:
    prefix = name.removeprefix("report_")
    data = {f"{prefix}-{field}": value for field, value in fields.items()}
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(reverse(name, args=[report.pk]), data, headers=headers)


def page(client: Client, report: Report, status: int = 200) -> str:
    answer = client.get(reverse("report", args=[report.pk]))
    assert answer.status_code == status
    return answer.content.decode()


def standing(report: Report, **changes: Any) -> dict[str, Any]:
    """The correction form as it stands, with changes."""
    fields = CorrectReportForm.standing(report) | changes
    fields["received_at"] = fields["received_at"].strftime("%Y-%m-%dT%H:%M")
    if not fields["reporter_wants_feedback"]:
        del fields["reporter_wants_feedback"]
    return fields


def test_the_form_corrects_and_the_page_shows_old_and_new(world: World, as_: Any) -> None:
    report = world.report("2026-03-19 09:00", concern="Oro för Alva.")
    fields = standing(report, concern="Oro för Elsa.")
    refused = send(as_(world.reception), "report_correct", report, **fields)
    assert refused.status_code == 422
    assert "Oro för Elsa." in refused.content.decode()
    done = send(as_(world.reception), "report_correct", report, reason=WHY, **fields)
    assert done.status_code == 200
    html = page(as_(world.reception), report)
    for words in ("Oro för Alva.", "Oro för Elsa.", WHY, "Rättat"):
        assert words in html
    report.refresh_from_db()
    assert (report.concern, report.received_at) == ("Oro för Elsa.", moment("2026-03-19 09:00"))
    stale = send(as_(world.reception), "report_correct", report, reason=WHY, **fields)
    assert stale.status_code == 409


def test_who_reported_is_hidden_in_the_history_from_those_who_do_not_work_on_it(
    world: World, as_: Any
) -> None:
    report = world.report(
        "2026-03-19 09:00", reporter=ReporterInput(category="private", name="Nyfiken Granne")
    )
    correct(report, world.head, "2026-03-19 10:00", reporter_name="Annan Person")
    assert "Nyfiken Granne" in page(as_(world.reception), report)
    html = page(as_(world.coordinator), report)
    assert "Nyfiken Granne" not in html
    assert "Annan Person" not in html


def test_a_withdrawn_report_is_read_and_put_back_by_those_who_decide(
    world: World, as_: Any
) -> None:
    report = world.report("2026-03-19 09:00")
    client = as_(world.leader)
    done = send(client, "report_withdraw", report, reason="Dubblett.", version=report.version)
    assert done.status_code == 200
    html = page(client, report)
    assert "Dubblett." in html
    assert reverse("report_decide", args=[report.pk]) not in html
    assert report.number not in client.get(reverse("report_list")).content.decode()
    page(as_(world.reception), report, status=404)
    send(as_(world.leader), "report_undo", report, reason="Ändå ny.")
    report.refresh_from_db()
    assert report.status == ReportStatus.RECEIVED
    page(as_(world.reception), report)


def test_a_reversed_decision_is_shown_beside_the_new_one(world: World, as_: Any) -> None:
    report = world.report("2026-03-10 09:00")
    report = world.decide(report, "2026-03-12", "do_not_open")
    assert send(as_(world.reception), "report_reverse", report, reason=WHY).status_code == 403
    assert send(as_(world.head), "report_reverse", report, reason=WHY).status_code == 200
    html = page(as_(world.reception), report)
    assert "Upphävt" in html
    assert "24 mars" in html  # its original last day
    world.decide(report, "2026-03-20")
    html = page(as_(world.head), report)
    assert html.count("Upphävt") >= 1
    assert "Inled utredning" in html


def test_a_moved_report_leaves_the_mover_who_may_not_read_it(world: World, as_: Any) -> None:
    report = world.report("2026-03-19 09:00")
    fields = {"unit": world.other_unit.pk, "reason": WHY}
    done = send(as_(world.leader), "report_move", report, htmx=False, **fields)
    assert done.status_code == 302
    assert done["Location"] == reverse("report_list")
    page(as_(world.leader), report, status=404)
    page(as_(world.other_reception), report)
    empty = send(as_(world.other_head), "report_move", report, reason=WHY)
    assert empty.status_code == 422


def test_the_end_is_reversed_and_stands_again_on_the_page(world: World, as_: Any) -> None:
    _report, investigation = open_with_everything(world)
    written(world, investigation, "2026-03-10")
    conclude(investigation, world.leader, "2026-03-11")
    reverse_url = reverse("investigation_reverse", args=[investigation.pk])
    again_url = reverse("investigation_again", args=[investigation.pk])
    assert as_(world.main).post(reverse_url, {"reason": WHY}).status_code == 403
    client = as_(world.leader)
    address = reverse("investigation", args=[investigation.pk])
    assert reverse_url in client.get(address).content.decode()
    assert client.post(reverse_url, {"reason": ""}).status_code == 422
    assert client.post(reverse_url, {"reason": WHY}).status_code == 302
    html = client.get(address).content.decode()
    assert WHY in html
    assert "Klart." in html
    assert client.post(again_url, {"reason": "Rätt ändå."}).status_code == 302
    investigation.refresh_from_db()
    assert investigation.status == InvestigationStatus.CONCLUDED


# Through the API


def test_the_api_corrects_withdraws_moves_reverses_and_takes_back(world: World, as_: Any) -> None:
    report = world.report("2026-03-16 09:00")
    client = as_(world.head)

    def post(act: str, status: int = 200, **body: Any) -> Any:
        answer = client.post(
            f"/api/v1/reports/{report.pk}/{act}/", body, content_type="application/json"
        )
        assert answer.status_code == status, answer.content
        return answer.json()

    told = post("correction", received_at="2026-03-13T09:00:00+01:00", reason=WHY)
    assert told["received_on"] == "2026-03-13"
    due = {one["kind"]: one["due_on"] for one in told["deadlines"]}
    assert due["opening_decision"] == "2026-03-27"
    assert [one["act"] for one in told["corrections"]] == ["corrected"]
    assert told["corrections"][0]["reason"] == WHY
    assert "reason" in post("correction", 400, channel="letter")["errors"]
    assert post("withdrawal", reason=WHY)["status"] == "withdrawn"
    assert post("undo", reason=WHY)["status"] == "received"
    moved = post("move", child={"first_name": "Nils", "last_name": "Ek"}, reason=WHY)
    assert moved["child"]["first_name"] == "Nils"
    assert post("undo", reason=WHY)["child"]["id"] == report.child_id
    post("move", 400, unit="FINNS-EJ", reason=WHY)
    post("reversal", 409, reason=WHY)
    post("decision", decided_on="2026-03-20", outcome="do_not_open", rationale="Skäl.")
    told = post("reversal", reason=WHY)
    assert told["decision"] is None
    assert [one["outcome"] for one in told["reversed_decisions"]] == ["do_not_open"]
    assert post("undo", reason=WHY)["decision"]["outcome"] == "do_not_open"
    post("undo", 409, reason=WHY)


def test_the_api_refuses_those_who_may_not(world: World, as_: Any) -> None:
    report = world.report("2026-03-16 09:00")
    for act in ("withdrawal", "move", "reversal", "undo"):
        answer = as_(world.reception).post(
            f"/api/v1/reports/{report.pk}/{act}/", {"reason": WHY}, content_type="application/json"
        )
        assert answer.status_code == 403, act
    for act in ("correction", "withdrawal", "undo"):
        answer = as_(world.other_head).post(
            f"/api/v1/reports/{report.pk}/{act}/", {"reason": WHY}, content_type="application/json"
        )
        assert answer.status_code == 404, act


def test_the_api_reverses_an_end_and_lets_it_stand_again(world: World, as_: Any) -> None:
    _report, investigation = open_with_everything(world)
    written(world, investigation, "2026-03-10")
    conclude(investigation, world.leader, "2026-03-11")
    address = f"/api/v1/investigations/{investigation.pk}"
    body = {"reason": WHY}
    kind = "application/json"
    assert as_(world.main).post(f"{address}/reversal/", body, content_type=kind).status_code == 403
    told = as_(world.leader).post(f"{address}/reversal/", body, content_type=kind).json()
    assert (told["status"], told["due_on"], told["late"]) == ("to_read", "2026-07-03", None)
    assert {one["username"] for one in told["handlers"]} == {"main", "co"}
    told = as_(world.leader).post(f"{address}/undo/", body, content_type=kind).json()
    assert told["status"] == "concluded"
    assert [one["act"] for one in told["corrections"]] == ["undone", "reversed"]


# What a party is given


def copy_of(world: World, *matters: int) -> str:
    report = Report.objects.get(pk=matters[0])
    made = disclosures.prepare(
        report.child_id,
        matter_ids=list(matters),
        relation="child",
        right=disclosures.RightInput("of_age", "whole", "Prövat i samtal."),
        requested_on=NOW.date(),
        by=world.head,
        at=NOW,
    )
    return "\n".join(DisclosurePiece.objects.filter(disclosure=made).values_list("text", flat=True))


def test_the_copy_says_what_was_corrected_and_hides_who_reported(world: World) -> None:
    child = ChildInput(personal_identity_number="20080314-2389", first_name="Alva", last_name="Ek")
    report = world.report(
        "2026-03-10 09:00",
        children=[child],
        reporter=ReporterInput(category="private", name="Nyfiken Granne"),
        concern="Bor i Solna.",
    )
    correct(
        report,
        world.head,
        "2026-03-10 10:00",
        concern="Bor i Tuna.",
        reporter_name="Annan Person",
    )
    report = world.decide(report, "2026-03-12", "do_not_open")
    reports.reverse_decision(report.pk, reason="Fel barn.", by=world.head, at=moment("2026-03-13"))
    text = copy_of(world, report.pk)
    for words in ("Bor i Solna. → Bor i Tuna.", WHY, "Fel barn."):
        assert words in text
    for words in ("Nyfiken Granne → ", "→ Annan Person"):
        assert words not in text


def test_copies_not_handed_over_end_when_a_matter_in_them_is_moved(world: World) -> None:
    child = ChildInput(personal_identity_number="20080314-2389", first_name="Alva", last_name="Ek")
    report = world.report("2026-03-10 09:00", children=[child])
    copy_of(world, report.pk)
    reports.move_report(
        report.pk,
        child=ChildInput(first_name="Rätt", last_name="Barn", birth_date=date(2008, 1, 1)),
        reason=WHY,
        by=world.head,
        at=NOW,
    )
    (made,) = Disclosure.objects.all()
    assert made.status == DisclosureStatus.WITHDRAWN
    assert Investigation.objects.count() == 0


def test_the_school_of_a_protected_child_is_hidden_in_history_and_form(
    world: World, as_: Any
) -> None:
    child = ChildInput(
        first_name="Alva", last_name="Ek", protected_identity="protected_registration"
    )
    report = world.report(
        "2026-03-10 09:00",
        children=[child],
        reporter=ReporterInput(category="school", organisation="Lillskolan"),
    )
    correct(report, world.head, "2026-03-10 10:00", reporter_organisation="Storskolan")
    assert "Lillskolan" in page(as_(world.reception), report)
    html = page(as_(world.leader2), report)  # deputises, and does not work with the child
    assert "Lillskolan" not in html
    assert "Storskolan" not in html
    told = as_(world.leader2).get(f"/api/v1/reports/{report.pk}/").json()
    assert "Lillskolan" not in str(told["corrections"])
    assert "Storskolan" not in str(told)
    fields = standing(report, channel="letter", reason=WHY)
    fields["version"] = Report.objects.get(pk=report.pk).version
    fields["reporter_organisation"] = "Annan skola"
    assert send(as_(world.leader2), "report_correct", report, **fields).status_code == 200
    report.refresh_from_db()
    assert (report.channel, report.reporter_organisation) == ("letter", "Storskolan")
