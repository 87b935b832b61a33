"""What people are told of in the program: each kind of notice, its sentence, look and address.

Belongs here: the registry of topics, and those of matters of whatever kind, of access and of one's
own sign-in. `NOTICE_TOPICS` lists the dotted mappings of code -> `Topic` of all apps; a notice of a
code that none of them has cannot be given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from cases.enums import NoticeKind

TONES = ("neutral", "info", "ok", "soon", "late", "protected", "muted")
"""Tones of the style sheet."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A sentence without names, how it looks (icon, tone), and the address it leads to.

    The sentence of a topic about a matter has its `%(number)s`, and leads to the matter; `view`, a
    name of an address, is for the others, `takes_id` whether it is of the row the notice is about.
    """

    text: Any
    view: str = ""
    look: tuple[str, str] = field(kw_only=True)
    takes_id: bool = True

    def address(self, topic_id: int | None) -> str:
        return reverse(self.view, args=[topic_id] if self.takes_id else [])


GROUP_TAKEN_OVER = "group_taken_over"
"""Told to who leads the group that takes over another's matters; about the group closed."""

TOPICS: dict[str, Topic] = {
    NoticeKind.DEADLINE.value: Topic(_("Deadline"), look=("clock", "soon")),
    NoticeKind.ASSIGNED.value: Topic(
        _("You have been given %(number)s"), look=("person-plus", "info")
    ),
    NoticeKind.UNASSIGNED.value: Topic(
        _("%(number)s has no handler yet"), look=("person-dash", "soon")
    ),
    NoticeKind.TO_READ.value: Topic(
        _("The decision document of %(number)s is ready to read"), look=("journal-check", "info")
    ),
    NoticeKind.RETURNED.value: Topic(
        _("The decision document of %(number)s has come back to you"),
        look=("arrow-return-left", "info"),
    ),
    NoticeKind.PROPOSAL.value: Topic(
        _("%(number)s has a proposal to decide on"), look=("file-earmark-text", "info")
    ),
    NoticeKind.NEW_REPORT.value: Topic(
        _("A new report, %(number)s, about a child you work with"), look=("inbox", "info")
    ),
    NoticeKind.REPORT_JOINED.value: Topic(
        _("%(number)s has joined an investigation of yours: read it"),
        look=("box-arrow-in-right", "soon"),
    ),
    NoticeKind.PROTECTION.value: Topic(
        _("The child in %(number)s needs protection now"), look=("shield-exclamation", "late")
    ),
    NoticeKind.REOPENED.value: Topic(
        _("%(number)s was opened within 30 days of an earlier end"), look=("arrow-repeat", "soon")
    ),
    NoticeKind.HANDOVER_OFFERED.value: Topic(
        _("Another unit asks yours to take over a family"),
        "handover",
        look=("box-arrow-in-right", "soon"),
    ),
    NoticeKind.HANDOVER_ANSWERED.value: Topic(
        _("The other unit has answered a hand-over"), "handover", look=("box-arrow-right", "info")
    ),
    NoticeKind.EMERGENCY.value: Topic(
        _("A case has been opened in an emergency: review it"),
        "emergency_list",
        look=("unlock", "late"),
        takes_id=False,
    ),
    GROUP_TAKEN_OVER: Topic(
        _("Your group has taken over what another group had"),
        "home",
        look=("diagram-3", "info"),
        takes_id=False,
    ),
    NoticeKind.NEW_DEVICE.value: Topic(
        _("Your account was used from a device not seen before"),
        "own_account",
        look=("laptop", "soon"),
        takes_id=False,
    ),
    NoticeKind.LOGIN_CHANGED.value: Topic(
        _("Your password or second factor was changed"),
        "own_account",
        look=("key", "soon"),
        takes_id=False,
    ),
}


@cache
def _topics() -> dict[str, Topic]:
    found: dict[str, Topic] = {}
    for dotted in settings.NOTICE_TOPICS:
        more = import_string(dotted)
        if twice := found.keys() & more.keys():
            raise ValueError(f"two notices have the codes {sorted(twice)}")
        found |= more
    return found


def find(code: str) -> Topic:
    """The topic with that code. KeyError for one that no app names."""
    return _topics()[code]


def check(**_asked: Any) -> list[CheckMessage]:
    """System check: every notice has a sentence, a look, and somewhere to lead."""
    return [Error(words, id="cases.E003") for words in incomplete()]


def incomplete() -> list[str]:
    """What the topics of all apps lack, in words; nothing when the program can start."""
    wrong = [
        f"notices of the kind {code!r} have no sentence: cases.notices.topics.TOPICS lacks it"
        for code in NoticeKind.values
        if code != NoticeKind.TOPIC and code not in _topics()
    ]
    for code, topic in _topics().items():
        said = str(topic.text)
        numbered = "%(number)s" in said
        if not said.strip():
            wrong.append(f"notices of the kind {code!r} have no sentence: it is empty")
        icon, tone = topic.look
        if not icon or tone not in TONES:
            wrong.append(f"notices of the kind {code!r} have no look: an icon, one of {TONES}")
        if topic.view:
            try:
                reverse(topic.view, args=[1] if topic.takes_id else [])
            except NoReverseMatch:
                wrong.append(f"notices of the kind {code!r} lead nowhere: no {topic.view!r}")
        elif not numbered and code != NoticeKind.DEADLINE:
            wrong.append(f"notices of the kind {code!r} lead nowhere: neither a number nor a view")
    return wrong
