"""Lists as spreadsheet files."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from core.exports import Sheet, about, csv_file, xlsx_response
from tests.factories import moment


def sheet_of(response):
    return openpyxl.load_workbook(BytesIO(response.content)).active


@pytest.mark.parametrize("text", ["=1+1", "+46", "-2", "@SUM(A1)", "\t=1", '=HYPERLINK("x")'])
def test_a_text_that_looks_like_a_formula_is_stored_as_text(text: str) -> None:
    cell = sheet_of(xlsx_response("lista", Sheet("Lista", ["Rubrik"], [[text]])))["A2"]
    assert (cell.data_type, cell.value) == ("s", text)
    assert cell.quotePrefix


@pytest.mark.parametrize("text", ["=1+1", "+46", "-2", "@SUM(A1)", "\t=1"])
def test_a_formula_is_no_formula_in_comma_separated_lines_either(text: str) -> None:
    assert csv_file(["a", "b"], [[text, -2]]).decode() == f"a,b\n'{text},-2\n"


def test_days_times_and_numbers_keep_their_kinds() -> None:
    sheet = sheet_of(
        xlsx_response(
            "lista",
            Sheet(
                "Lista",
                ["a", "b", "c", "d"],
                [[date(2026, 3, 2), moment("2026-03-02 09:30"), 7, None]],
            ),
        )
    )
    day, time, number, nothing = sheet[2]
    assert day.value.date() == date(2026, 3, 2)
    assert (time.value.hour, time.value.minute) == (9, 30)
    assert (number.value, nothing.value) == (7, None)
    assert sheet.auto_filter.ref == "A1:D2"


def test_a_list_without_rows_has_its_headings() -> None:
    response = xlsx_response("lista", Sheet("Lista", ["Ärendenummer"], []))
    assert sheet_of(response)["A1"].value == "Ärendenummer"
    assert response["Content-Disposition"] == 'attachment; filename="lista.xlsx"'


def test_each_sheet_has_its_name_and_the_last_says_what_the_file_is() -> None:
    response = xlsx_response(
        "lista",
        Sheet("Anmälningar: mars/april [2026] och alla dagar därefter", ["a"], [[1]]),
        about(("Enhet", "Barn och unga"), ("Per den", date(2026, 3, 2))),
    )
    book = openpyxl.load_workbook(BytesIO(response.content))
    assert book.sheetnames == ["Anmälningar mars april 2026 och", "Om filen"]
    assert book.active.title == book.sheetnames[0]
    told = {row[0].value: row[1].value for row in book["Om filen"].iter_rows(min_row=2)}
    assert told["Enhet"] == "Barn och unga"
    assert told["Per den"].date() == date(2026, 3, 2)
