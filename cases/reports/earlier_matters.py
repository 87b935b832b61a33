"""What a unit already knows of a child, told to whoever logs or works on a report about it.

Told at once and across the groups of the unit: that an investigation is open and with whom, that
there are earlier reports, that the identity is protected. Never what any of them says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from cases.investigations.models import Investigation
from cases.persons import identity
from cases.persons.models import Person
from cases.reports.models import Report

MOST = 6
"""Children shown for a name; more than these and the name is too common to choose by."""
SHORTEST = 2
"""Letters of each name before it is looked up."""


@dataclass(frozen=True, slots=True)
class Known:
    child: Person
    open_investigation: Investigation | None
    reports: int
    latest: Report | None
    investigations: int

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
    `without`: those the asker has a conflict of interest with, who are not known to them.
    """
    people = Person.objects.filter(unit_id=unit_id).exclude(pk__in=without)
    parsed = None
    near: list[Person] = []
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
            unborn = people.expected_near(parsed.birth_date).order_by("expected_on", "pk")
            near = [one for one in unborn[:MOST] if _may_be(one, last_name)]
    first, last = first_name.strip(), last_name.strip()
    if len(first) < SHORTEST or len(last) < SHORTEST:
        return near
    named = people.named(f"{first} {last}").exclude(pk__in=[one.pk for one in near])
    return [*near, *named.order_by("last_name", "first_name", "-birth_date")[: MOST - len(near)]]


def _may_be(unborn: Person, last_name: str) -> bool:
    """Whether an unborn child can be one of that last name, by its own or its parents' names."""
    typed = last_name.strip().casefold()
    names = {unborn.last_name, *(one.last_name for one in unborn.guardians.all())}
    names = {name.casefold() for name in names if name}
    return not typed or not names or typed in names


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
    return [
        Known(
            child=child,
            open_investigation=current.get(child.pk),
            reports=counts.get(child.pk, 0),
            latest=latest.get(child.pk),
            investigations=investigated.get(child.pk, 0),
        )
        for child in children
    ]
