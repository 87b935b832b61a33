"""Whose each address is that takes an id: said beside it, for the log of refused attempts."""

from __future__ import annotations

from typing import TypeVar

from django.urls.resolvers import URLPattern

P = TypeVar("P", bound=URLPattern)


def about(what: str, *patterns: P) -> list[P]:
    """Addresses whose `pk` is the id of a row of that name, on the way to a child.

    `what` is the name of a kind's page (`Kind.address`), or one of `cases.access.blocked.ROWS`.
    """
    for pattern in patterns:
        pattern.callback.about = what  # type: ignore[attr-defined]
    return list(patterns)


def what_of(view: object) -> str:
    """What has been said of the view behind an address; empty when nothing has."""
    said: str = getattr(view, "about", "")
    return said
