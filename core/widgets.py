"""Form controls the whole product shares: dates the browser knows, and choices as cards."""

from collections.abc import Mapping
from typing import Any

from django import forms


class DateInput(forms.DateInput):
    """A calendar day, in the form browsers' own date picker reads."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class DateTimeInput(forms.DateTimeInput):
    """A moment to the minute, in the reader's time zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class RadioCards(forms.RadioSelect):
    """A statutory choice, one card for each answer. Nothing is chosen beforehand.

    `descriptions` maps a value to the line under its label.
    """

    cards = True

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Any = (),
        descriptions: Mapping[Any, Any] | None = None,
    ) -> None:
        super().__init__(attrs, choices)
        self.descriptions = {str(value): text for value, text in (descriptions or {}).items()}

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> list[Any]:
        """Without the empty answer, which for radio buttons means "leave them all unset"."""
        groups = super().optgroups(name, value, attrs)
        kept = [
            (group, [option for option in options if option["value"] not in ("", None)], index)
            for group, options, index in groups
        ]
        return [entry for entry in kept if entry[1]]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["description"] = self.descriptions.get(str(value), "")
        return option
