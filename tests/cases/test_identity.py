"""Personal identity numbers, coordination numbers and what is wrong with a wrong one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.enums import Gender
from cases.persons.identity import parse, shown

TODAY = date(2026, 3, 2)


def luhn(nine: str) -> str:
    total = sum(sum(divmod(int(digit) * (2 - index % 2), 10)) for index, digit in enumerate(nine))
    return str(-total % 10)


def number(day: date, serial: int, *, coordination: bool = False) -> str:
    shown_day = day.day + 60 if coordination else day.day
    nine = f"{day:%y%m}{shown_day:02d}{serial:03d}"
    return f"{day:%Y%m}{shown_day:02d}{serial:03d}{luhn(nine)}"


@pytest.mark.parametrize("text", ["201203142383", "20120314-2383", " 120314-2383 ", "1203142383"])
def test_a_number_is_read_in_every_usual_form(text: str) -> None:
    assert parse(text, on=TODAY).number == "201203142383"


def test_a_number_tells_birth_and_gender() -> None:
    girl, boy = number(date(2012, 3, 14), 980), number(date(2012, 3, 14), 981)
    assert parse(girl, on=TODAY).birth_date == date(2012, 3, 14)
    assert parse(girl, on=TODAY).gender == Gender.GIRL
    assert parse(boy, on=TODAY).gender == Gender.BOY


def test_a_coordination_number_has_sixty_added_to_the_day() -> None:
    found = parse(number(date(2012, 3, 14), 981, coordination=True), on=TODAY)
    assert found.is_coordination
    assert found.birth_date == date(2012, 3, 14)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("20120314-2384", "check digit"),
        ("20120231-2383", "check digit"),
        ("hej", "form"),
        ("", "form"),
        ("2012031423830", "form"),
        ("１２０３１４２３８３", "form"),
        ("20120314\x002383", "form"),
    ],
)
def test_a_wrong_number_says_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse(text, on=TODAY)


def test_a_birth_to_come_is_refused() -> None:
    with pytest.raises(ValueError, match="future"):
        parse(number(date(2026, 3, 3), 981), on=TODAY)


@given(
    born=st.dates(date(1930, 1, 1), TODAY),
    serial=st.integers(1, 999),
    wrong=st.integers(1, 9),
)
def test_exactly_one_check_digit_is_right(born: date, serial: int, wrong: int) -> None:
    right = number(born, serial)
    assert parse(right, on=TODAY).number == right
    other = right[:-1] + str((int(right[-1]) + wrong) % 10)
    with pytest.raises(ValueError, match="check digit"):
        parse(other, on=TODAY)


def test_a_number_is_shown_with_a_dash() -> None:
    assert shown("201203142383") == "20120314-2383"
    assert shown(None) == ""


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("20150360-2383", Gender.GIRL),  # the day is not known
        ("20150068-2388", Gender.GIRL),  # the month is not known
        ("150360-2383", Gender.GIRL),
        ("150068-2388", Gender.GIRL),
        ("20150060" + "231" + luhn("150060231"), Gender.BOY),  # neither
        ("20150091" + "232" + luhn("150091232"), Gender.GIRL),  # a 31st of some month
    ],
)
def test_a_coordination_number_need_not_know_the_month_or_the_day(
    text: str, gender: Gender
) -> None:
    found = parse(text, on=TODAY)
    assert found.is_coordination
    assert found.gender == gender
    assert found.birth_date is None
    assert len(found.number) == 12
    assert shown(found.number).startswith("2015")


@pytest.mark.parametrize(
    ("digits", "why"),
    [
        ("201500142380", "check digit"),  # a personal identity number has a month
        ("201503002380", "check digit"),  # and a day
        ("201513602380", "check digit"),  # no thirteenth month
        ("201500922380", "check digit"),  # no 32nd day
        ("201504912380", "check digit"),  # no 31st of April
        ("202700602380", "future"),
        ("202603632380", "future"),
        ("201503600004", "check digit"),  # no number 000
    ],
)
def test_what_is_known_of_a_coordination_number_has_to_be_possible(digits: str, why: str) -> None:
    right = digits[:11] + luhn(digits[2:11])
    with pytest.raises(ValueError, match=why):
        parse(right, on=TODAY)
