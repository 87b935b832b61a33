"""Frames of a request in one piece of memory."""

import os
import subprocess
import sys
from resource import RUSAGE_SELF, getrusage
from typing import Any

import pytest
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


MIDDLEWARE = "from config.settings import test; print(*test.MIDDLEWARE)"


@pytest.mark.parametrize(("value", "there"), [(None, True), ("on", True), ("off", False)])
def test_it_is_outermost_unless_switched_off(value: str | None, there: bool) -> None:
    environ = {k: v for k, v in os.environ.items() if k != "STACK_IN_ONE_PIECE"}
    listed = subprocess.run(
        [sys.executable, "-c", MIDDLEWARE],
        cwd=settings.BASE_DIR,
        env=environ | ({"STACK_IN_ONE_PIECE": value} if value else {}),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    if there:
        assert listed[0] == "core.stack.StackMiddleware"
    assert listed.count("core.stack.StackMiddleware") == there
    assert "core.middleware.SecurityHeaders" in listed
