"""Employments from the staff system's file, all or none; the same file again changes nothing."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils.text import slugify

from core.limits import limit
from core.models import TrailEntry, TrailKind
from organisation.enums import EmploymentForm, EndReason, Level
from organisation.models import Employment, OrgUnit, User
from organisation.services.tree import make_node

COLUMNS = (
    "employee",
    "profession",
    "administration",
    "form",
    "started_on",
    "ended_on",
    "end_reason",
    "on_leave",
)
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LIMITS = {
    "employee": limit(User, "employee_number"),
    "profession": limit(Employment, "profession"),
    "administration": limit(OrgUnit, "name"),
}
_YES_NO = {
    "": False,
    "0": False,
    "false": False,
    "no": False,
    "nej": False,
    "1": True,
    "true": True,
    "yes": True,
    "ja": True,
}


class BadFile(Exception):
    """The file cannot be taken in; the message names the row and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class EmploymentRow:
    """One employment as the file has it."""

    employee: str
    profession: str
    administration: str
    form: str
    started_on: date
    ended_on: date | None
    end_reason: str
    on_leave: bool

    @property
    def key(self) -> tuple[str, str, str, str, date]:
        """What makes it the same employment in the next file."""
        return (
            self.employee,
            self.profession,
            self.administration.casefold(),
            self.form,
            self.started_on,
        )


@dataclass(frozen=True, slots=True)
class Imported:
    """How many employments were new, had changed, and stood as they were."""

    added: int
    changed: int
    unchanged: int


def _day(text: str, column: str) -> date:
    try:
        if _ISO_DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadFile(f"{column} is not a day written YYYY-MM-DD: {text[:40]!r}")


def _row(values: dict[str, str]) -> EmploymentRow:
    for column in ("employee", "profession", "administration", "form", "started_on"):
        if not values[column]:
            raise BadFile(f"{column} is empty")
    for column, most in _LIMITS.items():
        if len(values[column]) > most:
            raise BadFile(f"{column} is longer than {most} characters")
    if values["form"] not in EmploymentForm.values:
        raise BadFile(
            f"unknown form {values['form'][:40]!r}; use one of {', '.join(EmploymentForm.values)}"
        )
    if values["end_reason"] and values["end_reason"] not in EndReason.values:
        raise BadFile(
            f"unknown end_reason {values['end_reason'][:40]!r}; "
            f"use one of {', '.join(EndReason.values)}"
        )
    on_leave = _YES_NO.get(values["on_leave"].lower())
    if on_leave is None:
        raise BadFile(f"on_leave is neither true nor false: {values['on_leave'][:40]!r}")
    started_on = _day(values["started_on"], "started_on")
    ended_on = _day(values["ended_on"], "ended_on") if values["ended_on"] else None
    if ended_on is not None and ended_on < started_on:
        raise BadFile(f"ended_on {ended_on} is before started_on {started_on}")
    if ended_on is None and values["end_reason"]:
        raise BadFile("end_reason is given, but no ended_on")
    return EmploymentRow(
        employee=values["employee"],
        profession=values["profession"],
        administration=values["administration"],
        form=values["form"],
        started_on=started_on,
        ended_on=ended_on,
        end_reason=values["end_reason"],
        on_leave=on_leave,
    )


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with the number of its first line; blank lines are left out."""
    first = text.split("\n", 1)[0]
    reader = csv.reader(
        text.splitlines(keepends=True),
        delimiter=";" if ";" in first and "," not in first else ",",
        strict=True,
    )
    number = 1
    try:
        for record in reader:
            if any(value.strip() for value in record):
                yield number, record
            number = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(f"row {number}: not CSV ({error})") from error


def read(path: Path) -> list[EmploymentRow]:
    """The file's employments, every row checked. BadFile with the first thing that is wrong.

    UTF-8, with or without a byte order mark; separated by comma or semicolon; row 1 is the header.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadFile(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path} is not UTF-8 (byte {error.start})") from error
    if "\x00" in text:
        raise BadFile(f"{path} holds characters that are not text (NUL)")
    lines = _lines(text)
    header = next(lines, (1, []))[1]
    if [name.strip() for name in header] != list(COLUMNS):
        raise BadFile(f"row 1: the header has to be {','.join(COLUMNS)}")
    rows: list[EmploymentRow] = []
    seen: dict[tuple[str, str, str, str, date], int] = {}
    for number, record in lines:
        if len(record) != len(COLUMNS):
            raise BadFile(f"row {number}: {len(record)} columns instead of {len(COLUMNS)}")
        try:
            row = _row({c: v.strip() for c, v in zip(COLUMNS, record, strict=True)})
        except BadFile as error:
            raise BadFile(f"row {number}: {error}") from error
        if row.key in seen:
            raise BadFile(f"row {number}: the same employment as row {seen[row.key]}")
        seen[row.key] = number
        rows.append(row)
    return rows


def _administrations(rows: list[EmploymentRow]) -> dict[str, OrgUnit]:
    """The administrations named, by name or code in any case; those not there are made."""
    known: dict[str, OrgUnit] = {}
    for node in OrgUnit.objects.filter(level=Level.ADMINISTRATION).order_by("pk"):
        known.setdefault(node.name.casefold(), node)
    for node in list(known.values()):
        known.setdefault(node.code.casefold(), node)
    codes = set(OrgUnit.objects.exclude(level=Level.GROUP).values_list("code", flat=True))
    for name in dict.fromkeys(row.administration for row in rows):
        if name.casefold() in known:
            continue
        city = OrgUnit.objects.filter(level=Level.MUNICIPALITY).order_by("pk").first()
        if city is None:
            city = make_node(level=Level.MUNICIPALITY, code="STAD", name="Staden")
            codes.add(city.code)
        stem = slugify(name, allow_unicode=True)[:34] or "forvaltning"
        code, number = stem, 1
        while code in codes:
            number += 1
            code = f"{stem}-{number}"
        codes.add(code)
        known[name.casefold()] = make_node(
            level=Level.ADMINISTRATION, code=code, name=name, parent=city
        )
    return known


def _staff(rows: list[EmploymentRow]) -> dict[str, User]:
    """The employees by number; those not there are added, without a login."""
    numbers = sorted({row.employee for row in rows})
    known = {
        user.employee_number: user for user in User.objects.filter(employee_number__in=numbers)
    }
    missing = [number for number in numbers if number not in known]
    taken = set(User.objects.values_list("username", flat=True)) if missing else set()
    made = []
    for number in missing:
        username = f"anst.{number}"
        while username in taken:
            username += "x"
        taken.add(username)
        user = User(username=username, last_name=number, employee_number=number)
        user.set_unusable_password()
        made.append(user)
    known |= {user.employee_number: user for user in User.objects.bulk_create(made)}
    return {number: user for number, user in known.items() if number is not None}


@transaction.atomic
def import_employments(rows: list[EmploymentRow], *, at: datetime) -> Imported:
    """Add the employments that are new and end or change those known; none is ever removed."""
    administrations = _administrations(rows)
    staff = _staff(rows)
    known = {
        (e.user_id, e.profession, e.administration_id, e.form, e.started_on): e
        for e in Employment.objects.select_for_update(of=("self",)).filter(user__in=staff.values())
    }
    new, changed = [], []
    for row in rows:
        user, administration = staff[row.employee], administrations[row.administration.casefold()]
        facts = {
            "ended_on": row.ended_on,
            "end_reason": row.end_reason,
            "on_leave": row.on_leave,
        }
        there = known.get((user.pk, row.profession, administration.pk, row.form, row.started_on))
        if there is None:
            new.append(
                Employment(
                    user=user,
                    administration=administration,
                    profession=row.profession,
                    form=row.form,
                    started_on=row.started_on,
                    **facts,
                )
            )
        elif any(getattr(there, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(there, name, value)
            changed.append(there)
    Employment.objects.bulk_create(new, batch_size=2_000)
    Employment.objects.bulk_update(
        changed, ["ended_on", "end_reason", "on_leave"], batch_size=2_000
    )
    if new or changed:
        TrailEntry.objects.create(
            at=at,
            kind=TrailKind.CHANGE,
            action="organisation.employments_imported",
            actor=None,
            target_type="employment",
            targets=[employment.pk for employment in [*new, *changed]],
        )
    return Imported(len(new), len(changed), len(rows) - len(new) - len(changed))
