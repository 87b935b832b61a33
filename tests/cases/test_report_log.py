"""Logging a report through its page: what is asked, what is refused, what is made."""

import json
import uuid
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases.drafts.models import Draft
from cases.reports.models import Report
from cases.reports.services import ChildInput
from core.models import TrailEntry
from tests.factories import World, moment

NOW = moment("2026-03-02 10:15")


@pytest.fixture(autouse=True)
def _now(settings):
    settings.LANGUAGE_CODE = "en"
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reception(world: World, client: Client) -> Client:
    client.force_login(world.reception)
    return client


def posted(*children: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A whole form, with rows for the children given."""
    data: dict[str, Any] = {
        "received_at": "2026-03-02T09:00",
        "reporter_category": "school",
        "channel": "phone",
        "kind": "report",
        "is_crime_report": "no",
        "reasons": ["neglect"],
        "concern": "Oro för barnet.",
        "idempotency_key": str(uuid.uuid4()),
        "children-TOTAL_FORMS": len(children) or 1,
        "children-INITIAL_FORMS": 0,
    }
    for index, child in enumerate(children or ({"first_name": "Alva", "last_name": "Ek"},)):
        for name, value in child.items():
            data[f"children-{index}-{name}"] = value
    data.update(fields)
    return {name: value for name, value in data.items() if value is not None}


def log(client: Client, *children: dict[str, Any], **fields: Any) -> Any:
    return client.post(reverse("report_log"), posted(*children, **fields))


def test_the_form_has_the_time_and_no_answer_beforehand(reception: Client) -> None:
    page = reception.get(reverse("report_log"))
    html = page.content.decode().split("<main")[1].split("</main>")[0]
    assert 'value="2026-03-02T10:15"' in html
    assert " checked" not in html
    assert 'name="unit"' not in html


def test_only_of_a_crime_report_is_asked_whether_the_child_is_suspected(reception: Client) -> None:
    refused = log(reception, is_crime_report="yes")
    assert "Say whether the child is suspected of the crime." in refused.content.decode()
    assert not Report.objects.exists()
    log(reception, is_crime_report="yes", child_suspected="yes")
    log(reception)
    assert list(Report.objects.order_by("pk").values_list("child_suspected", flat=True)) == [
        True,
        False,
    ]


def test_two_siblings_become_two_linked_matters(reception: Client, world: World) -> None:
    answer = log(
        reception,
        {"personal_identity_number": "20140312-2383", "first_name": "Alva", "last_name": "Ek"},
        {"first_name": "Nils", "last_name": "Ek", "birth_date": "2017-05-04", "gender": "boy"},
        reporter_wants_feedback="on",
    )
    first, second = Report.objects.with_workers(on=NOW.date()).order_by("pk")
    assert answer.url == reverse("report", args=[first.pk])
    assert second.linked_to == first
    assert (first.child.gender, second.child.gender) == ("girl", "boy")
    assert first.handler == world.reception
    assert first.wants_feedback


def test_unborn_and_unknown_children_can_be_logged(reception: Client) -> None:
    log(
        reception,
        {"about": "unborn", "expected_on": "2026-06-01", "last_name": "Ek"},
        {"about": "unknown"},
    )
    unborn, unknown = Report.objects.order_by("pk")
    assert unborn.child.expected_on.isoformat() == "2026-06-01"
    assert (unknown.child.first_name, unknown.child.birth_date) == ("", None)


@pytest.mark.parametrize(
    ("child", "fields", "message"),
    [
        ({"personal_identity_number": "20140312-2388"}, {}, "check digit"),
        ({"personal_identity_number": "2014"}, {}, "YYYYMMDD-NNNN"),
        ({"last_name": "Ek"}, {}, "unknown"),
        ({"first_name": "A", "birth_date": "2026-03-03"}, {}, "future"),
        ({"first_name": "A\x00"}, {}, "null"),
        ({}, {"received_at": "2026-03-02T10:16"}, "future"),
        ({}, {"received_at": ""}, "required"),
        ({}, {"reporter_category": None}, "required"),
        ({}, {"kind": None}, "required"),
        ({}, {"is_crime_report": None}, "required"),
        ({}, {"reasons": []}, "required"),
        ({}, {"reasons": ["okänd"]}, "okänd"),
        ({}, {"concern": "x" * 200_000}, "50000"),
        ({}, {"reporter_category": "private", "reporter_wants_feedback": "on"}, "19:6"),
        ({}, {"reporter_category": "anonymous", "reporter_name": "Bo"}, "anonymous"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(
    reception: Client, child: dict[str, Any], fields: dict[str, Any], message: str
) -> None:
    answer = log(reception, child or {"first_name": "Alva"}, **fields)
    assert answer.status_code == 422
    problems = [
        str(error)
        for form in (answer.context["form"], *answer.context["rows"])
        for errors in form.errors.values()
        for error in errors
    ]
    assert any(message.lower() in problem.lower() for problem in problems), problems
    assert not Report.objects.exists()


def test_a_refused_form_keeps_what_was_typed(reception: Client) -> None:
    answer = log(
        reception,
        {"first_name": "Alva", "last_name": "Ek"},
        {"personal_identity_number": "20140312-2388", "first_name": "Nils"},
        concern="En lång berättelse <b>om</b> barnet",
    )
    html = answer.content.decode()
    assert "En lång berättelse &lt;b&gt;om&lt;/b&gt; barnet" in html
    assert 'value="20140312-2388"' in html
    assert 'value="Nils"' in html


def test_the_same_form_sent_twice_makes_one(reception: Client) -> None:
    key = str(uuid.uuid4())
    first = log(reception, idempotency_key=key)
    second = log(reception, idempotency_key=key)
    assert first.url == second.url
    assert Report.objects.count() == 1


def test_the_same_form_with_other_words_asks_before_it_makes_another(reception: Client) -> None:
    key = str(uuid.uuid4())
    log(reception, idempotency_key=key)
    answer = log(reception, idempotency_key=key, concern="Något helt annat.")
    assert answer.status_code == 422
    assert "Något helt annat." in answer.content.decode()
    assert Report.objects.count() == 1
    assert key not in answer.content.decode()


def test_a_known_child_is_used_again(reception: Client, world: World) -> None:
    known = world.report(children=[ChildInput(first_name="Alva", last_name="Ek")]).child
    log(reception, {"child_id": known.pk, "first_name": "Alva", "last_name": "Ek"})
    assert list(Report.objects.values_list("child", flat=True)) == [known.pk, known.pk]


def test_a_chosen_child_and_anothers_number_are_refused(reception: Client, world: World) -> None:
    known = world.report(children=[ChildInput(personal_identity_number="20140312-2383")]).child
    answer = log(reception, {"child_id": known.pk, "personal_identity_number": "20170504-2396"})
    assert answer.status_code == 422
    assert "personal_identity_number" in answer.context["rows"][0].errors
    assert Report.objects.count() == 1


def test_a_child_of_another_unit_cannot_be_chosen(reception: Client, world: World) -> None:
    theirs = world.report(by=world.other_reception, unit=world.other_unit).child
    answer = log(reception, {"child_id": theirs.pk})
    assert answer.status_code == 422
    assert Report.objects.count() == 1


def test_who_may_not_log_is_refused(world: World, client: Client) -> None:
    client.force_login(world.department_head)
    assert client.get(reverse("report_log")).status_code == 403


# Looking up a child


def look_up(client: Client, **typed: str) -> Any:
    return client.post(
        reverse("child_lookup"),
        {"row": "children-0", **{f"children-0-{name}": text for name, text in typed.items()}},
    )


def test_a_number_shows_what_the_unit_knows(reception: Client, world: World) -> None:
    child = ChildInput(
        personal_identity_number="20140312-2383",
        first_name="Alva",
        last_name="Ek",
        protected_identity="secrecy_marking",
    )
    opened = world.decide(world.report("2026-02-20 09:00", children=[child]), "2026-02-23")
    world.report("2026-02-25 09:00", children=[child])
    html = look_up(reception, personal_identity_number="201403122383").content.decode()
    assert opened.investigation.number in html
    assert "2 earlier" in html
    assert "25 Feb" in html
    assert "Protected identity" in html
    assert "Secrecy marking" not in html
    assert TrailEntry.objects.get(action="child.looked_up").targets == [opened.child_id]


def test_a_name_shows_the_handlers_of_the_open_investigation(
    reception: Client, world: World
) -> None:
    child = world.investigation("2026-02-20").child
    html = look_up(
        reception, first_name=child.first_name[:4], last_name=child.last_name
    ).content.decode()
    assert "Main Test, Co Test" in html


def test_another_unit_is_not_looked_in(reception: Client, world: World) -> None:
    child = ChildInput(personal_identity_number="20140312-2383", first_name="Alva")
    world.report(by=world.other_reception, unit=world.other_unit, children=[child])
    html = look_up(reception, personal_identity_number="20140312-2383").content.decode()
    assert "Alva" not in html
    assert not TrailEntry.objects.filter(action="child.looked_up").exists()


def test_one_name_alone_is_too_little(reception: Client, world: World) -> None:
    world.report(children=[ChildInput(first_name="Alva", last_name="Ek")])
    assert "Alva" not in look_up(reception, last_name="Ek").content.decode()


def test_a_wrong_check_digit_is_said_while_typing(reception: Client) -> None:
    html = look_up(reception, personal_identity_number="20140312-2388").content.decode()
    assert "check digit" in html


def test_looking_up_needs_the_right_to(world: World, client: Client) -> None:
    client.force_login(world.coordinator)
    assert look_up(client, personal_identity_number="20140312-2383").status_code == 403


def test_looking_up_costs_the_same_for_one_and_for_many(
    reception: Client, world: World, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            look_up(reception, first_name="Alva", last_name="Ek")
        return len(queries)

    world.report(children=[ChildInput(first_name="Alva", last_name="Ek")])
    look_up(reception, first_name="Alva", last_name="Ek")
    one = cost()
    for _index in range(5):
        world.report(children=[ChildInput(first_name="Alva", last_name="Ek")])
    # With so many of the name itself, none of nearly that name is asked for.
    assert cost() == one - 1


# Drafts


def test_a_draft_is_kept_read_and_thrown_away(reception: Client, world: World) -> None:
    url = reverse("draft")
    assert reception.get(url, {"key": "report-new"}).status_code == 204
    data = {"concern": ["Halv text"], "children-TOTAL_FORMS": ["2"]}
    kept = reception.post(url, {"key": "report-new", "data": json.dumps(data)})
    assert kept.status_code == 204
    assert reception.get(url, {"key": "report-new"}).json()["data"] == data
    reception.post(url, {"key": "report-new", "data": ""})
    assert not Draft.objects.exists()


def test_a_draft_is_its_writers_alone(reception: Client, world: World, client: Client) -> None:
    url = reverse("draft")
    reception.post(url, {"key": "report-new", "data": '{"concern": ["Mitt"]}'})
    client.force_login(world.head)
    assert client.get(url, {"key": "report-new"}).status_code == 204
    client.delete(f"{url}?key=report-new")
    assert Draft.objects.count() == 1


@pytest.mark.parametrize("data", ["[1]", "inte json", '"text"', "[" * 100_000])
def test_what_is_not_a_draft_is_refused(reception: Client, data: str) -> None:
    answer = reception.post(reverse("draft"), {"key": "report-new", "data": data})
    assert answer.status_code == 400
    assert not Draft.objects.exists()


def test_the_draft_goes_when_the_report_is_logged(reception: Client) -> None:
    reception.post(reverse("draft"), {"key": "report-new", "data": '{"concern": ["x"]}'})
    log(reception, draft="report-new")
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (r'{"concern": ["hej \ud83d du"]}', {"concern": ["hej  du"]}),
        (r'{"concern": ["a\u0000b"], "\udc00x": ["1"]}', {"concern": ["ab"], "x": ["1"]}),
        (r'{"concern": ["\ud83d\ude00"]}', {"concern": ["\U0001f600"]}),
    ],
)
def test_half_a_sign_in_a_draft_is_taken_out_and_later_saves_go_on(
    reception: Client, data: str, kept: dict[str, list[str]]
) -> None:
    url = reverse("draft")
    assert reception.post(url, {"key": "note-1", "data": data}).status_code == 204
    assert reception.get(url, {"key": "note-1"}).json()["data"] == kept
    assert reception.post(url, {"key": "note-1", "data": '{"concern": ["mer"]}'}).status_code == 204


@pytest.mark.parametrize(
    "data", ['{"a": NaN}', '{"a": 1e999}', '{"a": ' + "[" * 900 + "]" * 900 + "}"]
)
def test_what_the_database_cannot_keep_is_a_400(reception: Client, data: str) -> None:
    answer = reception.post(reverse("draft"), {"key": "note-1", "data": data})
    assert answer.status_code in (204, 400)
    assert ("NaN" in data or "999" in data) <= (answer.status_code == 400)


def test_the_name_of_a_draft_is_never_a_500(reception: Client) -> None:
    for key in ("", "a\x00b", "k" * 121):
        assert reception.post(reverse("draft"), {"key": key, "data": "{}"}).status_code == 400
        assert reception.get(reverse("draft"), {"key": key}).status_code == 204
    given = {"key": "k", "data": "{}", "tab": "Ö~"}
    assert reception.post(reverse("draft"), given).status_code == 400


def keep(client: Client, key: str, text: str, **more: str) -> Any:
    given = {"key": key, "data": json.dumps({"text": [text]}), **more}
    return client.post(reverse("draft"), given).headers


def test_two_tabs_with_one_form_keep_a_draft_each(reception: Client, world: World) -> None:
    one = keep(reception, "note-1", "ett", seen="", tab="a")
    two = keep(reception, "note-1", "två", seen="", tab="b")
    assert (one["X-Draft-Key"], two["X-Draft-Key"]) == ("note-1", "note-1~b")
    # Each goes on with its own.
    assert (
        keep(reception, "note-1", "ett!", seen=one["X-Draft-Mark"], tab="a")["X-Draft-Key"]
        == "note-1"
    )
    keep(reception, "note-1~b", "två!", seen=two["X-Draft-Mark"], tab="b")
    texts = {row.key: row.data["text"] for row in Draft.objects.all()}
    assert texts == {"note-1": ["ett!"], "note-1~b": ["två!"]}
    # Opened again, the form shows the latest.
    assert reception.get(reverse("draft"), {"key": "note-1"}).json()["key"] == "note-1~b"
    assert reception.get(reverse("draft"), {"key": "note-1", "exactly": ""}).json()["data"] == {
        "text": ["ett!"]
    }
    # What was seen is written over, also when the tab is another.
    seen = reception.get(reverse("draft"), {"key": "note-1"}).json()["mark"]
    assert keep(reception, "note-1~b", "två?", seen=seen, tab="c")["X-Draft-Key"] == "note-1~b"


def test_two_calls_half_logged_stand_on_the_start_page_and_sending_one_leaves_the_other(
    reception: Client, world: World, client: Client
) -> None:
    keys = []
    for name in ("Alva", "Nils"):
        page = reception.get(reverse("report_log"))
        keys.append(page.context["draft_key"])
        data = {"children-0-first_name": [name], "children-0-last_name": ["Ek"], "concern": ["x"]}
        reception.post(reverse("draft"), {"key": keys[-1], "data": json.dumps(data)})
    assert len(set(keys)) == 2
    start = reception.get("/").content.decode()
    for name, key in zip(("Alva", "Nils"), keys, strict=True):
        ref = key.removeprefix("report-new-")
        assert f'<a href="{reverse("report_log")}?draft={ref}">{name} Ek</a>' in start
    assert "Alva" not in start.partition("</head>")[0]
    # Going on with one, its form has that draft and does not list the others.
    again = reception.get(reverse("report_log"), {"draft": keys[0].removeprefix("report-new-")})
    assert again.context["draft_key"] == keys[0]
    assert "Nils" not in again.content.decode()
    log(reception, draft=keys[0].removeprefix("report-new-"))
    assert [row.key for row in Draft.objects.all()] == [keys[1]]
    # They are their writer's alone.
    client.force_login(world.leader)
    assert "Nils" not in client.get("/").content.decode()
    assert "Nils" not in client.get(reverse("report_log")).content.decode()


def test_a_refused_report_keeps_its_own_draft(reception: Client) -> None:
    key = reception.get(reverse("report_log")).context["draft_key"]
    reception.post(reverse("draft"), {"key": key, "data": '{"concern": ["x"]}'})
    refused = log(reception, draft=key.removeprefix("report-new-"), concern="", _draft=key)
    assert refused.status_code == 422
    assert refused.context["draft_key"] == key
    assert Draft.objects.filter(key=key).exists()


def test_a_form_that_is_accepted_takes_its_draft_and_no_other_tabs(
    reception: Client, world: World
) -> None:
    """Whatever form: the middleware does it, and the service's own discard keeps to that tab."""
    report = world.report()
    for key in (f"report-{report.pk}-note", f"report-{report.pk}-note~b", "other"):
        reception.post(reverse("draft"), {"key": key, "data": '{"note-text": ["x"]}'})
    given = {"note-kind": "journal", "note-happened_at": "2026-03-02T09:00"}
    given["note-text"] = "Skrivet."
    url = reverse("report_note", args=[report.pk])
    sent = f"report-{report.pk}-note~b"
    refused = reception.post(url, {**given, "note-text": "", "_draft": sent})
    assert refused.status_code == 422
    assert Draft.objects.count() == 3
    answer = reception.post(url, {**given, "_draft": sent})
    assert answer.status_code == 302
    assert set(Draft.objects.values_list("key", flat=True)) == {f"report-{report.pk}-note", "other"}
