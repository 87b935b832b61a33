"""What notices may be about beside cases: the topics of the apps above, named by the settings.

`NOTICE_TOPICS` lists dotted mappings of code -> `Topic`. Cases carry and show the notice without
knowing what it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Topic:
    """A sentence without names, how it looks (icon, tone), and the address it leads to.

    `view` is a name of an address; `takes_id` whether it is of the row the notice is about.
    """

    text: Any
    view: str
    look: tuple[str, str] = ("info-circle", "info")
    takes_id: bool = True

    def address(self, topic_id: int | None) -> str:
        return reverse(self.view, args=[topic_id] if self.takes_id else [])


@cache
def _topics() -> dict[str, Topic]:
    found: dict[str, Topic] = {}
    for dotted in settings.NOTICE_TOPICS:
        found |= import_string(dotted)
    return found


def find(code: str) -> Topic:
    """The topic with that code. KeyError for one that no app names."""
    return _topics()[code]
