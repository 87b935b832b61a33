"""Swedish personal identity numbers and coordination numbers. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from cases.enums import Gender

_TWELVE = re.compile(r"^([0-9]{8})[-+ ]?([0-9]{4})$")
UNKNOWN_DAY = 60
"""The day of a coordination number whose day of birth is not known, and what is added to others."""

_TEN = re.compile(r"^([0-9]{6})([-+]?)([0-9]{4})$")


@dataclass(frozen=True, slots=True)
class Identity:
    """A checked number: twelve digits, what it says of birth and legal gender.

    `birth_date` is None for coordination numbers whose month or day is not known.
    """

    number: str
    birth_date: date | None
    gender: Gender
    is_coordination: bool


def parse(text: str, *, on: date) -> Identity:
    """The number in `text`, with or without century and dash, as of the day `on`.

    ValueError when it has another form, a date that does not exist, a birth after `on` or a wrong
    check digit (Luhn, SKV 704). A coordination number (SKV 707) has sixty added to the day; where
    the month of birth is not known it is 00, and where the day is not, 00 + 60.
    """
    compact = text.strip()
    twelve = _TWELVE.match(compact)
    ten = _TEN.match(compact)
    if twelve:
        digits = twelve[1] + twelve[2]
    elif ten:
        digits = _century(ten[1], ten[2], on=on) + ten[1] + ten[3]
    else:
        raise ValueError("form")
    if digits[8:11] == "000" or int(digits[11]) != _check_digit(digits[2:11]):
        raise ValueError("check digit")
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    coordination = day >= UNKNOWN_DAY
    if coordination:
        day -= UNKNOWN_DAY
    known = not coordination or (month > 0 and day > 0)
    try:
        # Of what is not known the least is taken; what is known has to be possible in some year.
        born = date(year if known else 2000, month or int(not known), day or int(not known))
    except ValueError:
        raise ValueError("check digit") from None
    if (born if known else born.replace(year=max(year, 1))) > on:
        raise ValueError("future")
    gender = Gender.BOY if int(digits[10]) % 2 else Gender.GIRL
    return Identity(digits, born if known else None, gender, coordination)


def _check_digit(nine: str) -> int:
    """Luhn's, of the nine digits before it."""
    return -sum(sum(divmod(int(one) * (2 - at % 2), 10)) for at, one in enumerate(nine)) % 10


_TEMPORARY = re.compile(r"^([0-9]{8})[- ]?(?=[A-Z0-9]*[A-Z])([A-Z0-9]{4})$")


def temporary(text: str) -> str:
    """A temporary number as it is kept, `20150401-TF10`; empty for what is none.

    A birth date and four characters of which one is a letter: what health care and others call
    somebody until there is a number. No check digit, and no key.
    """
    found = _TEMPORARY.match(text.strip().upper())
    return f"{found[1]}-{found[2]}" if found else ""


def temporary_birth(number: str) -> date | None:
    """The birth date in a temporary number; None when it is no day."""
    try:
        return date(int(number[:4]), int(number[4:6]), int(number[6:8]))
    except ValueError:
        return None


def _century(six: str, sign: str, *, on: date) -> str:
    """The latest century that puts the birth on or before `on`; a plus sign adds a hundred."""
    year, month, day = int(six[:2]), int(six[2:4]), int(six[4:6]) % 60
    century = on.year // 100
    if (century * 100 + year, month, day) > (on.year, on.month, on.day):
        century -= 1
    if sign == "+":
        century -= 1
    return f"{century:02d}"


def shown(number: str | None) -> str:
    """The number as people write it, `20120314-2389`; empty for none."""
    return f"{number[:8]}-{number[8:]}" if number else ""
