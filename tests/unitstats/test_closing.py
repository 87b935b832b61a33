"""A month is closed once, stays as it was, and is corrected beside itself."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.calendar import Month
from core.errors import Conflict, Forbidden, Invalid
from core.models import TrailEntry
from organisation.models import User
from tests.factories import World, moment
from unitstats.models import MonthlyClosing
from unitstats.services import closing
from unitstats.tasks import close_months

pytestmark = pytest.mark.django_db
MARCH = Month(date(2026, 3, 1))
LATER = moment("2026-04-10 03:20")


@pytest.fixture
def closed(world: World) -> MonthlyClosing:
    world.report("2026-03-02 09:00")
    return closing.close(world.unit, MARCH, by=None, at=LATER)


def received(world: World, revision: int | None = None) -> Any:
    found = closing.figures_of(world.unit, MARCH, revision=revision)
    return found.revision, found.figures["reports.received"].value


def test_month_that_is_not_closed_follows_the_records(world: World) -> None:
    world.report("2026-03-02 09:00")
    assert received(world) == (0, 1)
    world.report("2026-03-03 09:00")
    assert received(world) == (0, 2)


def test_closed_month_stays_as_it_was(world: World, closed: MonthlyClosing) -> None:
    world.report("2026-03-03 09:00", at=LATER)
    assert received(world) == (1, 1)
    with pytest.raises(Conflict, match="redan stängd"):
        closing.close(world.unit, MARCH, by=None, at=LATER)


def test_correction_is_a_revision_beside_the_first(world: World, closed: MonthlyClosing) -> None:
    world.report("2026-03-03 09:00", at=LATER)
    closing.revise(world.unit, MARCH, reason="En anmälan låg kvar.", by=world.head, at=LATER)
    assert received(world) == (2, 2)
    assert received(world, revision=1) == (1, 1)
    entry = TrailEntry.objects.filter(action="statistics.closed").latest("pk")
    assert (entry.actor, entry.details) == (world.head, {"month": "2026-03", "revision": 2})


def test_correction_that_changes_nothing_is_refused(world: World, closed: MonthlyClosing) -> None:
    with pytest.raises(Conflict, match="samma siffror"):
        closing.revise(world.unit, MARCH, reason="Säker.", by=world.head, at=LATER)


def kept(world: World, **changed: Any) -> MonthlyClosing:
    """March as it was closed, but for some codes: other entries, or none (None)."""
    world.report("2026-03-02 09:00")
    figures = closing.close(world.unit, MARCH, by=None, at=LATER).figures | changed
    return MonthlyClosing.objects.create(
        unit=world.unit,
        month=MARCH.first,
        revision=2,
        closed_at=LATER,
        reason="Prov.",
        figures={code: one for code, one in figures.items() if one is not None},
    )


NOTHING = {"value": 0, "by_gender": {"girl": 0, "boy": 0, "unknown": 0}}


@pytest.mark.parametrize(
    "changed",
    [
        {"decisions.due": None},
        {"removed.since": NOTHING | {"value": 7}},
        {"decisions.in_time": NOTHING | {"value": 7}},
    ],
    ids=["a code added since", "a code removed since", "a figure with another definition since"],
)
def test_what_the_records_did_not_change_is_no_correction(
    world: World, changed: dict[str, Any]
) -> None:
    kept(world, **changed)
    with pytest.raises(Conflict, match="samma siffror"):
        closing.revise(world.unit, MARCH, reason="Ny siffra.", by=world.head, at=LATER)


def test_correction_takes_what_was_added_and_redefined_since_with_it(world: World) -> None:
    kept(world, **{"decisions.due": None, "decisions.in_time": NOTHING | {"value": 7}})
    world.report("2026-03-03 09:00", at=LATER)
    row = closing.revise(world.unit, MARCH, reason="Låg kvar.", by=world.head, at=LATER)
    assert row.figures["decisions.due"] == NOTHING | {"version": 1}
    assert row.figures["decisions.in_time"] == NOTHING | {"version": 2}


def test_page_shows_the_definition_a_closed_figure_was_counted_by(world: World) -> None:
    old = "De av månadens beslut som fattades senast fjortonde dagen"
    new = "De av besluten med en sista dag"
    kept(world, **{"decisions.in_time": NOTHING})
    assert (old in page(world.head, month="2026-03").text) is True
    assert (new in page(world.head, month="2026-03").text) is False
    assert (old in page(world.head, month="2026-03", revision=1).text) is False
    assert (new in page(world.head, month="2026-03", revision=1).text) is True


def test_page_says_that_the_year_before_was_counted_in_another_way(
    world: World, time_machine: Any
) -> None:
    time_machine.move_to(moment("2027-04-12 10:00"))
    note = "räknades då på ett annat sätt"
    assert note not in page(world.head, month="2027-03").text
    kept(world, **{"decisions.in_time": NOTHING})
    assert note in page(world.head, month="2027-03").text


def test_chart_marks_where_a_line_goes_on_by_another_definition(
    world: World, time_machine: Any
) -> None:
    time_machine.move_to(moment("2026-05-12 10:00"))
    kept(world, **{"decisions.in_time_percent": {"value": 80, "by_gender": {}}})
    closing.close(world.unit, MARCH.after, by=None, at=moment("2026-05-10 03:20"))
    charts = page(world.head, month="2026-04").context["charts"]
    assert [[mark.index for mark in chart.marks] for chart in charts] == [[], [1], []]


@pytest.mark.parametrize("reason", ["", "  ", "\x00", "x" * 501])
def test_correction_needs_its_reason(world: World, closed: MonthlyClosing, reason: str) -> None:
    world.report("2026-03-03 09:00", at=LATER)
    with pytest.raises(Invalid):
        closing.revise(world.unit, MARCH, reason=reason, by=world.head, at=LATER)


def test_who_may_close_and_correct(world: World, closed: MonthlyClosing) -> None:
    world.report("2026-03-03 09:00", at=LATER)
    allowed = set()
    for name, person in world.people.items():
        try:
            with transaction.atomic():
                closing.revise(world.unit, MARCH, reason="Prov.", by=person, at=LATER)
                allowed.add(name)
                transaction.set_rollback(True)
        except Forbidden:
            continue
    assert allowed == {"head", "administrator"}


def test_month_that_is_not_over_cannot_be_closed(world: World) -> None:
    with pytest.raises(Conflict, match="inte slut"):
        closing.close(world.unit, MARCH, by=None, at=moment("2026-03-31 23:59"))
    closing.close(world.unit, MARCH, by=None, at=moment("2026-04-01 00:01"))


def test_closed_figures_cannot_be_changed_in_the_database(closed: MonthlyClosing) -> None:
    for change in (
        lambda: MonthlyClosing.objects.update(figures={}),
        lambda: MonthlyClosing.objects.all().delete(),
    ):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"revision": 1}, "unitstats_monthlyclosing_once"),
        ({"revision": 2}, "unitstats_monthlyclosing_revision_has_reason"),
        ({"month": date(2026, 2, 2)}, "unitstats_monthlyclosing_first_day"),
    ],
)
def test_constraints_refuse_what_is_never_so(
    world: World, closed: MonthlyClosing, fields: dict[str, Any], constraint: str
) -> None:
    values = {"unit": world.unit, "month": MARCH.first, "revision": 1, "closed_at": LATER}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        MonthlyClosing.objects.create(**values | {"figures": {}} | fields)


def test_job_closes_what_is_due_once_and_makes_up_for_missed_months(
    world: World, time_machine: Any
) -> None:
    world.report("2026-01-15 09:00")
    time_machine.move_to(moment("2026-04-09 03:20"))
    close_months()
    assert [str(row) for row in MonthlyClosing.objects.order_by("month")] == [
        f"{world.unit} 2026-01, 1",
        f"{world.unit} 2026-02, 1",
    ]
    time_machine.move_to(LATER)
    close_months()
    close_months()
    assert MonthlyClosing.objects.count() == 3


def run(*args: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("unit_statistics", *args, stdout=out, **options)
    return out.getvalue()


def test_command_answers_in_json(world: World, closed: MonthlyClosing) -> None:
    answer = json.loads(run("2026-03", unit="ST-BOU"))
    assert (answer["unit"], answer["period"], answer["revision"]) == ("ST-BOU", "2026-03", 1)
    assert answer["figures"]["reports.received"] == {
        "value": 1,
        "by_gender": {"girl": 1, "boy": 0, "unknown": 0},
    }


def test_command_answers_in_csv_and_xlsx(
    world: World, closed: MonthlyClosing, tmp_path: Any
) -> None:
    rows = list(csv.reader(io.StringIO(run("2026-03", unit="ST-BOU", format="csv"))))
    assert rows[0] == ["code", "value", "girl", "boy", "unknown"]
    assert ["reports.received", "1", "1", "0", "0"] in rows
    file = tmp_path / "march.xlsx"
    run("2026-03", unit="ST-BOU", format="xlsx", output=str(file))
    sheet = openpyxl.load_workbook(file).active
    cells = {row[8]: row[3] for row in sheet.iter_rows(values_only=True)}
    assert cells["reports.received"] == 1


@pytest.mark.parametrize(
    ("args", "options", "message"),
    [
        (["2026-3"], {}, "YYYY-MM"),
        (["2026-13"], {}, "YYYY-MM"),
        (["2999-01"], {}, "not begun"),
        (["2026-03"], {"unit": "NO-SUCH"}, "no unit with the code"),
        (["2026-03"], {"unit": "barn-1"}, "no unit with the code"),
        (["2026-03"], {"revision": 7}, "finns inte"),
        (["2026-03"], {"revision": 0}, "count from 1"),
        (["2026-03"], {"output": "/no/such/folder/x"}, "cannot write"),
    ],
)
def test_command_says_what_is_wrong(
    world: World, args: list[str], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        run(*args, **{"unit": "ST-BOU"} | options)


def page(person: User, name: str = "statistics", **query: Any) -> Any:
    client = Client()
    client.force_login(person)
    return client.get(reverse(name), query)


def test_page_is_for_those_who_lead_the_unit(world: World, closed: MonthlyClosing) -> None:
    seen = {name for name, person in world.people.items() if page(person).status_code == 200}
    assert seen == {
        "administrator",
        "coordinator",
        "head",
        "leader",
        "leader2",
        "other_head",
        "other_leader",
        "reception_leader",
    }
    assert page(world.other_head, unit=world.unit.pk).status_code == 404
    assert page(world.other_head, unit=10**9).status_code == 404


def test_page_shows_the_closed_figures_and_takes_a_correction(
    world: World, closed: MonthlyClosing, time_machine: Any
) -> None:
    time_machine.move_to(moment("2026-04-12 10:00"))
    world.report("2026-03-03 09:00", at=LATER)
    answer = page(world.head, month="2026-03")
    assert answer.context["found"].revision == 1
    assert "Inkomna anmälningar" in answer.text
    assert "reports.received" in answer.text
    assert page(world.leader, month="2026-03").context["may_revise"].reason
    client = Client()
    client.force_login(world.head)
    here = reverse("statistics_revise") + f"?unit={world.unit.pk}&month=2026-03"
    assert client.post(here, {"reason": ""}).status_code == 422
    assert client.post(here, {"reason": "En anmälan låg kvar."}).status_code == 302
    assert page(world.head, month="2026-03").context["found"].revision == 2
    assert page(world.head, month="2026-03", revision=1).context["found"].revision == 1
    again = client.post(here, {"reason": "Igen."})
    assert again.status_code in (409, 422)
    assert "Igen." in again.text


@pytest.mark.parametrize("query", [{"month": "x"}, {"month": "1999-01"}, {"revision": "99"}])
def test_what_is_not_a_month_or_revision_is_a_400(world: World, query: dict[str, str]) -> None:
    assert page(world.head, **query).status_code == 400


def test_export_is_the_page_as_a_spreadsheet(world: World, closed: MonthlyClosing) -> None:
    answer = page(world.head, "statistics_export", month="2026-03")
    assert "ST-BOU-2026-03-r1.xlsx" in answer["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet.max_row > 40
    assert page(world.main, "statistics_export").status_code == 403


def test_export_has_the_order_of_the_page_and_says_what_it_is(
    world: World, closed: MonthlyClosing
) -> None:
    answer = page(world.head, "statistics_export", month="2026-03")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Mars 2026", "Definitioner", "Om filen"]
    rows = list(book["Mars 2026"].iter_rows(values_only=True))
    assert rows[0][:4] == ("Område", "Siffra", "Mäts i", "Alla")
    assert rows[0][7:] == ("Året innan", "Kod", "Anmärkning")
    shown = page(world.head, month="2026-03").context["tables"]
    on_page = [
        (area, str(line.figure.label), line.figure.code) for area, lines in shown for line in lines
    ]
    assert [(row[0], row[1], row[8]) for row in rows[1:]] == on_page
    assert {row[2] for row in rows[1:]} == {"antal", "procent", "dagar"}
    defined = {row[1]: row[4] for row in book["Definitioner"].iter_rows(values_only=True)}
    assert all(defined[code] for _area, _label, code in on_page)
    told = dict(book["Om filen"].iter_rows(min_row=2, max_col=2, values_only=True))
    assert (told["Enhet"], told["Enhetens kod"]) == (world.unit.name, "ST-BOU")
    assert (told["Period"], told["Version"]) == ("2026-03", 1)


def test_export_of_an_earlier_revision_says_which_and_by_which_definitions(world: World) -> None:
    kept(world, **{"decisions.in_time": NOTHING})
    answer = page(world.head, "statistics_export", month="2026-03", revision=1)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    defined = {row[1]: row for row in book["Definitioner"].iter_rows(values_only=True)}
    assert defined["decisions.in_time"][3] == 2
    told = dict(book["Om filen"].iter_rows(min_row=2, max_col=2, values_only=True))
    assert told["Version"] == 1


def test_page_costs_the_same_queries_for_one_case_as_for_many(world: World) -> None:
    world.report("2026-03-02 09:00")
    counts = []
    for number in (0, 20):
        for _ in range(number):
            world.report("2026-03-02 09:00")
        with CaptureQueriesContext(connection) as seen:
            assert page(world.head, month="2026-03").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
