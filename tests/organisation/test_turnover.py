"""Employments taken in from a file, and the turnover counted from them."""

import csv
import json
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from organisation.enums import EndReason
from organisation.models import Employment, OrgUnit, User
from organisation.turnover import turnover

REFERENCE = Path(__file__).parent / "data" / "turnover_case_officers.csv"
HEADER = "employee,profession,administration,form,started_on,ended_on,end_reason,on_leave"
OFFICER = "Socialsekreterare"

pytestmark = pytest.mark.django_db


def write(folder: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path = folder / "anställningar.csv"
    path.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
    return path


def take_in(path: Path) -> str:
    out = StringIO()
    call_command("import_employments", str(path), stdout=out)
    return out.getvalue()


def figures(year: int, **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("staff_turnover", str(year), format="json", stdout=out, **options)
    return json.loads(out.getvalue())


def reference_cells() -> dict[tuple[str, int], tuple[int, int]]:
    with REFERENCE.open(encoding="utf-8") as lines:
        return {
            (row["administration"], int(row["year"])): (int(row["left"]), int(row["employed"]))
            for row in csv.DictReader(lines)
        }


def employments_giving(cells: dict[tuple[str, int], tuple[int, int]]) -> list[str]:
    """Rows of a file that give those cells: people carried from year to year, hired where short.

    Of those who leave, the third moves to another administration and the others leave the city;
    who there are too many of the next year moved inside the administration.
    """
    numbers = count(1)
    rows: list[str] = []
    for administration in dict.fromkeys(name for name, _year in cells):
        years = sorted(year for name, year in cells if name == administration)
        here: list[str] = []
        for year in years:
            left, employed = cells[administration, year]
            while len(here) > employed:
                rows.append(f"{here.pop()},{year - 1}-11-30,within_administration,false")
            while len(here) < employed:
                started = f"{year - 1}-12-31"
                here.append(f"E{next(numbers)},{OFFICER},{administration},permanent,{started}")
            for index in range(left):
                reason = (
                    EndReason.OWN_REQUEST_EXTERNAL,
                    EndReason.RETIREMENT,
                    EndReason.OWN_REQUEST_INTERNAL,
                    EndReason.OTHER,
                )[index % 4]
                rows.append(f"{here.pop(0)},{year}-{1 + index % 12:02d}-15,{reason},false")
        rows += [f"{person},,,false" for person in here]
    return rows


def noise() -> list[str]:
    """Employments that never count: other forms, on leave, other professions, hired too late."""
    return [
        f"X1,{OFFICER},Bromma,consultant,2010-01-01,,,false",
        f"X2,{OFFICER},Bromma,temporary,2010-01-01,2014-05-01,other,false",
        f"X3,{OFFICER},Bromma,permanent,2010-01-01,2014-05-01,other,true",
        "X4,Administratör,Bromma,permanent,2010-01-01,2014-05-01,other,false",
        f"X5,{OFFICER},Bromma,permanent,2013-02-01,2013-09-01,other,false",
    ]


def test_turnover_of_the_reference_employments_gives_every_reference_figure(
    tmp_path: Path,
) -> None:
    cells = reference_cells()
    assert len(cells) == 14 * 6
    take_in(write(tmp_path, *employments_giving(cells), *noise()))
    for year in range(2013, 2019):
        result = figures(year, profession=OFFICER)
        expected = {name: cell for (name, of), cell in cells.items() if of == year}
        counted = {
            name: (each["left"], each["employed"])
            for name, each in result["administrations"].items()
        }
        assert counted == expected
        moved = 0
        for each in result["administrations"].values():
            assert sum(each["by_reason"].values()) == each["left"]
            moved += each["by_reason"]["own_request_internal"]
        assert moved > 0
        assert result["city"]["employed"] == sum(employed for _left, employed in expected.values())
        # Who moved to another administration has not left the city.
        assert result["city"]["left"] == sum(left for left, _e in expected.values()) - moved


def test_turnover_counts_only_who_was_there_at_the_turn_of_the_year(tmp_path: Path) -> None:
    take_in(
        write(
            tmp_path,
            f"A,{OFFICER},Norr,permanent,2020-01-01,2020-12-31,retirement,false",
            f"B,{OFFICER},Norr,permanent,2020-12-31,2021-01-01,other,false",
            f"C,{OFFICER},Norr,permanent,2021-01-01,2021-06-30,other,false",
            f"D,{OFFICER},Norr,permanent,2015-01-01,2021-12-31,own_request_external,false",
            f"E,{OFFICER},Norr,permanent,2015-01-01,2022-01-01,own_request_external,false",
            f"F,{OFFICER},Norr,permanent,2015-01-01,2021-03-01,within_administration,false",
            f"G,{OFFICER},Norr,permanent,2015-01-01,2021-03-01,own_request_internal,false",
            f"H,{OFFICER},Norr,permanent,2015-01-01,2021-03-01,,false",
        )
    )
    result = turnover(2021)
    assert result.administrations["Norr"].employed == 7
    assert result.administrations["Norr"].by_reason == {
        "own_request_external": 1,
        "own_request_internal": 1,
        "retirement": 0,
        "other": 2,
    }
    assert (result.city.left, result.city.employed) == (3, 7)
    assert turnover(2020).city.employed == 5


def test_turnover_of_an_unknown_profession_is_refused(tmp_path: Path) -> None:
    take_in(write(tmp_path, f"A,{OFFICER},Norr,permanent,2020-01-01,,,false"))
    with pytest.raises(CommandError, match="Nobody has been employed as 'Sotare'"):
        figures(2021, profession="Sotare")
    assert figures(2021, profession=OFFICER.upper())["city"]["employed"] == 1


def test_import_of_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        f"A,{OFFICER},Norr,permanent,2020-01-01,,,false",
        f"A,{OFFICER},Söder,permanent,2021-01-01,,,ja",
        f"B,{OFFICER},norr,consultant,2020-01-01,2020-05-31,,0",
    )
    assert take_in(path) == "3 employments added, 0 changed, 0 unchanged\n"
    before = list(Employment.objects.order_by("pk").values())
    assert take_in(path) == "0 employments added, 0 changed, 3 unchanged\n"
    assert list(Employment.objects.order_by("pk").values()) == before
    assert OrgUnit.objects.filter(level="administration").count() == 2
    assert User.objects.filter(employee_number__in=["A", "B"]).count() == 2


def test_import_of_a_later_file_ends_what_has_ended(tmp_path: Path) -> None:
    take_in(write(tmp_path, f"A,{OFFICER},Norr,permanent,2020-01-01,,,false"))
    later = f"A,{OFFICER},Norr,permanent,2020-01-01,2024-03-31,retirement,false"
    assert take_in(write(tmp_path, later)) == "0 employments added, 1 changed, 0 unchanged\n"
    employment = Employment.objects.get()
    assert (str(employment.ended_on), employment.end_reason) == ("2024-03-31", "retirement")


def test_import_uses_the_staff_and_administrations_there_are(world: Any, tmp_path: Path) -> None:
    user = world.main
    user.employee_number = "4711"
    user.save()
    take_in(
        write(
            tmp_path,
            f"4711,{OFFICER},SOLNA-TUNA,permanent,2019-01-01,2019-12-31,other,false",
            f"4711,{OFFICER},ST,permanent,2018-01-01,2018-12-31,other,false",
        )
    )
    made = Employment.objects.filter(started_on__lt="2020-01-01")
    assert {(e.user, e.administration) for e in made} == {(user, world.administration)}
    assert made.count() == 2


def test_import_reads_semicolons_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        f"A;{OFFICER};Östermalm;permanent;2020-01-01;;;",
        header=HEADER.replace(",", ";"),
        encoding="utf-8-sig",
    )
    take_in(path)
    assert Employment.objects.get().administration.name == "Östermalm"


GOOD = f"A,{OFFICER},Norr,permanent,2020-01-01,,,false"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f"B,{OFFICER},Norr,hourly,2020-01-01,,,false", "row 3: unknown form 'hourly'"),
        (f"B,{OFFICER},Norr,permanent,2020-01-02,2020-01-01,other,false", "row 3: ended_on"),
        (f"B,{OFFICER},Norr,permanent,2020-02-30,,,false", "row 3: started_on is not a day"),
        (f"B,{OFFICER},Norr,permanent,20200201,,,false", "row 3: started_on is not a day"),
        (f"B,{OFFICER},Norr,permanent,2020-01-01,2021-01-01,fired,false", "row 3: unknown end_"),
        (f"B,{OFFICER},Norr,permanent,2020-01-01,,other,false", "row 3: end_reason is given"),
        (f"B,{OFFICER},Norr,permanent,2020-01-01,,,maybe", "row 3: on_leave"),
        (f",{OFFICER},Norr,permanent,2020-01-01,,,false", "row 3: employee is empty"),
        (f"{'9' * 41},{OFFICER},Norr,permanent,2020-01-01,,,no", "row 3: employee is longer"),
        (f"B,{OFFICER},Norr,permanent,2020-01-01", "row 3: 5 columns instead of 8"),
        (GOOD, "row 3: the same employment as row 2"),
        (f'B,"{OFFICER},Norr,permanent,2020-01-01,,,false', "row 3: not CSV"),
        (f"B\x00,{OFFICER},Norr,permanent,2020-01-01,,,false", "NUL"),
    ],
)
def test_import_of_a_bad_row_takes_in_nothing(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(CommandError) as refused:
        take_in(write(tmp_path, GOOD, row))
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not Employment.objects.exists()
    assert not OrgUnit.objects.exists()


def test_import_of_another_header_encoding_or_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="row 1: the header has to be employee,"):
        take_in(write(tmp_path, GOOD, header=HEADER.replace("form", "typ")))
    with pytest.raises(CommandError, match="is not UTF-8"):
        take_in(write(tmp_path, f"Å{GOOD}", encoding="latin-1"))
    with pytest.raises(CommandError, match="cannot read"):
        take_in(tmp_path / "saknas.csv")
    (tmp_path / "tom.csv").write_text("")
    with pytest.raises(CommandError, match="row 1: the header"):
        take_in(tmp_path / "tom.csv")
