"""Swedish personal identity numbers and coordination numbers. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from personnummer import personnummer

from cases.enums import Gender

_TWELVE = re.compile(r"^([0-9]{8})[-+ ]?([0-9]{4})$")
_TEN = re.compile(r"^([0-9]{6})([-+]?)([0-9]{4})$")


@dataclass(frozen=True, slots=True)
class Identity:
    """A checked number: twelve digits, what it says of birth and legal gender.

    `birth_date` is None for coordination numbers whose day is only partly known.
    """

    number: str
    birth_date: date | None
    gender: Gender
    is_coordination: bool


def parse(text: str, *, on: date) -> Identity:
    """The number in `text`, with or without century and dash, as of the day `on`.

    ValueError when it has another form, a date that does not exist, a birth after `on` or a wrong
    check digit (Luhn; SKV 704 for personal identity, SKV 707 for coordination numbers).
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
    if not personnummer.valid(digits):
        raise ValueError("check digit")
    day = int(digits[6:8])
    coordination = day > 60
    try:
        born = date(int(digits[:4]), int(digits[4:6]), day - 60 if coordination else day)
    except ValueError:
        if not coordination:
            raise
        born = None
    if born is not None and born > on:
        raise ValueError("future")
    gender = Gender.BOY if int(digits[10]) % 2 else Gender.GIRL
    return Identity(digits, born, gender, coordination)


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
