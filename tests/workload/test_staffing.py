"""Turnover, consultants and experience by page: exact for the unit head, without persons above."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from cases.statistics import SMALLEST
from core.errors import Forbidden, Invalid
from organisation.enums import Experience, Level
from organisation.models import Employment, EmploymentTerms
from organisation.services import employments
from organisation.services.tree import make_node
from organisation.turnover import (
    LEFT_THE_ADMINISTRATION,
    CityTurnover,
    StaffTurnover,
    consultants,
    turnover,
)
from tests.factories import World, make_user, moment
from tests.organisation.test_turnover import (
    OFFICER,
    employments_giving,
    figures,
    noise,
    reference_cells,
    take_in,
    write,
)
from workload import staffing

AT = moment("2026-03-16 09:00")

pytestmark = pytest.mark.django_db


def hire(world: World, number: int, administration: object, **fields: object) -> None:
    for _ in range(number):
        hire.count += 1
        Employment.objects.create(
            user=make_user(f"hired{hire.count}"),
            administration=administration,
            profession="Handläggare",
            **{"form": "permanent", "started_on": date(2015, 1, 1), **fields},
        )


hire.count = 0


def cells(client: Client, world: World, name: str, **asked: object) -> dict[str, list[str]]:
    """The turnover table as its reader sees it."""
    client.force_login(world.people[name])
    answer = client.get(reverse("staffing"), asked, headers={"accept-language": "en"})
    assert answer.status_code == 200
    table = answer.content.decode().split("</table>")[0]
    rows = re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</th>(.*?)</tr>", table, re.DOTALL)
    return {
        head: [
            re.sub(r"<[^>]*>|\s", "", cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)
        ]
        for head, row in rows
    }


def test_the_page_says_what_the_command_says_cell_by_cell(world: World, client: Client) -> None:
    other = make_node(
        level=Level.ADMINISTRATION, code="EV", name="Ekvik", parent=world.municipality
    )
    hire(world, 10, other)
    hire(world, 2, other, ended_on=date(2025, 5, 1), end_reason="own_request_external")
    hire(world, 3, other, ended_on=date(2025, 6, 1), end_reason="own_request_internal")
    hire(world, 1, other, ended_on=date(2025, 6, 1), end_reason="within_administration")
    hire(world, 4, world.administration, ended_on=date(2025, 6, 1), end_reason="retirement")
    found = cells(client, world, "head", year=2025, profession="Handläggare")
    assert found["Ekvik"] == ["2", "3", "0", "0", "5", "16", "31.2%"]
    assert found["Solna-Tuna"] == ["0", "0", "4", "0", "4", "4", "100.0%"]
    counted = turnover(2025, profession="Handläggare")
    assert (counted.city.left, counted.city.employed) == (6, 20)
    assert found["The whole city"] == ["2", "", "4", "0", "6", "20", "30.0%"]


def test_above_the_unit_head_small_numbers_and_what_gives_them_away_are_hidden() -> None:
    year = CityTurnover(
        2025,
        StaffTurnover(40, {"own_request_external": 9, "retirement": 2, "other": 6}),
        {
            "A": StaffTurnover(30, {"own_request_external": 9, "own_request_internal": 3}),
            "B": StaffTurnover(6, {"retirement": 2, "own_request_internal": 1}),
            "C": StaffTurnover(4, {"other": 0}),
        },
    )
    rows, city = staffing.turnover_rows(year, above=True)
    assert [(row.left, row.employed, row.percent) for row in rows] == [
        (12, 30, 40.0),
        (None, None, None),
        (0, None, None),
    ]
    assert {value for row in rows for value in row.by_reason.values()} == {None}
    assert city.by_reason == {"own_request_external": 9, "retirement": None, "other": None}
    exact, total = staffing.turnover_rows(year, above=False)
    assert [row.left for row in exact] == [12, 3, 0]
    assert total.left == 17


def test_who_sees_the_staffing_page(world: World, client: Client) -> None:
    found = {}
    for name, user in world.people.items():
        client.force_login(user)
        found[name] = client.get(reverse("staffing")).status_code
    seeing = {"head", "other_head", "department_head", "director"}
    assert found == {name: 200 if name in seeing else 403 for name in world.people}


def test_consultants_are_counted_on_a_day_in_april_and_one_in_november(world: World) -> None:
    Employment.objects.filter(form="consultant").delete()
    hire(world, 2, world.administration, form="consultant", ended_on=date(2025, 4, 15))
    hire(world, 1, world.administration, form="consultant", started_on=date(2025, 4, 16))
    assert consultants([2024, 2025]) == {2024: (2, 2), 2025: (2, 1)}


def test_experience_and_consultants_of_a_unit_are_exact_for_its_head_only(world: World) -> None:
    (exact,) = staffing.units_staff([world.unit], on=date(2026, 3, 16), above=False)
    assert (exact.workers, exact.consultants, exact.by_experience) == (8, 1, (0, 8, 0, 0))
    assert exact.consultants_share == 12.5
    (hidden,) = staffing.units_staff([world.unit], on=date(2026, 3, 16), above=True)
    assert (hidden.workers, hidden.consultants, hidden.consultants_share) == (8, None, None)
    (few,) = staffing.units_staff([world.other_unit], on=date(2026, 3, 16), above=True)
    assert (few.workers, few.cases_per_worker) == (None, None)
    assert SMALLEST == 5


# Terms of employment


def change(world: World, by: str = "head", **fields: object) -> EmploymentTerms:
    given: dict[str, object] = {
        "from_on": date(2026, 4, 1),
        "hours_percent": 75,
        "experience": Experience.EXPERIENCED,
        "on_leave": False,
        **fields,
    }
    return employments.change_employment(
        Employment.objects.get(user=world.main).pk,
        **given,  # type: ignore[arg-type]
        by=world.people[by],
        at=AT,
    )


def terms(world: World, on: date) -> tuple[int, str, bool]:
    row = Employment.objects.with_terms(on).get(user=world.main)
    return row.hours_on, row.experience_on, row.leave_on


def test_a_change_of_employment_holds_from_its_day_and_keeps_what_was(world: World) -> None:
    change(world)
    change(world, by="sysadmin", from_on=date(2026, 9, 1), hours_percent=50, on_leave=True)
    assert terms(world, date(2026, 3, 31)) == (100, "used", False)
    assert terms(world, date(2026, 4, 1)) == (75, "experienced", False)
    assert terms(world, date(2026, 9, 1)) == (50, "experienced", True)
    change(world, from_on=date(2026, 9, 1), hours_percent=60)
    assert terms(world, date(2026, 9, 1)) == (60, "experienced", False)
    assert EmploymentTerms.objects.count() == 2


def test_leave_at_the_turn_of_the_year_takes_somebody_out_of_the_turnover(world: World) -> None:
    before = turnover(2027).city.employed
    change(world, on_leave=True)
    assert turnover(2027).city.employed == before - 1
    assert turnover(2026).city.employed == before


@pytest.mark.parametrize("by", ["leader", "other_head", "main", "department_head"])
def test_only_the_unit_head_and_the_administrator_change_terms(world: World, by: str) -> None:
    with pytest.raises(Forbidden):
        change(world, by=by)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"from_on": date(2020, 1, 1)}, "from_on"),
        ({"hours_percent": 0}, "hours_percent"),
        ({"experience": "wizard"}, "experience"),
    ],
)
def test_terms_that_cannot_be_are_refused(
    world: World, fields: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        change(world, **fields)
    assert set(refused.value.fields) == {field}


def test_the_form_of_the_terms_is_there_for_who_may(world: World, client: Client) -> None:
    job = Employment.objects.get(user=world.main)
    url = reverse("employment_change", args=[job.pk])
    statuses = {}
    for name in ("head", "sysadmin", "leader", "other_head"):
        client.force_login(world.people[name])
        statuses[name] = client.get(url).status_code
    assert statuses == {"head": 200, "sysadmin": 200, "leader": 404, "other_head": 404}
    client.force_login(world.head)
    sent = {"from_on": "2026-05-01", "hours_percent": 80, "experience": "expert"}
    assert client.post(url, sent).status_code == 302
    assert terms(world, date(2026, 5, 1)) == (80, "expert", False)


CONSULTANTS = {2016: (88, 100), 2017: (83, 60), 2018: (58, 34)}
"""Counted on one day in April and one in November; reference figures of the city."""


def hired_consultants() -> list[str]:
    """Rows of a file: from each day of counting to the next some go and some come."""
    days = [f"{year}-{month}-15" for year in CONSULTANTS for month in ("04", "11")]
    here: list[str] = []
    rows: list[str] = []
    number = 0
    for day, wanted in zip(days, [n for pair in CONSULTANTS.values() for n in pair], strict=True):
        while len(here) > wanted:
            rows.append(f"{here.pop()},{day[:8]}14,,false")
        while len(here) < wanted:
            number += 1
            here.append(f"K{number},{OFFICER},Bromma,consultant,{day}")
    return rows + [f"{one},2018-11-15,,false" for one in here]


def test_the_page_gives_every_cell_of_the_reference_file_and_the_totals(
    world: World, client: Client, tmp_path: Path
) -> None:
    """As `staff_turnover` does (tests/organisation/test_turnover.py), from the same import."""
    cities = reference_cells()
    Employment.objects.filter(form="consultant").delete()
    take_in(write(tmp_path, *employments_giving(cities), *noise()[1:], *hired_consultants()))
    compared = 0
    for year in range(2013, 2019):
        shown = cells(client, world, "head", year=year, profession=OFFICER)
        told = figures(year, profession=OFFICER)
        for name, (left, employed) in ((n, cities[n, y]) for n, y in cities if y == year):
            *reasons, total, there, percent = shown.pop(name)
            by_reason = told["administrations"][name]["by_reason"]
            assert [int(one) for one in reasons] == [
                by_reason[one] for one in LEFT_THE_ADMINISTRATION
            ]
            assert (int(total), int(there)) == (left, employed)
            assert percent == f"{round(100 * left / employed, 1)}%"
            compared += 1
        external, internal, retired, other, total, there, _percent = shown.pop("The whole city")
        assert int(external) + int(retired) + int(other) == int(total) == told["city"]["left"]
        assert internal == ""
        assert int(there) == told["city"]["employed"]
        assert shown == {}
    assert compared == 14 * 6
    chart = client.get(reverse("staffing"), {"year": 2018}).context["charts"][1]
    counted = {row.label: row.values for row in chart.table if int(row.label) in CONSULTANTS}
    assert counted == {
        str(year): (str(april), str(november)) for year, (april, november) in CONSULTANTS.items()
    }
