"""Fields that take one JSON type each and say plainly what they want.

A boolean in quotes or a time without its offset is a mistake in the sender: in a child's case it
is better to say so than to guess.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from core.fields import TEXT_LIMIT

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YEARS = range(1900, 2200)
"""Years in which a day of a case can lie; beyond them counting overflows."""
MOST_ID = 2**63 - 1


class Text(serializers.CharField):
    """A string, trimmed; null and empty are the same unless it is required."""

    default_error_messages = {
        "invalid": _("Send text in quotes."),
        "blank": _("This is required."),
        "null": _("This is required."),
        "required": _("This is required."),
        "max_length": _("The text is too long: at most {max_length} characters."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", TEXT_LIMIT)
        if not kwargs.get("required", True):
            kwargs |= {"allow_blank": True, "allow_null": True}
            kwargs.setdefault("default", "")
            kwargs.pop("required")
        super().__init__(**kwargs)

    def run_validation(self, data: Any = empty) -> Any:
        if data is not empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        value = super().run_validation(data)
        return "" if value is None else value


class Code(serializers.ChoiceField):
    """One of a closed list of codes. What was sent is not repeated: it may be anything."""

    default_error_messages = {
        "invalid_choice": _("Choose one of: {codes}."),
        "null": _("This is required."),
        "required": _("This is required."),
    }

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", codes=", ".join(str(code) for code in self.choices))
        return data


class Codes(serializers.ListField):
    """A list of different codes of a closed list."""

    default_error_messages = {
        "not_a_list": _("Send a list of codes."),
        "unknown": _("Choose among: {codes}."),
        "twice": _("Give each code once."),
        "null": _("This is required."),
        "required": _("This is required."),
    }

    def __init__(self, *, choices: Any, **kwargs: Any) -> None:
        self.codes = tuple(choices.values)
        super().__init__(child=serializers.ChoiceField(choices=choices.choices), **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        if not isinstance(data, list):
            self.fail("not_a_list")
        if any(not isinstance(item, str) or item not in self.codes for item in data):
            self.fail("unknown", codes=", ".join(self.codes))
        if len(set(data)) != len(data):
            self.fail("twice")
        return data


class Flag(serializers.BooleanField):
    """true or false, not a word or a number that looks like one."""

    default_error_messages = {
        "invalid": _("Send true or false."),
        "null": _("Send true or false."),
        "required": _("This is required."),
    }

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


@extend_schema_field(OpenApiTypes.INT64)
class Whole(serializers.IntegerField):
    """A whole number that an id or a version can be."""

    default_error_messages = {
        "invalid": _("Send a whole number."),
        "range": _("Send a number from 1 to {most}."),
        "null": _("This is required."),
        "required": _("This is required."),
    }

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        if not 1 <= data <= MOST_ID:
            self.fail("range", most=MOST_ID)
        return data


@extend_schema_field(OpenApiTypes.DATE)
class DayInput(serializers.DateField):
    """A local calendar day, `YYYY-MM-DD`."""

    default_error_messages = {
        "invalid": _("Write the day as YYYY-MM-DD."),
        "missing": _("There is no such day."),
        "range": _("The year has to be between {first} and {last}."),
        "null": _("This is required."),
        "required": _("This is required."),
    }

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            self.fail("invalid")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail("missing")
        if day.year not in YEARS:
            self.fail("range", first=YEARS[0], last=YEARS[-1])
        return day


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(serializers.DateTimeField):
    """A time with its offset: without one, an hour in October could be either of two."""

    default_error_messages = {
        "invalid": _("Write the time as 2026-03-02T09:00:00+01:00."),
        "naive": _("Give the offset from UTC too: 2026-03-02T09:00:00+01:00, or Z."),
        "missing": _("There is no such time."),
        "range": _("The year has to be between {first} and {last}."),
        "null": _("This is required."),
        "required": _("This is required."),
    }

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str) or len(value) > 40:
            self.fail("invalid")
        try:
            moment = parse_datetime(value)
        except ValueError:
            self.fail("missing")
        if moment is None or not _DAY.match(value) or len(value) <= len("YYYY-MM-DD"):
            self.fail("invalid")
        if moment.tzinfo is None:
            self.fail("naive")
        if moment.year not in YEARS:
            self.fail("range", first=YEARS[0], last=YEARS[-1])
        return moment
