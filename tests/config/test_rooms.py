"""The drawing of the house: what it finds, and that a circle is no drawing."""

import pytest

from config import rooms


def test_no_app_knows_one_above_it() -> None:
    graph = rooms.apps()
    assert list(graph) == [*rooms.APPS]
    for at, app in enumerate(rooms.APPS):
        assert graph[app] <= set(rooms.APPS[:at])


def test_rooms_of_the_case_area_have_an_order_and_a_sign() -> None:
    ordered = rooms.from_the_ground(rooms.rooms())
    assert ordered.index("law") < ordered.index("matters") < ordered.index("reports")
    table = [line for line in rooms.part().splitlines() if line.startswith("| `")]
    assert len(table) == len(rooms.APPS) + len(ordered)
    assert [line for line in table if "|  |" in line] == []


def test_a_circle_is_named() -> None:
    graph = {"a": frozenset({"b"}), "b": frozenset({"c"}), "c": frozenset({"a"}), "d": frozenset()}
    with pytest.raises(rooms.Circle, match="a, b, c"):
        rooms.from_the_ground(graph)


def test_what_is_known_through_another_has_no_arrow() -> None:
    graph = {"a": frozenset({"b", "c"}), "b": frozenset({"c"}), "c": frozenset()}
    assert list(rooms._arrows(graph)) == ["    a --> b", "    b --> c"]
