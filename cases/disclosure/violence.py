"""Which texts tell of violence against a parent who is not the one that reads them.

They are flagged before a copy is handed out: what one parent has told of the other can put it in
danger when the other reads it (OSL 26:1, 10:3; SoL 2025:400 on violence in close relations). A flag
masks nothing; whoever looks through the text says what it came to. When in doubt it flags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cases.disclosure.redaction import sentences
from cases.disclosure.writing import plain
from cases.enums import GuardianRelation
from cases.persons.models import Guardian, Person

_ACTS = re.compile(
    r"\b(?:sl(?:år|å|og|agit|agits|agen|agna|ogs)|slag(?:et)?|misshand\w*|våld\w*|hot(?:et|en|ar|ade|at|ad|"
    r"ats|ades|as|fulla?)?|sparka\w*|spark(?:en|ar)?|knuffa\w*|stryp\w*|strypgrepp\w*|knytnäv\w*|"
    r"örfil\w*|våldt\w*|sexuella övergrepp|övergrepp\w*|knivh\w*|knivh?u\w*|blåmärk\w*|blåtira\w*|"
    r"förföl\w*|stalk\w*|luggat?|luggade|knivskar\w*|dödshot\w*|kränk\w*|trakasser\w*)\b",
    re.IGNORECASE,
)
"""Acts of violence, as people write them."""

_CLOSE = re.compile(
    r"kvinnofrid|partnervåld|relationsvåld|våld(?:et)? i (?:en )?nära relation|"
    r"bevittna\w* (?:\w+ )?våld|våld(?:et)? mellan (?:föräldrarna|de vuxna)|skydda[td]e? boende|"
    r"kvinnojour|mansjour|kontaktförbud|besöksförbud|hedersvåld|hedersrelater",
    re.IGNORECASE,
)
"""What is about violence in close relations by itself, whoever is named beside it."""

_CALLED: dict[str, str] = {
    GuardianRelation.MOTHER: r"mamma\w*|mor|mors|mod(?:er|ern|erns)|mödra\w*",
    GuardianRelation.FATHER: r"pappa\w*|far|fars|fad(?:er|ern|erns)",
}
_PARENTS = r"förälder\w*|föräldrar\w*|vårdnadshavar\w*|styvmamma\w*|styvpappa\w*|sambo\w*|hustru\w*"
_PARENTS += r"|fru|frun|maka|make|maken|partner\w*"


@dataclass(frozen=True, slots=True)
class Alert:
    """What flags a text for one recipient."""

    others: re.Pattern[str]
    """Words for the parents who do not read it."""
    protected: bool
    """Whether one of them lives with protection: then any violence flags."""

    def tells(self, text: str) -> bool:
        """Whether the text tells of violence against another parent than the one who reads it.

        An act and the parent stand in the same sentence, or in one beside it.
        """
        seen = plain(text).text
        if _CLOSE.search(seen):
            return True
        parts = [seen[start:end] for start, end in sentences(seen)]
        acts = [bool(_ACTS.search(part)) for part in parts]
        if self.protected and any(acts):
            return True
        named = [bool(self.others.search(part)) for part in parts]
        return any(
            any(named[max(0, index - 1) : index + 2]) for index, act in enumerate(acts) if act
        )


def for_party(child: Person, *, guardian: Guardian | None) -> Alert:
    """What flags a text before `guardian`, or another party for None, reads it."""
    around = list(child.guardians.all())
    others = [one for one in around if guardian is None or one.pk != guardian.pk]
    return Alert(
        re.compile(rf"\b(?:{'|'.join(_words(others, guardian))})\b", re.IGNORECASE),
        any(one.is_protected for one in others),
    )


def _words(others: Iterable[Guardian], guardian: Guardian | None) -> Iterable[str]:
    own = guardian.relation if guardian is not None else ""
    yield _PARENTS
    for relation, words in _CALLED.items():
        # Two mothers: the other one is called what the one who reads is called.
        if relation != own or any(one.relation == relation for one in others):
            yield words
    for one in others:
        for name in re.findall(r"\w{3,}", one.first_name):
            yield re.escape(name) + "s?"
