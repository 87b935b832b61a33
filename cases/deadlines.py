"""When duties fall due: the rule table and the one definition of due and overdue.

Pure: facts in, days out. No database, no clock, no I/O, no Django beyond the choices in
``cases.enums``. Whether a duty exists at all, and who may extend it, belongs in ``cases.rules``;
storing deadlines belongs in the
services, whom they are told to in ``cases.escalation``.

A rule is chosen by the day its duty counts from, so a report received on 20 June 2025 keeps
citing the Social Services Act of 2001 for as long as its deadline is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any, Final

from cases.enums import DeadlineKind, DeadlineStatus
from core.calendar import (
    ONE_DAY,
    Span,
    Term,
    add_hours,
    add_span,
    in_stockholm,
    is_after,
    last_working_day_on_or_before,
    local_date,
    term_of_or_next,
)

OLD_SOCIAL_SERVICES_ACT_FROM: Final = date(2002, 1, 1)
NEW_SOCIAL_SERVICES_ACT_FROM: Final = date(2025, 7, 1)
CARE_OF_YOUNG_PERSONS_ACT_FROM: Final = date(1990, 7, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One time limit as it stands in one act or routine during one period.

    ``applies_from`` and ``applies_to`` are both included and are compared with the day the duty
    counts from; None is without end. ``limit`` is None where the length is not one fixed span.
    """

    kind: str
    version: str
    source: str
    name: str
    name_sv: str
    anchor: str
    anchor_sv: str
    limit: Span | None
    counting: str
    counting_sv: str
    applies_from: date | None = None
    applies_to: date | None = None
    #: Local time of day: what is received later is due the next calendar day.
    next_day_after: time | None = None
    #: From when in the period the duty may be met.
    window_opens_after: Span | None = None
    #: The limit from the second time on, where it differs from the first.
    then: Span | None = None
    #: Whether a unit may set a limit of its own.
    adjustable: bool = False

    @property
    def code(self) -> str:
        """The permanent code of the duty, the same in every version."""
        return str(self.kind)

    @property
    def counts_from_moment(self) -> bool:
        """Whether the hour of the day decides, so that a date is not enough."""
        return self.next_day_after is not None or (self.limit is not None and self.limit.hours > 0)

    def applies_on(self, day: date) -> bool:
        """Whether the rule governs a duty that counts from this day."""
        return (self.applies_from is None or self.applies_from <= day) and (
            self.applies_to is None or day <= self.applies_to
        )


def _in_both_acts(rule: Rule, *, source_before: str | None) -> tuple[Rule, Rule]:
    """The rule under the Social Services Act of 2001 and the same rule under that of 2025."""
    before = replace(
        rule,
        version="2001:453",
        source=f"SoL (2001:453) {source_before}"
        if source_before
        else "SoL (2001:453), paragraph not recorded",
        applies_from=OLD_SOCIAL_SERVICES_ACT_FROM,
        applies_to=NEW_SOCIAL_SERVICES_ACT_FROM - ONE_DAY,
    )
    return before, replace(rule, applies_from=NEW_SOCIAL_SERVICES_ACT_FROM)


_RULES: Final[tuple[Rule, ...]] = (
    *_in_both_acts(
        Rule(
            kind=DeadlineKind.PROTECTION_ASSESSMENT,
            version="2025-07-01",
            source="SoL (2025:400) 20:1",
            name="immediate protection assessment",
            name_sv="omedelbar skyddsbedömning",
            anchor="report received",
            anchor_sv="anmälan inkom",
            limit=Span(),
            next_day_after=time(16),
            counting="the same day; the next calendar day when received after 16:00",
            counting_sv="samma dag; nästa kalenderdag om anmälan inkom efter kl. 16.00",
        ),
        source_before="11:1 a",
    ),
    *_in_both_acts(
        Rule(
            kind=DeadlineKind.OPENING_DECISION,
            version="2025-07-01",
            source="SoL (2025:400) 20:2",
            name="decision to open an investigation or not",
            name_sv="beslut att inleda eller inte inleda utredning",
            anchor="day the report arrived",
            anchor_sv="dagen då anmälan inkom",
            limit=Span(days=14),
            counting="14 calendar days; the arrival day is day 0",
            counting_sv="14 kalenderdagar; ankomstdagen är dag 0",
        ),
        source_before="11:1 a",
    ),
    *_in_both_acts(
        Rule(
            kind=DeadlineKind.REPORTER_FEEDBACK,
            version="2025-07-01",
            source="SoL (2025:400) 19:6",
            name="feedback to a mandated reporter who asked",
            name_sv="återkoppling till anmälningsskyldig som begärt det",
            anchor="decision",
            anchor_sv="beslutet",
            limit=Span(days=7),
            counting="7 calendar days",
            counting_sv="7 kalenderdagar",
        ),
        source_before=None,
    ),
    Rule(
        kind=DeadlineKind.SERIOUS_TALK,
        version="city-1",
        source="city indicator",
        name="serious talk offered after a crime report",
        name_sv="allvarssamtal erbjudet efter anmälan om brott",
        anchor="report received",
        anchor_sv="anmälan inkom",
        limit=Span(hours=48),
        counting="48 elapsed hours, also across a change of clocks",
        counting_sv="48 förflutna timmar, även när klockan ställs om",
    ),
    *_in_both_acts(
        Rule(
            kind=DeadlineKind.INVESTIGATION,
            version="2025-07-01",
            source="SoL (2025:400) 20:3",
            name="complete investigation",
            name_sv="slutförd utredning",
            anchor="day opened",
            anchor_sv="dagen då utredningen inleddes",
            limit=Span(months=4),
            counting="4 months; an extension to its stated date",
            counting_sv="4 månader; vid förlängning till angivet datum",
        ),
        source_before="11:2",
    ),
    *_in_both_acts(
        Rule(
            kind=DeadlineKind.FOLLOWUP_AFTER_CLOSING,
            version="2025-07-01",
            source="SoL (2025:400) 23:1-5",
            name="decided follow-up without measure",
            name_sv="beslutad uppföljning utan insats",
            anchor="investigation or SoL placement ended",
            anchor_sv="utredningen eller SoL-placeringen avslutades",
            limit=Span(months=6),
            counting="at most 6 months",
            counting_sv="högst 6 månader",
        ),
        source_before=None,
    ),
    Rule(
        kind=DeadlineKind.INTERVENTION_FOLLOWUP,
        version="unit-1",
        source="unit routine",
        name="follow up an intervention",
        name_sv="uppföljning av insats",
        anchor="start or last follow-up",
        anchor_sv="start eller senaste uppföljning",
        limit=Span(months=6),
        window_opens_after=Span(months=4),
        counting="6 months; the window opens at 4 months",
        counting_sv="6 månader; får göras från 4 månader",
    ),
    Rule(
        kind=DeadlineKind.FIRST_VISIT,
        version="unit-1",
        source="unit routine",
        name="first visit to the placed child",
        name_sv="första besök hos det placerade barnet",
        anchor="placement start",
        anchor_sv="placeringens start",
        limit=Span(days=7),
        counting="7 calendar days",
        counting_sv="7 kalenderdagar",
    ),
    Rule(
        kind=DeadlineKind.PLACEMENT_VISIT,
        version="unit-1",
        source="unit routine, guidance",
        name="visit the placed child",
        name_sv="besök hos det placerade barnet",
        anchor="last visit, else placement start",
        anchor_sv="senaste besök, annars placeringens start",
        limit=Span(months=3),
        counting="3 months",
        counting_sv="3 månader",
    ),
    Rule(
        kind=DeadlineKind.PLACEMENT_FOLLOWUP,
        version="unit-1",
        source="unit routine",
        name="follow up the placement",
        name_sv="uppföljning av placeringen",
        anchor="term (January-June, August-December)",
        anchor_sv="termin (januari-juni, augusti-december)",
        limit=None,
        counting="at least 2 per term: the first by the middle of the term, both by its last day",
        counting_sv="minst 2 per termin: den första till terminens mitt, båda till dess sista dag",
    ),
    *_in_both_acts(
        Rule(
            kind=DeadlineKind.CARE_CONSIDERATION,
            version="2025-07-01",
            source="SoL (2025:400) 22:13, LVU 13 §",
            name="consider whether care is still needed",
            name_sv="övervägande eller omprövning av vården",
            anchor="start or last consideration",
            anchor_sv="start eller senaste övervägande",
            limit=Span(months=6),
            counting="6 months",
            counting_sv="6 månader",
        ),
        source_before="6:8, LVU 13 §",
    ),
    *_in_both_acts(
        Rule(
            kind=DeadlineKind.CARE_PLAN,
            version="2025-07-01",
            source="SoL (2025:400) 9:12",
            name="care plan",
            name_sv="vårdplan",
            anchor="placement start",
            anchor_sv="placeringens start",
            limit=Span(),
            counting="before the placement: at the latest the day it starts",
            counting_sv="före placeringen: senast den dag den startar",
        ),
        source_before="11:3",
    ),
    *_in_both_acts(
        Rule(
            kind=DeadlineKind.IMPLEMENTATION_PLAN,
            version="2025-07-01",
            source="SoL (2025:400) 9:12",
            name="implementation plan",
            name_sv="genomförandeplan",
            anchor="placement start",
            anchor_sv="placeringens start",
            limit=Span(days=30),
            counting="30 calendar days",
            counting_sv="30 kalenderdagar",
        ),
        source_before="11:3",
    ),
    *_in_both_acts(
        Rule(
            kind=DeadlineKind.EMERGENCY_HOME,
            version="2025-07-01",
            source="SoL (2025:400) 22:4",
            name="stay in an on-call home after the investigation is done",
            name_sv="vistelse i jourhem efter avslutad utredning",
            anchor="investigation concluded",
            anchor_sv="utredningen avslutades",
            limit=Span(months=2),
            counting="2 months",
            counting_sv="2 månader",
        ),
        source_before=None,
    ),
    *_in_both_acts(
        Rule(
            kind=DeadlineKind.CUSTODY_CONSIDERATION,
            version="2025-07-01",
            source="SoL (2025:400) 22:14",
            name="consider moving custody to the family home",
            name_sv="övervägande om överflyttning av vårdnaden",
            anchor="placement start in the same home, then last consideration",
            anchor_sv="placeringens start i samma hem, därefter senaste övervägande",
            limit=Span(years=2),
            then=Span(years=1),
            counting="2 years, then yearly",
            counting_sv="2 år, därefter årligen",
        ),
        source_before="6:8 b",
    ),
    Rule(
        kind=DeadlineKind.LVU_COURT_SUBMISSION,
        version="1990:52",
        source="LVU 7 §",
        applies_from=CARE_OF_YOUNG_PERSONS_ACT_FROM,
        name="immediate custody decision submitted to the court",
        name_sv="underställning av beslut om omedelbart omhändertagande",
        anchor="decision",
        anchor_sv="beslutet",
        limit=Span(weeks=1),
        counting="1 week, else the decision lapses",
        counting_sv="1 vecka, annars upphör beslutet",
    ),
    Rule(
        kind=DeadlineKind.LVU_APPLICATION,
        version="1990:52",
        source="LVU 8 §",
        applies_from=CARE_OF_YOUNG_PERSONS_ACT_FROM,
        name="application for care after immediate custody",
        name_sv="ansökan om vård efter omedelbart omhändertagande",
        anchor="enforcement",
        anchor_sv="verkställigheten",
        limit=Span(weeks=4),
        counting="4 weeks",
        counting_sv="4 veckor",
    ),
    Rule(
        kind=DeadlineKind.CONTACT_RESTRICTION,
        version="1990:52",
        source="LVU 14 §",
        applies_from=CARE_OF_YOUNG_PERSONS_ACT_FROM,
        name="reconsider contact limits or secret address",
        name_sv="övervägande av umgängesbegränsning eller hemlig vistelseort",
        anchor="decision",
        anchor_sv="beslutet",
        limit=Span(months=3),
        counting="3 months",
        counting_sv="3 månader",
    ),
    Rule(
        kind=DeadlineKind.HOME_CHECK_VALIDITY,
        version="unit-1",
        source="unit routine",
        name="check on a home still valid",
        name_sv="giltighet för kontroll av hem",
        anchor="check date",
        anchor_sv="kontrollens datum",
        limit=None,
        adjustable=True,
        counting="per check type, valid to the due day inclusive",
        counting_sv="per typ av kontroll, giltig till och med sista dagen",
    ),
    Rule(
        kind=DeadlineKind.COMPLAINT_REPLY,
        version="unit-1",
        source="unit routine",
        name="written reply to a complaint",
        name_sv="skriftligt svar på klagomål",
        anchor="complaint received",
        anchor_sv="klagomålet inkom",
        limit=Span(days=14),
        adjustable=True,
        counting="14 calendar days, or as the unit has set",
        counting_sv="14 kalenderdagar, eller enligt enhetens inställning",
    ),
)

#: How long each type of check on a home is valid, counted from the day of the check.
HOME_CHECK_VALIDITY: Final[Mapping[str, Span]] = MappingProxyType(
    {"register_extract": Span(months=6), "home_visit": Span(months=12)}
)


class Rulebook:
    """The duties there are, by code: what each is called, and its rules."""

    def __init__(self) -> None:
        self._names: dict[str, Any] = {}
        self._rules: dict[str, tuple[Rule, ...]] = {}

    def add(self, code: str, name: Any, rules: Iterable[Rule]) -> None:
        """ValueError for a code that is there already, or whose rules are none or another's."""
        own = tuple(rules)
        if code in self._rules:
            raise ValueError(f"two duties have the code {code!r}")
        if not own or any(rule.code != code for rule in own):
            raise ValueError(f"the duty {code!r} has no rules, or those of another")
        self._names[code], self._rules[code] = name, own

    def remove(self, code: str) -> None:
        del self._names[code], self._rules[code]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self._rules)

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(rule for rules in self._rules.values() for rule in rules)

    def name(self, code: str) -> Any:
        """LookupError for a code nobody has registered."""
        return self._names[code]

    def of(self, code: str) -> tuple[Rule, ...]:
        return self._rules.get(code, ())


RULEBOOK: Final = Rulebook()
for _kind in DeadlineKind:
    RULEBOOK.add(_kind.value, _kind.label, [rule for rule in _RULES if rule.kind == _kind])


WITHOUT_MATTER: Final = frozenset(
    {
        DeadlineKind.FIRST_VISIT,
        DeadlineKind.PLACEMENT_VISIT,
        DeadlineKind.PLACEMENT_FOLLOWUP,
        DeadlineKind.CARE_CONSIDERATION,
        DeadlineKind.CARE_PLAN,
        DeadlineKind.IMPLEMENTATION_PLAN,
        DeadlineKind.EMERGENCY_HOME,
        DeadlineKind.CUSTODY_CONSIDERATION,
        DeadlineKind.LVU_COURT_SUBMISSION,
        DeadlineKind.LVU_APPLICATION,
        DeadlineKind.CONTACT_RESTRICTION,
        DeadlineKind.HOME_CHECK_VALIDITY,
        DeadlineKind.COMPLAINT_REPLY,
    }
)
"""Duties whose rule counts and that no kind of matter has: placements, care under LVU, homes and
complaints are kept elsewhere. One that a kind has is taken away from here."""


def codes() -> tuple[str, ...]:
    """Codes of every duty, in the order they are registered."""
    return RULEBOOK.codes


def choices() -> list[tuple[str, Any]]:
    """Codes and names of every duty, for forms and the API."""
    return [(code, RULEBOOK.name(code)) for code in RULEBOOK.codes]


def duty_name(code: str) -> Any:
    """What the duty is called. LookupError for a code nobody has registered."""
    return RULEBOOK.name(code)


def rule_for(kind: str, on: date, *, rules: Sequence[Rule] | None = None) -> Rule:
    """The rule that governs a duty counting from a day.

    LookupError when no rule applied that day.
    """
    for rule in RULEBOOK.of(kind) if rules is None else rules:
        if rule.kind == kind and rule.applies_on(on):
            return rule
    raise LookupError(f"No rule for {kind} applies to {on.isoformat()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A duty's days. Met on ``due_on`` is in time; ``act_by`` is the working day to plan for.

    ``due_at`` is set, in UTC, only where the limit is in hours.
    """

    kind: str
    version: str
    source: str
    starts_on: date
    due_on: date
    act_by: date
    due_at: datetime | None = None
    window_opens_on: date | None = None


def due(
    kind: str,
    anchor: date | datetime,
    *,
    extended_to: date | None = None,
    limit: Span | None = None,
    first: bool = True,
) -> Due:
    """When a duty that counts from ``anchor`` is due, under the rule in force that day.

    ``anchor`` is the aware moment of receipt for protection_assessment and serious_talk; for
    the others a day, or an aware moment of which the Swedish day counts. ``extended_to`` is the
    day stated in a decision to extend and replaces the due day (and hour). ``limit`` is the
    unit's own for complaint_reply and home_check_validity, required for the latter. ``first``
    is False from the second time on, where the rule then has another limit.

    placement_followup falls due on the first half-term's last day on or after ``anchor``: see
    ``placement_followup_dues``.

    Raises LookupError when no rule applied, TypeError for a day where a moment is needed,
    ValueError for a naive moment, an extension not after the day the duty counts from, a limit
    on a rule that is not the unit's to set, or a missing limit.
    """
    starts_on = local_date(anchor) if isinstance(anchor, datetime) else anchor
    rule = rule_for(kind, starts_on)
    if limit is not None and not rule.adjustable:
        raise ValueError(f"{rule.code} has its limit from {rule.source}; a unit cannot set it")
    due_on, due_at = _due_day_and_hour(rule, anchor, starts_on, limit, first=first)
    if extended_to is not None:
        if extended_to <= starts_on:
            raise ValueError(f"Extended to {extended_to}, not after {starts_on} it counts from")
        due_on, due_at = extended_to, None
    return Due(
        kind=rule.kind,
        version=rule.version,
        source=rule.source,
        starts_on=starts_on,
        due_on=due_on,
        act_by=last_working_day_on_or_before(due_on, not_before=starts_on),
        due_at=due_at,
        window_opens_on=(
            add_span(starts_on, rule.window_opens_after) if rule.window_opens_after else None
        ),
    )


def _due_day_and_hour(
    rule: Rule, anchor: date | datetime, starts_on: date, limit: Span | None, *, first: bool
) -> tuple[date, datetime | None]:
    if rule.kind == DeadlineKind.PLACEMENT_FOLLOWUP:
        term = term_of_or_next(starts_on)
        return (term.halfway_on if starts_on <= term.halfway_on else term.ends_on), None
    span = limit or (rule.limit if first else rule.then or rule.limit)
    if span is None:
        raise ValueError(f"{rule.code} has no limit of its own: state one")
    if not rule.counts_from_moment:
        return add_span(starts_on, span), None
    if not isinstance(anchor, datetime):
        raise TypeError(f"{rule.code} counts from a moment; {anchor!r} is only a day")
    if span.hours:
        due_at = add_hours(anchor, span.hours)
        return local_date(due_at), due_at
    due_on = add_span(starts_on, span)
    if rule.next_day_after is not None and in_stockholm(anchor).time() > rule.next_day_after:
        due_on += ONE_DAY
    return due_on, None


def placement_followup_dues(term: Term) -> tuple[Due, Due]:
    """The two follow-ups of a placement a term asks for.

    The first is due in the middle of the term, the second, and thereby both, on its last day.
    The second counts from the day after the middle, so that ``due`` gives each of them again
    from its ``starts_on``; one made earlier still counts.
    """
    kind = DeadlineKind.PLACEMENT_FOLLOWUP
    return due(kind, term.starts_on), due(kind, term.halfway_on + ONE_DAY)


def next_custody_consideration(placed_on: date, last_on: date | None) -> Due:
    """When to consider moving custody next: 2 years in the same home, then yearly.

    Counts a year from the last consideration, but never falls before the two years are out.
    ValueError for a consideration before the placement.
    """
    after_two_years = due(DeadlineKind.CUSTODY_CONSIDERATION, placed_on)
    if last_on is None:
        return after_two_years
    if last_on < placed_on:
        raise ValueError(f"Considered on {last_on}, before the placement on {placed_on}")
    yearly = due(DeadlineKind.CUSTODY_CONSIDERATION, last_on, first=False)
    return max(after_two_years, yearly, key=lambda candidate: candidate.due_on)


def home_check_due(check_type: str, checked_on: date) -> Due:
    """The last day a check on a home is valid. LookupError for a type without a validity."""
    if check_type not in HOME_CHECK_VALIDITY:
        raise LookupError(f"No validity is set for the check type {check_type!r}")
    return due(DeadlineKind.HOME_CHECK_VALIDITY, checked_on, limit=HOME_CHECK_VALIDITY[check_type])


def status(
    *,
    due_on: date,
    on: date,
    met_on: date | None = None,
    cancelled_on: date | None = None,
    due_at: datetime | None = None,
    met_at: datetime | None = None,
) -> DeadlineStatus:
    """What a deadline is as of a day. The one definition of overdue in Python.

    Overdue is: not met, not cancelled, and ``on`` is after ``due_on``; due today is not overdue.
    Facts dated after ``on`` are not yet known. A duty met on or before the day it was cancelled
    stays met, and one met late stays late. ``met_at`` alone gives ``met_on``; with ``due_at`` it
    decides by the hour. ValueError for a naive moment.
    """
    if met_on is None and met_at is not None:
        met_on = local_date(met_at)
    if cancelled_on is not None and cancelled_on <= on and not (met_on and met_on <= cancelled_on):
        return DeadlineStatus.CANCELLED
    if met_on is not None and met_on <= on:
        late = met_on > due_on
        if due_at is not None and met_at is not None:
            late = late or is_after(met_at, due_at)
        return DeadlineStatus.MET_LATE if late else DeadlineStatus.MET
    return DeadlineStatus.OVERDUE if on > due_on else DeadlineStatus.DUE


def days_left(due_on: date, on: date) -> int:
    """Calendar days left: 0 on the due day, negative when it has passed."""
    return (due_on - on).days
