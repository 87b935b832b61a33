"""The text of docs/indicators.md, made from the registry of figures. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import override

from core.figures import Figure, Measure, Period, figures

_PERIODS = {
    Period.NOW: "Now",
    Period.WEEK: "Of a week",
    Period.TWELVE_WEEKS: "Of the last twelve weeks",
    Period.MONTH: "Of a month",
}
_MEASURES = {Measure.COUNT: "number", Measure.PERCENT: "per cent", Measure.DAYS: "days"}


def _both(text: Any) -> str:
    """A text in English, and in Swedish where that differs; without its soft hyphens."""
    with override("en"):
        english = str(text)
    with override("sv"):
        swedish = str(text).replace("\xad", "")
    return english if english == swedish else f"{english} ({swedish})"


def _row(figure: Figure) -> str:
    cells = (
        f"`{figure.code}`",
        _both(figure.label),
        _both(figure.definition),
        _MEASURES[figure.measure],
        str(figure.version),
    )
    return f"| {' | '.join(cells)} |"


def _section(period: Period) -> Iterator[str]:
    yield f"## {_PERIODS[period]}"
    label = None
    for figure in figures.of(period).values():
        if label != figure.section.label:
            label = figure.section.label
            yield from ("", f"### {_both(label)}", "")
            yield from ("| Code | Figure | Counts | In | Definition |", "|---|---|---|---|---|")
        yield _row(figure)
    yield ""


def markdown() -> str:
    """The text of docs/indicators.md: a row per figure, and the definitions figures had before."""
    earlier = [
        f"| `{figure.code}` | {version} | {_both(definition)} |"
        for figure in figures.values()
        for version, definition in enumerate(figure.earlier, start=1)
    ]
    return "\n".join(
        [
            "# Figures (indikatorer)",
            "",
            "Generated from the registry of `core/figures.py`; each figure is defined beside the",
            "function that counts it: change it there, not here.",
            "",
            "A code is for ever: it is never given to another figure. A figure whose definition is",
            "corrected gets the next number of definition; a month closed before shows the one it",
            "was counted by. The figures of a month are counted for all, and for girls, boys and",
            "children whose gender is not known (flickor, pojkar, okänt kön).",
            "",
            *(line for period in Period for line in _section(period)),
            "## Definitions figures had before",
            "",
            "| Code | Definition | Counted |",
            "|---|---|---|",
            *sorted(earlier),
            "",
        ]
    )
