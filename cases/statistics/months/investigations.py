"""The investigations of a month: opened, concluded, open at its end, and how long they took."""

from __future__ import annotations

from functools import partial

from django.db.models import F, FloatField, Func, IntegerField, Q
from django.utils.translation import gettext_lazy as _

from cases.deadlines.models import Deadline
from cases.enums import DeadlineKind, Gender, InvestigationOutcome
from cases.investigations.models import Investigation
from cases.statistics.median import Median
from cases.statistics.months.counting import Counted, Number, by_gender, within
from cases.statistics.sections import INVESTIGATIONS
from cases.statistics.timeliness import unfinished
from core.calendar import Month
from core.figures import Figure, Measure, Period, figures

_figure = partial(Figure, Period.MONTH, INVESTIGATIONS)


@figures.counts(
    _figure(
        "investigations.opened",
        _("Investigations opened"),
        _(
            "Investigations whose day of opening falls in the month; one that another unit handed"
            " over was opened in that unit."
        ),
        earlier=(_("Investigations whose day of opening falls in the month."),),
    ),
    _figure(
        "investigations.concluded",
        _("Investigations concluded"),
        _("Investigations whose day of conclusion falls in the month."),
    ),
    _figure(
        "investigations.with_intervention",
        _("Concluded with an intervention"),
        _("Of those concluded, the ones that ended with an intervention."),
    ),
    _figure(
        "investigations.without_intervention",
        _("Concluded without an intervention"),
        _("Of those concluded, the ones that ended without, the child's move included."),
    ),
    _figure(
        "investigations.concluded_late",
        _("Concluded after their last day"),
        _("Of those concluded, later than four months or the day of the extension (SoL 20:3)."),
    ),
)
def flow(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query."""
    # What another unit opened and handed over was counted as opened there.
    opened = within("opened_on", month) & Q(continues__isnull=True)
    concluded = within("concluded_on", month)
    helped = Q(outcome=InvestigationOutcome.INTERVENTION)
    return by_gender(
        Investigation.objects.counted().filter(opened | concluded, unit_id=unit_id),
        "child__gender",
        {
            "investigations.opened": opened,
            "investigations.concluded": concluded,
            "investigations.with_intervention": concluded & helped,
            "investigations.without_intervention": concluded & ~helped,
            "investigations.concluded_late": concluded & Q(is_late=True),
        },
    )


@figures.counts(
    _figure(
        "investigations.open_at_month_end",
        _("Open at the end of the month"),
        _(
            "Opened and not concluded on the last day of the month; one handed over is open in the"
            " unit that has taken it over."
        ),
        earlier=(_("Opened and not concluded on the last day of the month."),),
    )
)
def open_at_month_end(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query."""
    return by_gender(
        Investigation.objects.open_on(month.last).filter(unit_id=unit_id),
        "child__gender",
        {"investigations.open_at_month_end": None},
    )


@figures.counts(
    _figure(
        "investigations.overdue_at_month_end",
        _("Over time at the end of the month"),
        _("Of those open, with a last day that had passed."),
    )
)
def overdue_at_month_end(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query."""
    return by_gender(
        Deadline.objects.filter(
            unfinished(month.last),
            unit_id=unit_id,
            kind=DeadlineKind.INVESTIGATION,
            due_on__lt=month.last,
        ).exclude(matter__investigation__taken_over_on__gt=month.last),
        "child__gender",
        {"investigations.overdue_at_month_end": None},
    )


@figures.counts(
    _figure(
        "investigations.median_days",
        _("Median days of an investigation"),
        _("Days from opening to conclusion of those concluded in the month: half took longer."),
        Measure.DAYS,
    )
)
def median_days(unit_id: int, month: Month) -> dict[str, Counted]:
    """Two queries: a median of all is none of the medians of the genders."""
    days = Func(
        F("concluded_on"),
        F("opened_on"),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=IntegerField(),
    )
    rows = (
        Investigation.objects.counted()
        .filter(within("concluded_on", month), unit_id=unit_id)
        .order_by()
    )
    rows = rows.annotate(_days=days)
    middle = Median("_days", output_field=FloatField())

    def rounded(value: float | None) -> Number:
        return None if value is None else round(value, 1)

    by_gender = dict(rows.values_list("child__gender").annotate(middle=middle))
    total = rows.aggregate(middle=middle)["middle"]
    return {
        "investigations.median_days": Counted(
            rounded(total), {gender: rounded(by_gender.get(gender)) for gender in Gender.values}
        )
    }
