"""Frames of a request in one piece of memory."""

from resource import RUSAGE_SELF, getrusage
from typing import Any

from django.conf import settings

from core.stack import StackMiddleware

CALLS = 400


def leaf(number: int) -> int:
    return number + 1


def faults_by_depth(deep: int) -> list[int]:
    """How many pages of memory the system had to give while a small function was called so many
    times, at each depth of calls."""
    found: list[int] = []

    def descend(left: int) -> None:
        before = getrusage(RUSAGE_SELF).ru_minflt
        for number in range(CALLS):
            leaf(number)
        found.append(getrusage(RUSAGE_SELF).ru_minflt - before)
        if left:
            descend(left - 1)

    descend(deep)
    return found


def test_no_depth_of_a_request_asks_for_memory_call_after_call() -> None:
    middleware: Any = StackMiddleware
    served = middleware(lambda request: faults_by_depth(300))
    assert max(faults_by_depth(300)) >= CALLS
    assert max(served(None)) < CALLS / 2


def test_it_is_outermost() -> None:
    assert settings.MIDDLEWARE[0] == "core.stack.StackMiddleware"
