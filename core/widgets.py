"""Form controls the whole product shares: dates the browser knows, and choices as cards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from core.calendar import comes_twice
from core.names import typed_keys


class DateInput(forms.DateInput):
    """A calendar day, in the form browsers' own date picker reads."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class MomentInput(forms.DateTimeInput):
    """A moment to the minute on a Swedish clock, as browsers' own picker reads it.

    In the hour that comes twice, when the clocks are set back, it also asks which one; what was
    answered follows the typed time after `HOUR`.
    """

    input_type = "datetime-local"
    template_name = "core/widgets/moment.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        text = super().value_from_datadict(data, files, name)
        hour = data.get(f"{name}_hour")
        return f"{text}{HOUR}{hour}" if text and hour in {"first", "second"} else text

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        hour = ""
        if isinstance(value, str):
            value, _, hour = value.partition(HOUR)
            shown = _read(value)
        else:
            shown = value if isinstance(value, datetime) else None
            hour = "second" if shown is not None and shown.fold else "first"
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "twice": shown is not None and comes_twice(shown.replace(tzinfo=None)),
            "hour": hour,
            "hour_name": f"{name}_hour",
            "unanswered": "is-invalid" in str(context["widget"]["attrs"].get("class", "")),
        }
        return context


HOUR = "|"


def _read(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


class NameSelect(forms.Select):
    """A choice among people. Who has scripts may type a part of the name (static/js/pickers.js).

    `names`: the name of each value, where the option says more than the name.
    """

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-names": True} | (attrs or {}), choices)
        self.names: dict[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value):
            said = self.names.get(str(value)) or str(option["label"])
            option["attrs"]["data-name"] = " ".join(typed_keys(said))
        return option


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
