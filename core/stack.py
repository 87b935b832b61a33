"""Room for all calls of a request in one piece of memory.

CPython lays the frames of Python calls into pieces of 16 kB, and gives a piece back to the system
as soon as its first frame ends. Where a request hovers about the end of one, call after call asks
the system for memory and returns it: a page then takes longer, one page and not the next, by chance
of how deep they are. A frame too large for what is left of a piece gets a larger one, and what it
calls lies in the rest of that.

Source: `push_chunk` in CPython's Python/pystate.c, versions 3.11 to 3.14. docs/adr/0016.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

from django.http import HttpRequest, HttpResponse

WORDS = 70_000
"""Of eight bytes: more than half of a piece of 1 MB, so that nearly half is left. A page needs a
tenth of it. The frame's own part is never touched, so it takes no memory."""


def with_room(function: Any) -> Any:
    """Give the frame of a function that size; what it does is unchanged."""
    assert isinstance(function, FunctionType)
    function.__code__ = function.__code__.replace(co_stacksize=WORDS)
    return function


class StackMiddleware:
    """Outermost: what a request calls lies in one piece."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    @with_room
    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
