"""The reports and applications received in a month, by reporter, reason and age."""

from __future__ import annotations

from functools import partial

from django.db.models import Case, CharField, F, Func, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from cases.enums import ConcernReason, ReporterCategory
from cases.reports.models import Report
from cases.statistics.months.counting import Counted, by_code, by_gender, each, within
from cases.statistics.sections import REPORTS
from core.calendar import Month
from core.figures import Figure, Period, figures

_figure = partial(Figure, Period.MONTH, REPORTS)


def _received(unit_id: int, month: Month) -> QuerySet[Report]:
    return Report.objects.counted().filter(within("received_on", month), unit_id=unit_id)


@figures.counts(
    _figure(
        "reports.received",
        _("Reports received"),
        _("Reports and applications whose day of arrival falls in the month, one for each child."),
    ),
    _figure(
        "reports.received_year_before",
        _("Received the same month the year before"),
        _("The same count for the same month one year earlier, as the records stand now."),
    ),
    _figure(
        "reports.crime",
        _("Crime reports"),
        _("Of those received, the ones that report a crime."),
    ),
)
def received(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query."""
    now, then = within("received_on", month), within("received_on", month.year_before)
    return by_gender(
        Report.objects.counted().filter(now | then, unit_id=unit_id),
        "child__gender",
        {
            "reports.received": now,
            "reports.received_year_before": then,
            "reports.crime": now & Q(is_crime_report=True),
        },
    )


@figures.counts(
    _figure(
        "reports.age_0_12",
        _("Children 0–12"),
        _("Of those received, by the child's age on the day of arrival; unborn children here."),
    ),
    _figure(
        "reports.age_13_20",
        _("Children 13–20"),
        _("Of those received, by the child's age on the day of arrival."),
    ),
    _figure(
        "reports.age_unknown",
        _("Age unknown"),
        _("Of those received, children whose date of birth is not known."),
    ),
)
def received_by_age(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query."""
    years = Func(
        F("received_on"),
        F("child__birth_date"),
        template="extract(year from age(%(expressions)s))::int",
        output_field=IntegerField(),
    )
    age = Case(
        When(child__expected_on__isnull=False, then=Value("age_0_12")),
        When(child__birth_date__isnull=True, then=Value("age_unknown")),
        When(_years__lt=13, then=Value("age_0_12")),
        default=Value("age_13_20"),
        output_field=CharField(),
    )
    return by_code(
        _received(unit_id, month).annotate(_years=years),
        "child__gender",
        age,
        "reports",
        ("age_0_12", "age_13_20", "age_unknown"),
    )


@figures.counts(
    *each(
        REPORTS,
        "reports.by",
        ReporterCategory.choices,
        _("Of those received, by who reported."),
    )
)
def received_by_reporter(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query."""
    return by_code(
        _received(unit_id, month),
        "child__gender",
        F("reporter_category"),
        "reports.by",
        ReporterCategory.values,
    )


@figures.counts(
    *each(
        REPORTS,
        "reports.reason",
        ConcernReason.choices,
        _("Of those received, by reason; a report may have several."),
    )
)
def received_by_reason(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query."""
    return by_code(
        _received(unit_id, month),
        "child__gender",
        Func(F("reasons"), function="unnest", output_field=CharField()),
        "reports.reason",
        ConcernReason.values,
    )
