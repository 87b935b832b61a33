"""Looking children up by name among very many: `python -m benchmarks --only-search` runs it alone.

The persons stand in one table as they do in a city: the names are as unevenly spread as names are.
The floor fetches the same rows by their keys.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from benchmarks.timing import percentile, spent
from cases.persons.models import Guardian, Person
from cases.reports.earlier_matters import MOST, find_children
from organisation.models import OrgUnit

UNITS = 20

FIRST = [
    "Anna",
    "Alva",
    "Åsa",
    "Elsa",
    "Maja",
    "Kristina",
    "Christina",
    "Linnéa",
    "Mohammed",
    "Muhamed",
    "Ali",
    "Fatima",
    "Yusuf",
    "Luka",
    "İbrahim",
    "Anna-Lisa",
    "Erik",
    "Lars",
    "Karl",
    "Carl",
    "Göran",
    "Örjan",
    "Nils",
    "Olle",
    "Wilma",
    "Vilma",
    "Sofia",
    "Sophia",
    "Zeinab",
    "Amira",
    "Ömer",
    "Viktor",
    "Victor",
    "Ludvig",
    "Isak",
    "Hugo",
    "Liam",
    "Noah",
    "Alice",
    "Vera",
]
LAST = [
    "Andersson",
    "Johansson",
    "Karlsson",
    "Carlsson",
    "Nilsson",
    "Eriksson",
    "Ericsson",
    "Larsson",
    "Olsson",
    "Persson",
    "Svensson",
    "Gustafsson",
    "Pettersson",
    "Petersson",
    "Jonsson",
    "Berg",
    "Lind",
    "Ek",
    "Österberg",
    "Åkesson",
    "Ärlig",
    "D'Souza",
    "Perić",
    "Al-Hassan",
    "Yılmaz",
    "Đoković",
    "Müller",
    "García",
    "Nguyen",
    "Öberg",
    "Sjöström",
    "Lindqvist",
    "Lindkvist",
    "Holm",
    "Dahl",
    "Dal",
]

ASKED = (
    ("a rare name", "Ludvig", "Dsouza"),
    ("a common name", "Anna", "Andersson"),
    ("swapped, without dots", "Osterberg", "Asa"),
    ("beginnings", "An", "And"),
    ("an initial", "A B", "Osterberg"),
    ("either half", "Anna Lisa", "Hassan"),
    ("a guardian", "Fatima", "Peric-Ek"),
    ("nearly so", "Kristena", "Karlssom"),
    ("nobody", "Xerxes", "Quist"),
)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Milliseconds of one look-up in a unit, and whether an index answered it."""

    name: str
    found: int
    p50_ms: float
    p95_ms: float
    floor_ms: float
    by_index: bool


def fill(persons: int) -> None:
    """So many children, every third with a guardian of another name; the indexes as migrated."""
    top = OrgUnit.objects.create(level="municipality", code="B", name="B")
    units = [
        OrgUnit.objects.create(level="unit", code=f"B{number}", name=f"B{number}", parent=top).pk
        for number in range(UNITS)
    ]
    indexes = {
        model: next(one for one in model._meta.indexes if one.name.endswith("_name_keys"))
        for model in (Person, Guardian)
    }
    with connection.schema_editor() as editor:
        for model, index in indexes.items():
            editor.remove_index(model, index)
    names = "(%(first)s::text[])[1 + floor(power(random(), 2) * %(firsts)s)::int]"
    lasts = "(%(last)s::text[])[1 + floor(power(random(), 2) * %(lasts)s)::int]"
    values = {
        "first": FIRST,
        "firsts": len(FIRST),
        "last": LAST,
        "lasts": len(LAST),
        "units": units,
        "many": len(units),
        "persons": persons,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        # Two in three surnames are one's own and few others': a syllable before a common one.
        cursor.execute(
            f"""
            INSERT INTO cases_person (unit_id, first_name, last_name, gender, protected_identity,
                temporary_number, address, school, whereabouts, interpreter_language, version,
                created_at, birth_date)
            SELECT (%(units)s::bigint[])[1 + at %% %(many)s],
                {names},
                CASE WHEN at %% 3 = 0 THEN {lasts}
                ELSE initcap(substr(md5((at %% 30011)::text), 1, 4)) || lower({lasts}) END,
                'unknown', 'none', '', '', '', '', '', 1, now(), date '2010-01-01' + at %% 5000
            FROM generate_series(1, %(persons)s) AS at
            """,  # noqa: S608
            values,
        )
        cursor.execute(
            f"""
            INSERT INTO cases_guardian (child_id, relation, first_name, last_name, has_custody,
                contact, interpreter_language, protected_identity, end_reason, version)
            SELECT id, 'mother', {names}, {lasts} || CASE WHEN id %% 5 = 0 THEN '-Ek' ELSE '' END,
                true, '', '', 'none', '', 1
            FROM cases_person WHERE id %% 3 = 0
            """,  # noqa: S608
            values,
        )
    with connection.schema_editor() as editor:
        for model, index in indexes.items():
            editor.add_index(model, index)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE cases_person")
        cursor.execute("VACUUM ANALYZE cases_guardian")


def measure(*, on: date, times: int) -> list[LookedUp]:
    """Each question so many times as the look-up while logging asks it, and the bare rows."""
    unit = OrgUnit.objects.filter(code="B0").get()
    return [_one(name, unit.pk, first, last, on=on, times=times) for name, first, last in ASKED]


def _one(name: str, unit: int, first: str, last: str, *, on: date, times: int) -> LookedUp:
    def ask() -> list[Person]:
        return find_children(unit, first_name=first, last_name=last, on=on)

    found = ask()
    statement = "SELECT * FROM cases_person WHERE id = ANY(%s)"
    floor: Callable[[], Any] = _fetched(statement, [[child.pk for child in found]])
    ours, bare = spent(ask, times), spent(floor, times)
    plan = Person.objects.filter(unit_id=unit).called(f"{first} {last}")[:MOST].explain()
    return LookedUp(
        name=name,
        found=len(found),
        p50_ms=round(percentile(ours.clock, 0.5), 2),
        p95_ms=round(percentile(ours.clock, 0.95), 2),
        floor_ms=round(percentile(bare.clock, 0.5), 2),
        by_index="cases_person_name_keys" in plan
        and "cases_guardian_name_keys" in plan
        and "Seq Scan on cases_person" not in plan,
    )


def _fetched(statement: str, values: list[Any]) -> Callable[[], Any]:
    def fetch() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    return fetch
