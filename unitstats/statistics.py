"""One month of one unit, counted from the records: SQL aggregates under the codes of `indicators`.

A constant number of queries, whatever the number of cases. What is closed is never counted again:
`services.closing` keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from cases.enums import ConcernReason as Reason
from cases.enums import (
    DeadlineKind,
    Gender,
    GuardianRelation,
    Instrument,
    InvestigationOutcome,
    NoteKind,
    OpeningOutcome,
    ReporterCategory,
)
from cases.models import (
    Deadline,
    GuardianParticipation,
    InstrumentUse,
    Intervention,
    Investigation,
    Note,
    OpeningDecision,
    Report,
)
from cases.statistics import Median
from core.calendar import STOCKHOLM, add_months
from unitstats.indicators import INDICATORS

Number = int | float | None


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month; `first` is its first day."""

    first: date

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.replace(day=1))

    @classmethod
    def parse(cls, text: str) -> Month:
        """`YYYY-MM`; ValueError when it is not a month."""
        if len(text) != len("YYYY-MM"):
            raise ValueError(text)
        return cls(date.fromisoformat(f"{text}-01"))

    @property
    def last(self) -> date:
        return self.after.first - timedelta(days=1)

    @property
    def after(self) -> Month:
        return Month(add_months(self.first, 1))

    @property
    def before(self) -> Month:
        return Month(add_months(self.first, -1))

    @property
    def year_before(self) -> Month:
        return Month(add_months(self.first, -12))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure, and the same by the child's gender. None: nothing to tell from."""

    value: Number
    by_gender: Mapping[str, Number]


Counts = dict[str, dict[str, int]]
"""Code -> gender -> number."""


def counted(unit_id: int, month: Month) -> dict[str, Counted]:
    """Every indicator of the month, in the order of `INDICATORS`, as the records stand now."""
    counts: Counts = {}
    for part in (_reports, _decisions, _investigations, _child, _outcomes):
        counts.update(part(unit_id, month))
    figures = {code: _summed(counts.get(code, {})) for code in INDICATORS}
    for code, part_code, whole_code in (
        ("protection.in_time_percent", "protection.in_time", "protection.due"),
        ("decisions.in_time_percent", "decisions.in_time", "decisions.taken"),
    ):
        figures[code] = _percent(figures[part_code], figures[whole_code])
    figures["investigations.median_days"] = _median_days(unit_id, month)
    return figures


def _summed(by_gender: Mapping[str, int]) -> Counted:
    every = {gender: by_gender.get(gender, 0) for gender in Gender.values}
    return Counted(sum(every.values()), every)


def _percent(part: Counted, whole: Counted) -> Counted:
    def share(one: Number, of: Number) -> Number:
        return round(100 * (one or 0) / of, 1) if of else None

    return Counted(
        share(part.value, whole.value),
        {g: share(part.by_gender[g], whole.by_gender[g]) for g in Gender.values},
    )


def _by_gender(rows: QuerySet[Any], gender: str, **counts: Q | None) -> dict[str, dict[str, int]]:
    """Numbers of rows by gender: for each name all of them (None) or those of a condition."""
    found: Counts = {name: {} for name in counts}
    answers = (
        rows.order_by()
        .values_list(gender)
        .annotate(**{f"n{i}": Count("pk", filter=one) for i, one in enumerate(counts.values())})
    )
    for row in answers:
        for name, number in zip(counts, row[1:], strict=True):
            found[name][row[0]] = number
    return found


def _by_code(
    rows: QuerySet[Any], gender: str, field: Any, codes: Iterable[str], prefix: str
) -> Counts:
    """Numbers of rows by gender and a coded field, under `prefix.code`."""
    found: Counts = {f"{prefix}.{code}": {} for code in codes}
    answers = rows.order_by().annotate(_code=field).values_list(gender, "_code")
    for one, code, number in answers.annotate(n=Count("pk")):
        if f"{prefix}.{code}" in found:
            found[f"{prefix}.{code}"][one] = number
    return found


def _renamed(counts: Counts, name: Callable[[str], str]) -> Counts:
    return {name(code): numbers for code, numbers in counts.items()}


def _within(field: str, month: Month) -> Q:
    return Q(**{f"{field}__gte": month.first, f"{field}__lt": month.after.first})


def _reports(unit_id: int, month: Month) -> Counts:
    everything = Report.objects.filter(unit_id=unit_id)
    now, then = _within("received_on", month), _within("received_on", month.year_before)
    received = everything.filter(now)
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
    return {
        **_renamed(
            _by_gender(
                everything.filter(now | then),
                "child__gender",
                received=now,
                crime=now & Q(is_crime_report=True),
                received_year_before=then,
            ),
            "reports.{}".format,
        ),
        **_by_code(
            received.annotate(_years=years),
            "child__gender",
            age,
            ("age_0_12", "age_13_20", "age_unknown"),
            "reports",
        ),
        **_by_code(
            received,
            "child__gender",
            F("reporter_category"),
            ReporterCategory.values,
            "reports.by",
        ),
        **_by_code(
            received,
            "child__gender",
            Func(F("reasons"), function="unnest", output_field=CharField()),
            Reason.values,
            "reports.reason",
        ),
    }


def _decisions(unit_id: int, month: Month) -> Counts:
    in_time = Q(met_on__lte=F("due_on")) & (
        Q(met_at__isnull=True) | Q(due_at__isnull=True) | Q(met_at__lte=F("due_at"))
    )
    duties = Deadline.objects.filter(
        Q(report__received_on__gte=month.first, report__received_on__lt=month.after.first),
        unit_id=unit_id,
        cancelled_on__isnull=True,
    )
    taken = OpeningDecision.objects.filter(_within("decided_on", month), report__unit_id=unit_id)
    kinds = {
        "protection": Q(kind=DeadlineKind.PROTECTION_ASSESSMENT),
        "serious_talks": Q(kind=DeadlineKind.SERIOUS_TALK),
    }
    asked = {f"{prefix}.due": kind for prefix, kind in kinds.items()}
    asked |= {f"{prefix}.in_time": kind & in_time for prefix, kind in kinds.items()}
    counts = _by_gender(taken, "report__child__gender", taken=None, in_time=Q(is_late=False))
    return {
        **_by_gender(duties.filter(reduce(or_, kinds.values())), "child__gender", **asked),
        **_renamed(counts, "decisions.{}".format),
        **_by_code(
            taken,
            "report__child__gender",
            F("outcome"),
            OpeningOutcome.values,
            "decisions.outcome",
        ),
    }


def _investigations(unit_id: int, month: Month) -> Counts:
    every = Investigation.objects.filter(unit_id=unit_id)
    end = month.last
    over_time = Deadline.objects.filter(
        kind=DeadlineKind.INVESTIGATION, investigation=OuterRef("pk"), due_on__lt=end
    )
    opened, concluded = _within("opened_on", month), _within("concluded_on", month)
    flow = _by_gender(
        every.filter(opened | concluded),
        "child__gender",
        opened=opened,
        concluded=concluded,
        with_intervention=concluded & Q(outcome=InvestigationOutcome.INTERVENTION),
        without_intervention=concluded & ~Q(outcome=InvestigationOutcome.INTERVENTION),
        concluded_late=concluded & Q(is_late=True),
    )
    still = _by_gender(
        every.filter(opened_on__lte=end)
        .filter(Q(concluded_on__isnull=True) | Q(concluded_on__gt=end))
        .annotate(_over_time=Exists(over_time)),
        "child__gender",
        open_at_month_end=None,
        overdue_at_month_end=Q(_over_time=True),
    )
    return _renamed(flow | still, "investigations.{}".format)


def _median_days(unit_id: int, month: Month) -> Counted:
    days = Func(
        F("concluded_on"),
        F("opened_on"),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=IntegerField(),
    )
    rows = Investigation.objects.filter(_within("concluded_on", month), unit_id=unit_id).order_by()
    rows = rows.annotate(_days=days)

    def rounded(value: float | None) -> Number:
        return None if value is None else round(value, 1)

    by_gender = dict(
        rows.values_list("child__gender").annotate(
            middle=Median("_days", output_field=FloatField())
        )
    )
    return Counted(
        rounded(rows.aggregate(middle=Median("_days", output_field=FloatField()))["middle"]),
        {gender: rounded(by_gender.get(gender)) for gender in Gender.values},
    )


def _child(unit_id: int, month: Month) -> Counts:
    notes = Note.objects.filter(
        unit_id=unit_id,
        happened_at__gte=datetime.combine(month.first, time.min, STOCKHOLM),
        happened_at__lt=datetime.combine(month.after.first, time.min, STOCKHOLM),
    )
    counts = _by_gender(
        notes,
        "child__gender",
        conversations=Q(child_spoken_with=True),
        conversations_alone=Q(child_alone=True),
        sip=Q(kind=NoteKind.SIP_MEETING),
    )
    parts = _by_gender(
        GuardianParticipation.objects.filter(
            _within("on", month), took_part=True, investigation__unit_id=unit_id
        ),
        "investigation__child__gender",
        mothers=Q(guardian__relation=GuardianRelation.MOTHER),
        fathers=Q(guardian__relation=GuardianRelation.FATHER),
    )
    return {
        "child.conversations": counts["conversations"],
        "child.conversations_alone": counts["conversations_alone"],
        "meetings.sip": counts["sip"],
        **_renamed(parts, "participation.{}".format),
        **_by_code(
            InstrumentUse.objects.filter(_within("used_on", month), investigation__unit_id=unit_id),
            "investigation__child__gender",
            F("instrument"),
            Instrument.values,
            "instruments",
        ),
    }


_CAME_BACK = """
WITH closed AS (
    SELECT i.child_id, p.gender, i.concluded_on
    FROM cases_investigation i JOIN cases_person p ON p.id = i.child_id
    WHERE i.unit_id = %(unit)s AND i.concluded_on >= %(first)s AND i.concluded_on < %(until)s
)
SELECT gender,
       count(DISTINCT child_id),
       count(DISTINCT child_id) FILTER (WHERE EXISTS (
           SELECT FROM cases_report r
           WHERE r.child_id = closed.child_id AND r.received_on > closed.concluded_on
             AND r.received_on <= closed.concluded_on + interval '1 year'
       ))
FROM closed
GROUP BY gender
"""


def came_back(unit_id: int, *, on: date) -> dict[str, tuple[int, int]]:
    """By gender: children with a case closed in the year before the last, and who came back.

    The year before: concluded from 24 months before `on` until less than 12 months before it, so
    that each has had a whole year to come back in. Came back: a new report received after that
    day, at the latest on the same day the year after. Each child counts once.
    """
    values: dict[str, int | date] = {
        "unit": unit_id,
        "first": add_months(on, -24),
        "until": add_months(on, -12),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CAME_BACK, values)
        return {gender: (closed, back) for gender, closed, back in cursor.fetchall()}


def _outcomes(unit_id: int, month: Month) -> Counts:
    every = Intervention.objects.filter(unit_id=unit_id)
    back = came_back(unit_id, on=month.after.first)
    started, ended = _within("started_on", month), _within("ended_on", month)
    flow = _by_gender(every.filter(started | ended), "child__gender", started=started, ended=ended)
    return {
        **_renamed(flow, "interventions.{}".format),
        "children.closed_year_before": {gender: pair[0] for gender, pair in back.items()},
        "children.came_back": {gender: pair[1] for gender, pair in back.items()},
    }
