"""A month's figures as rows, for spreadsheets and comma-separated files, in the page's order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from cases.enums import Gender
from cases.statistics.months import Counted
from core.exports import Sheet, about
from core.figures import Measure, Period, figures
from organisation.models import OrgUnit
from unitstats.services.closing import MonthlyFigures

CSV_COLUMNS = ("code", "value", *Gender.values)
MEASURES: dict[str, Any] = {
    Measure.COUNT: gettext_lazy("number"),
    Measure.PERCENT: gettext_lazy("per cent"),
    Measure.DAYS: gettext_lazy("days"),
}
NOTHING = Counted(None, {})


def sheets(unit: OrgUnit, found: MonthlyFigures, before: MonthlyFigures) -> tuple[Sheet, ...]:
    """The figures beside those of the year before, what each counts, and what they are of."""
    return (
        Sheet(date_format(found.month.first, "F Y").capitalize(), _headers(), _rows(found, before)),
        Sheet(
            _("Definitions"),
            [_("Figure"), _("Code"), _("Measured in"), _("Definition number"), _("Definition")],
            _definitions(found),
        ),
        about(
            (_("Unit"), unit.name),
            (_("The unit's code"), unit.code),
            (_("Period"), str(found.month)),
            (_("Revision"), found.revision or _("not closed: the figures may still change")),
            *_closed(found),
        ),
    )


def _closed(found: MonthlyFigures) -> Iterator[tuple[Any, Any]]:
    if found.closing is not None:
        yield pgettext("month", "Closed"), found.closing.closed_at
        if found.closing.reason:
            yield _("Why it was corrected"), found.closing.reason


def _headers() -> list[str]:
    return [
        _("Area"),
        _("Figure"),
        _("Measured in"),
        _("All"),
        *(str(label) for label in Gender.labels),
        _("The year before"),
        _("Code"),
        _("Remark"),
    ]


def codes(found: MonthlyFigures) -> list[str]:
    """In the page's order; then those a closed month has and the registry has not any more."""
    known = [code for code in figures.of(Period.MONTH) if code in found.figures]
    return known + sorted(found.figures.keys() - set(known))


def _rows(found: MonthlyFigures, before: MonthlyFigures) -> Iterator[list[Any]]:
    """Empty where there is nothing to tell from."""
    for code in codes(found):
        one = found.figures[code]
        figure = figures.get(code)
        version = found.versions.get(code, 1)
        differs = before.versions.get(code, version) != version
        yield [
            str(figure.section.label) if figure else "",
            str(figure.label) if figure else "",
            str(MEASURES[figure.measure]) if figure else "",
            one.value,
            *(one.by_gender.get(gender) for gender in Gender.values),
            before.figures.get(code, NOTHING).value,
            code,
            _("the year before was counted in another way") if differs else "",
        ]


def _definitions(found: MonthlyFigures) -> Iterator[list[Any]]:
    """What each counts, by the definition it was counted by."""
    for code in codes(found):
        if (figure := figures.get(code)) is not None:
            version = found.versions.get(code, figure.version)
            yield [
                str(figure.label),
                code,
                str(MEASURES[figure.measure]),
                version,
                str(figure.definition_in(version)),
            ]


def csv_rows(found: MonthlyFigures) -> Iterator[list[Any]]:
    for code in codes(found):
        one = found.figures[code]
        yield [code, one.value, *(one.by_gender.get(gender) for gender in Gender.values)]
