"""What a unit already knows of a child, told to whoever logs or works on a report about it.

Told at once and across the groups of the unit: that an investigation is open and with whom, that
there are earlier reports, that the identity is protected. Never what any of them says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from cases.enums import InvestigationStatus
from cases.investigations.models import Investigation
from cases.persons import identity
from cases.persons.models import Person
from cases.reports.models import Report
from core import names

MOST = 6
"""Children shown for a name; more than these and the name is too common to choose by."""
MOST_NEAR = 3
"""Of them, children of nearly that name."""
SHORTEST = 2
"""Letters of each name before it is looked up."""


@dataclass(frozen=True, slots=True)
class Known:
    child: Person
    how: str
    """Found by a `guardian`'s name, or by one that is `near`; empty: by its own number or name."""
    open_investigation: Investigation | None
    reports: int
    latest: Report | None
    investigations: int
    handed_over: Investigation | None = None
    """The latest that another unit has taken over, where none is open here."""

    @property
    def handlers(self) -> list[str]:
        """Names of today's handlers of the open investigation, the main one first."""
        if self.open_investigation is None:
            return []
        return [str(user) for user in self.open_investigation.workers_with()]


def find_children(
    unit_id: int,
    *,
    number: str = "",
    first_name: str = "",
    last_name: str = "",
    on: date,
    without: frozenset[int] = frozenset(),
) -> list[Person]:
    """Children of the unit with that number, else with those names; at most `MOST`.

    Once a number is given, only children whose number is not known yet can be meant by the name.
    After those of that name come those with a guardian so called, then those of nearly that name:
    `known_of` says which. `without`: those the asker has a conflict of interest with, who are not
    known to them.
    """
    people = Person.objects.filter(unit_id=unit_id).exclude(pk__in=without)
    parsed = None
    unborn: list[Person] = []
    if temporary := identity.temporary(number):
        if found := list(people.temporarily_numbered(temporary)[:MOST]):
            return found
    elif number:
        try:
            parsed = identity.parse(number, on=on)
        except ValueError:
            return []
        found = list(people.numbered(parsed.number))
        if found:
            return found
        people = people.filter(personal_identity_number__isnull=True)
        if parsed.birth_date:
            unborn = [
                one
                for one in people.expected_near(parsed.birth_date).order_by("expected_on", "pk")[
                    :MOST
                ]
                if _may_be(one, last_name)
            ]
    first, last = names.normal(first_name), names.normal(last_name)
    if len(first) < SHORTEST or len(last) < SHORTEST:
        return unborn
    asked, left = f"{first} {last}", MOST - len(unborn)
    named = list(people.called(asked).exclude(pk__in=[one.pk for one in unborn])[:left])
    named.sort(key=lambda child: not child.by_own_name)
    near = people.nearly(
        asked, apart_from=[*unborn, *named], most=min(MOST_NEAR, left - len(named))
    )
    return [*unborn, *named, *near]


def _may_be(unborn: Person, last_name: str) -> bool:
    """Whether an unborn child can be one of that last name, by its own or its parents' names."""
    typed = last_name.strip().casefold()
    known = {unborn.last_name, *(one.last_name for one in unborn.guardians.all())}
    known = {name.casefold() for name in known if name}
    return not typed or not known or typed in known


def _how(child: Person) -> str:
    if child.is_near:
        return "near"
    return "" if child.by_own_name else "guardian"


def known_of(
    children: Sequence[Person], *, on: date, apart_from: Sequence[Report] = ()
) -> list[Known]:
    """What the unit knows of each; as many queries for one child as for many."""
    ids = [child.pk for child in children]
    if not ids:
        return []
    current = {
        row.child_id: row
        for row in Investigation.objects.open().filter(child__in=ids).with_page_rows(on=on)
    }
    reports = (
        Report.objects.counted()
        .filter(child__in=ids)
        .exclude(pk__in=[row.pk for row in apart_from])
    )
    counts = dict(reports.values_list("child").annotate(Count("pk")).order_by())
    latest = {
        row.child_id: row
        for row in reports.order_by("child_id", "-received_at", "-pk").distinct("child_id")
    }
    investigated = dict(
        Investigation.objects.counted()
        .filter(child__in=ids)
        .values_list("child")
        .annotate(Count("pk"))
        .order_by()
    )
    away = {
        row.child_id: row
        for row in Investigation.objects.filter(
            child__in=[pk for pk in ids if pk not in current],
            status=InvestigationStatus.HANDED_OVER,
        )
        .select_related("continued_by__unit")
        .order_by("handed_over_on", "pk")
    }
    return [
        Known(
            child=child,
            how=_how(child),
            open_investigation=current.get(child.pk),
            reports=counts.get(child.pk, 0),
            latest=latest.get(child.pk),
            investigations=investigated.get(child.pk, 0),
            handed_over=away.get(child.pk),
        )
        for child in children
    ]
