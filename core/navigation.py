"""The rooms of the application: what each app offers, gathered into at most eight of them.

`NAVIGATION_PROVIDERS` lists dotted callables; each takes the request and yields the items its
user may open. What a user may not open is not yielded: the menu never shows a locked door.
`WAITING_PROVIDERS` lists callables in the same way for what waits for the user to act on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet, Value
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy


class Room(Enum):
    """A line in the menu, in the order they stand there."""

    START = ("start", gettext_lazy("Start"), "house")
    TODO = ("todo", gettext_lazy("To do"), "check2-square")
    CASES = ("cases", gettext_lazy("Cases"), "folder2-open")
    PLACEMENTS = ("placements", gettext_lazy("Placements"), "house-heart")
    WORKLOAD = ("workload", gettext_lazy("State of work"), "speedometer2")
    STAFF = ("staff", gettext_lazy("Staff"), "people")
    QUALITY = ("quality", gettext_lazy("Quality and statistics"), "bar-chart-line")
    SETTINGS = ("settings", gettext_lazy("Settings"), "sliders")

    def __init__(self, code: str, label: str | Promise, icon: str) -> None:
        self.code = code
        self.label = label
        self.icon = icon


@dataclass(frozen=True, slots=True)
class Item:
    """A page of a room, and its tab there. One without a room is a button in the header.

    `also` are beginnings of paths that belong to it beside its own address. `first` says that its
    room is the person's main one and stands right after Start. `badge` and `active` are filled in
    here.
    """

    label: str
    url: str
    icon: str
    room: Room | None
    also: tuple[str, ...] = ()
    first: bool = False
    badge: int = 0
    active: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of thing that waits for the person: how many, and where they are dealt with.

    `code` names the kind to programs, and never changes.
    """

    code: str
    label: str
    count: int
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of thing that waits, by the rows of the list at `url`; several querysets add up."""

    code: str
    label: str
    url: str
    icon: str
    rows: Callable[[], Iterable[QuerySet[Any]]]


Statement = tuple[str, tuple[Any, ...]] | None
"""SQL with its parameters; None where no row can be."""

KEPT_STATEMENTS = 512
statements: dict[Hashable, Statement] = {}
"""By the codes asked for and the reader."""


def counted(sources: Iterable[Source], *, reader: Hashable) -> Iterator[Waiting]:
    """What waits of each, all in one statement: every page asks, and what waits is little.

    `reader` is everything the querysets are made of: the person's access of the day. Making and
    compiling them takes three times as long as counting, so the statement is kept by it, and
    `rows` is called only for a reader not met before. What is counted is read each time.
    """
    asked = list(sources)
    key = (tuple(source.code for source in asked), reader)
    if key not in statements:
        if len(statements) >= KEPT_STATEMENTS:
            statements.clear()
        statements[key] = statement(asked)
    counts = _counts(statements[key])
    for one in asked:
        yield Waiting(one.code, one.label, counts[one.code], one.url, one.icon)


def statement(sources: Iterable[Source]) -> Statement:
    """What gives the code of a source once for each of its rows."""
    kinds = [
        rows.order_by().values_list(Value(source.code), flat=True)
        for source in sources
        for rows in source.rows()
    ]
    if not kinds:
        return None
    try:
        sql, values = kinds[0].union(*kinds[1:], all=True).query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, tuple(values)


def _counts(asked: Statement) -> Counter[str]:
    if asked is None:
        return Counter()
    with connection.cursor() as cursor:
        cursor.execute(*asked)
        return Counter(code for (code,) in cursor)


@dataclass(frozen=True, slots=True)
class MenuRoom:
    """A room as the menu shows it to one person."""

    room: Room
    url: str
    badge: int
    active: bool


@dataclass(frozen=True, slots=True)
class Navigation:
    """The menu of one person on one page."""

    rooms: tuple[MenuRoom, ...] = ()
    tabs: tuple[Item, ...] = ()
    buttons: tuple[Item, ...] = ()

    @property
    def here(self) -> Room | None:
        return next((place.room for place in self.rooms if place.active), None)


Provider = Callable[[HttpRequest], Iterable[Item]]


def items_for(request: HttpRequest) -> list[Item]:
    """Every provider's items, in the order of the rooms, the current page's active."""
    found = list(_provided(request))
    order = list(Room)
    found.sort(key=lambda item: order.index(item.room) if item.room else len(order))
    here = _nearest(found, request.path)
    return [replace(item, active=item is here) for item in found]


def waiting_for(request: HttpRequest) -> list[Waiting]:
    """What waits for the person, each kind once, also where there is none of it."""
    kept: list[Waiting] | None = getattr(request, "waiting", None)
    if kept is None:
        kept = []
        for dotted in getattr(settings, "WAITING_PROVIDERS", []):
            kept.extend(import_string(dotted)(request))
        request.waiting = kept  # type: ignore[attr-defined]
    return kept


def navigation_for(request: HttpRequest) -> Navigation:
    """The rooms the person has, those with their own work first, and the tabs of the current."""
    items = items_for(request)
    waiting = waiting_for(request)
    inside: dict[Room, list[Item]] = {}
    for item in items:
        if item.room:
            inside.setdefault(item.room, []).append(item)
    if not inside:
        return Navigation(buttons=tuple(items))
    main = {item.room for item in items if item.first}
    ordered = sorted(inside, key=lambda room: (room is not Room.START, room not in main))
    here = next((item.room for item in items if item.active), None)
    todo = inside[Room.TODO][0].url if Room.TODO in inside else ""
    total = sum(one.count for one in waiting)
    numbers = Counter[str]()
    for one in waiting:
        numbers[one.url] += one.count
    places = tuple(
        MenuRoom(room, inside[room][0].url, total if room is Room.TODO else 0, room is here)
        for room in ordered
    )
    tabs = tuple(
        replace(item, badge=total if item.url == todo else numbers[item.url])
        for item in (inside[here] if here else ())
    )
    return Navigation(
        rooms=places,
        tabs=tabs if len(tabs) > 1 else (),
        buttons=tuple(item for item in items if item.room is None),
    )


def _provided(request: HttpRequest) -> Iterator[Item]:
    for dotted in getattr(settings, "NAVIGATION_PROVIDERS", []):
        provider: Provider = import_string(dotted)
        yield from provider(request)


def _nearest(items: Iterable[Item], path: str) -> Item | None:
    """The item whose address, or else whose other paths, say most of where the reader is."""
    best: tuple[int, bool] = (0, False)
    nearest = None
    for item in items:
        if item.room is None:
            continue
        for beginning in (item.url, *item.also):
            reach = (len(beginning), beginning == item.url)
            if reach > best and _holds(beginning, path):
                best, nearest = reach, item
    return nearest


def _holds(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))
