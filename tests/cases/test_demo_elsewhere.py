"""Making the demo's units in a process of their own."""

import os
from collections.abc import Iterator

import pytest

from cases.enums import Channel
from demo.cases.elsewhere import MakingError, elsewhere


def numbers(until: int) -> Iterator[int]:
    for number in range(until):
        yield number * os.getpid()


def falls(at: int) -> Iterator[str]:
    yield from Channel.values[:at]
    raise ValueError("what went wrong")


def dies() -> Iterator[int]:
    yield 1
    os._exit(3)


def test_what_is_made_elsewhere_comes_in_order_from_one_other_process() -> None:
    made = list(elsewhere(numbers, 4))
    other = made[1]
    assert other != os.getpid()
    assert made == [0, other, 2 * other, 3 * other]


def test_a_failure_elsewhere_is_told_with_its_place() -> None:
    made = elsewhere(falls, 2)
    assert [next(made), next(made)] == Channel.values[:2]
    with pytest.raises(MakingError, match=r"in falls\n(.*\n)*ValueError: what went wrong"):
        next(made)


def test_a_process_that_is_killed_is_noticed() -> None:
    made = elsewhere(dies)
    assert next(made) == 1
    with pytest.raises(MakingError, match=r"dies was killed \(3\)"):
        next(made)


def test_whoever_stops_early_leaves_no_process() -> None:
    made = elsewhere(numbers, 10)
    next(made)
    other = next(made)
    assert other != os.getpid()
    made.close()
    with pytest.raises(ProcessLookupError):
        os.kill(other, 0)
