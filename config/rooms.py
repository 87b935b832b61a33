"""The rooms of the house and what they know of each other, drawn from the imports.

A room is an app, and inside the case area each folder and module. The drawing stands in
docs/architecture.md between two marks; what stands around it is written by hand. import-linter says
where an import may lead; here is what there is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APPS = ("core", "organisation", "api", "cases", "workload", "audits", "unitstats", "demo")
"""From the ground upwards."""
AREA = "cases"
APART = {"migrations", "management", "templatetags"}
"""Folders that are no rooms of their own: Django looks for them by name."""
BEGIN, END = "<!-- rooms: `make docs` writes this part -->", "<!-- end of rooms -->"

Graph = Mapping[str, frozenset[str]]


class Circle(Exception):
    """Rooms that know each other in a ring; the message names them."""


def _imported(path: Path) -> set[str]:
    """Dotted names of everything the module imports, also where a function does."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _modules(app: str) -> Iterable[tuple[str, Path]]:
    for path in sorted((ROOT / app).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "migrations" not in parts:
            yield ".".join(parts), path


def apps() -> Graph:
    """Which apps each app imports from."""
    return {
        app: frozenset(
            other
            for _name, path in _modules(app)
            for imported in _imported(path)
            if (other := imported.split(".")[0]) in APPS and other != app
        )
        for app in APPS
    }


def _room(name: str) -> str | None:
    """The room of the case area a dotted name lies in."""
    parts = name.split(".")
    if parts[0] != AREA or len(parts) < 2 or parts[1] in APART | {"__init__"}:
        return None
    return parts[1]


def rooms() -> Graph:
    """Which rooms of the case area each of them imports from."""
    found: dict[str, set[str]] = {}
    for name, path in _modules(AREA):
        room = _room(name)
        if room is not None:
            known = {_room(imported) for imported in _imported(path)}
            found.setdefault(room, set()).update(one for one in known if one)
    return {
        room: frozenset(one for one in known if one in found and one != room)
        for room, known in found.items()
    }


def from_the_ground(graph: Graph) -> list[str]:
    """The rooms so that each comes after all it knows. Circle when there is no such order."""
    ordered: list[str] = []
    left = dict(graph)
    while left:
        free = sorted(room for room, known in left.items() if not known - set(ordered))
        if not free:
            raise Circle(", ".join(sorted(left)))
        ordered += free
        for room in free:
            del left[room]
    return ordered


def _all_known(graph: Graph) -> dict[str, set[str]]:
    known: dict[str, set[str]] = {}
    for room in from_the_ground(graph):
        known[room] = set(graph[room]).union(*(known[one] for one in graph[room]))
    return known


def _arrows(graph: Graph) -> Iterable[str]:
    """An arrow to each room that is known, but for those that are known through another."""
    known = _all_known(graph)
    for room in reversed(from_the_ground(graph)):
        for other in sorted(graph[room]):
            if not any(other in known[between] for between in graph[room] if between != other):
                yield f"    {room} --> {other}"


def _drawing(graph: Graph) -> list[str]:
    alone = sorted(
        room for room, known in graph.items() if not known and not _known_by(graph, room)
    )
    lines = ["```mermaid", "flowchart TD", *_arrows(graph)]
    return [*lines, *(f"    {room}" for room in alone), "```"]


def _known_by(graph: Graph, room: str) -> bool:
    return any(room in known for known in graph.values())


def _sign(folder: Path) -> str:
    """The first sentence of what the room says of itself."""
    module = folder.with_suffix(".py")
    path = module if module.exists() else folder / "__init__.py"
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.split("\n\n")[0].replace("\n", " ")


def _table(graph: Graph, folder: Path) -> list[str]:
    lines = ["| Room | Holds | Knows |", "|---|---|---|"]
    for room in reversed(from_the_ground(graph)):
        known = ", ".join(sorted(graph[room])) or "nothing above Django"
        lines.append(f"| `{room}` | {_sign(folder / room)} | {known} |")
    return lines


def part() -> str:
    """The drawn part of the document, without its marks."""
    return "\n".join(
        [
            "An arrow leads to what is known; what is known through another has none of its own.",
            "",
            "### The apps",
            "",
            *_drawing(apps()),
            "",
            *_table(apps(), ROOT),
            "",
            "### Inside the case area",
            "",
            *_drawing(rooms()),
            "",
            *_table(rooms(), ROOT / AREA),
        ]
    )


def markdown() -> str:
    """docs/architecture.md with the drawing as the imports are now."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    before, _begin, rest = text.partition(BEGIN)
    _drawn, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{part()}\n\n{END}{after}"
