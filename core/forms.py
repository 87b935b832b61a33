"""Fields and forms that the whole product shares: what is typed, not whether it may be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from core.calendar import comes_twice, in_stockholm, on_clock
from core.fields import TEXT_LIMIT
from core.widgets import HOUR, DateInput, MomentInput

CHOOSE = ("", _("Choose"))
YES, NO = _("Yes"), _("No")


class FreeText(forms.CharField):
    """Free text with the one kind of line break that is stored."""

    def __init__(self, *, rows: int = 5, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", TEXT_LIMIT)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DateInput())
        super().__init__(**kwargs)


class MomentField(forms.DateTimeField):
    """A moment on a Swedish clock, in UTC. In the hour that comes twice, which one is asked for.

    `either`: it does not matter which, and the first is taken. An hour that is skipped in March is
    read as a clock that was not set forward would show it.
    """

    default_error_messages = {
        "twice": _("The clock shows %(time)s twice that night. Choose which of them it was."),
    }

    def __init__(self, *, either: bool = False, **kwargs: Any) -> None:
        self.either = either
        kwargs.setdefault("widget", MomentInput())
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime | None:
        if not isinstance(value, str):
            return super().to_python(value)
        text, _bar, hour = value.partition(HOUR)
        if not text.strip():
            return None
        try:
            clock = parse_datetime(text.strip())
        except ValueError:
            clock = None
        if clock is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            if clock.tzinfo is not None:
                return clock.astimezone(UTC)
            if not (hour or self.either) and comes_twice(clock):
                raise ValidationError(
                    self.error_messages["twice"],
                    code="twice",
                    params={"time": time_format(clock.time(), "TIME_FORMAT")},
                )
            return on_clock(clock, second=hour == "second")
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class YesNoField(forms.TypedChoiceField):
    """A question with two answers and neither beforehand; the value is True, False or None."""

    def __init__(self, *, yes: Any = YES, no: Any = NO, **kwargs: Any) -> None:
        kwargs.setdefault("empty_value", None)
        super().__init__(
            choices=[("yes", yes), ("no", no)],
            coerce=lambda value: value == "yes",
            widget=forms.RadioSelect,
            **kwargs,
        )


def choices_of(enum: Any, *, without: Iterable[str] = ()) -> list[tuple[str, Any]]:
    return [(value, label) for value, label in enum.choices if value not in set(without)]


class Guarded(forms.Form):
    """A form that changes what others may change meanwhile: `seen` marks what its writer read."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)


def local_minute(at: datetime) -> datetime:
    """The moment as a form shows it, to the minute."""
    return in_stockholm(at).replace(second=0, microsecond=0)
