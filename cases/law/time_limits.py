"""The table of time limits: each rule with its act, its days and its paragraph. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from types import MappingProxyType
from typing import Any, Final

from cases.enums import DeadlineKind
from core.calendar import ONE_DAY, Span

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
    #: The youngest whom the duty is owed to, in whole years on the day it counts from.
    from_age: int | None = None
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
            anchor="decision; the asking, when it came later or an investigation already ran",
            anchor_sv="beslutet; begäran, om den kom senare eller en utredning redan pågick",
            limit=Span(days=7),
            then=Span(),
            counting="7 calendar days; the day it is asked for, when asked after those or when an"
            " investigation already ran",
            counting_sv="7 kalenderdagar; samma dag som den begärs, om den begärs senare än så"
            " eller om en utredning redan pågick",
        ),
        source_before=None,
    ),
    Rule(
        kind=DeadlineKind.SERIOUS_TALK,
        version="city-1",
        source="city indicator",
        name="serious talk offered to a child suspected of a crime",
        name_sv="allvarssamtal erbjudet till barn som misstänks för brott",
        anchor="report received",
        anchor_sv="anmälan inkom",
        limit=Span(hours=48),
        from_age=12,
        counting="48 elapsed hours, also across a change of clocks; from 12 years of age",
        counting_sv="48 förflutna timmar, även när klockan ställs om; från 12 års ålder",
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
            raise ValueError(
                f"the duty {code!r} has no rules, or those of another: those of this area stand in"
                " _RULES of cases/law/time_limits.py"
            )
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
