"""Everything that has happened around a child, as one line of events, newest first.

Belongs here: reading and ordering. What may be read is `visible_to`; a matter out of the reader's
reach leaves no trace in the line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from cases.journal.models import Note
from cases.matters import registry as matters
from cases.matters.models import Matter
from cases.persons.models import Person
from core.calendar import STOCKHOLM
from core.wording import day as day_in_words
from organisation.permissions import Access

EXCERPT = 280
"""Characters of a text shown in the line; the whole stands where the link leads."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event, as the timeline component shows it.

    `at` orders the line: the moment, or the end of the day for what has no hour. `when` is the
    day, and the hour if it has one, in words.
    """

    at: datetime
    rank: int = field(repr=False)
    code: str
    when: str
    datetime: str
    title: str
    by: str = ""
    text: str = ""
    url: str = ""
    icon: str = "dot"
    tone: str = "neutral"


class Timeline:
    """The events as they are gathered, for one reader."""

    def __init__(self, access: Access) -> None:
        self.today = access.on
        self.events: list[Event] = []

    def add(
        self,
        when: date | datetime,
        code: str,
        title: str,
        *,
        by: Any = "",
        text: str = "",
        url: str = "",
        icon: str = "dot",
        tone: str = "neutral",
        recorded_at: datetime | None = None,
    ) -> None:
        """`recorded_at` places an event that has a day alone among the others of that day."""
        if isinstance(when, datetime):
            at = timezone.localtime(when, STOCKHOLM)
            words = f"{day_in_words(at.date(), self.today)} {time_format(at.time(), 'H.i')}"
            iso = at.isoformat(timespec="minutes")
        else:
            at = datetime.combine(when, time.max, tzinfo=STOCKHOLM)
            if recorded_at is not None:
                local = timezone.localtime(recorded_at, STOCKHOLM)
                at = local if local.date() == when else at
            words = day_in_words(when, self.today)
            iso = when.isoformat()
        self.events.append(
            Event(
                at=at,
                rank=len(self.events),
                code=code,
                when=words,
                datetime=iso,
                title=str(title),
                by=str(by or ""),
                text=Truncator(text).chars(EXCERPT),
                url=url,
                icon=icon,
                tone=tone,
            )
        )

    def ordered(self) -> list[Event]:
        return sorted(self.events, key=lambda event: (event.at, event.rank), reverse=True)


def events_for_child(child: Person, access: Access) -> list[Event]:
    """What the reader may see of what has happened around `child`, newest first.

    The number of queries does not grow with the number of matters or events.
    """
    line = Timeline(access)
    for kind in matters.KINDS:
        kind.events(line, child, access)
    for note in _notes(child, access):
        kind = matters.kind(note.matter.kind)
        url = f"{note.matter.get_absolute_url()}{kind.notes_query}#note-{note.pk}"
        alone = _("alone with the child") if note.child_alone else ""
        line.add(
            note.happened_at,
            "note",
            ", ".join(filter(None, [note.get_kind_display(), alone])),
            by=note.author,
            text=note.text,
            url=url,
            icon="chat-left-text" if note.child_spoken_with else "journal-text",
            tone="info" if note.child_spoken_with else "neutral",
        )
    return line.ordered()


def _notes(child: Person, access: Access) -> Any:
    return (
        Note.objects.filter(child=child, matter__in=Matter.objects.visible_to(access))
        .select_related("author", "matter")
        .order_by("happened_at", "pk")
    )
