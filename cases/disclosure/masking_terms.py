"""What is hidden from the parties: whose names and numbers to look for in the texts of a child.

Belongs here: gathering them, in a constant number of queries. Does not: finding and masking
(`cases.disclosure.redaction`), what the table of fields says (`cases.law.classification`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cases.disclosure import redaction, writing
from cases.disclosure.redaction import Mark, ReporterNames, SoughtTerm
from cases.enums import SecrecyGround
from cases.matters import registry as matters
from cases.persons.models import Guardian, Person


def reporter_of(report: Any) -> ReporterNames:
    return ReporterNames(
        category=report.reporter_category,
        name=report.reporter_name,
        organisation=report.reporter_organisation,
        contact=report.reporter_contact,
    )


def reporters_of(child_id: int) -> list[ReporterNames]:
    """Everybody who has told of the child in its unit, siblings' share of it included."""
    return [one for kind in matters.KINDS for one in kind.reporters(child_id)]


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is looked for in every text before a party reads it."""

    terms: tuple[SoughtTerm, ...]
    own: tuple[str, ...] = ()
    """Numbers and contacts the party may see."""
    family: frozenset[str] = frozenset()
    """Parts of the names of the child and its guardians."""
    officials: frozenset[str] = frozenset()
    """Parts of the names of who reported in their duty."""
    people: tuple[tuple[str, SecrecyGround, str], ...] = ()
    """Who is masked by name: the first name, why, and what found it."""

    def marks(self, text: str) -> list[Mark]:
        """Everything in the text to mask: terms, numbers and contacts of nobody known, and those
        the text names by a title."""
        return redaction.merged(
            [
                *redaction.find(text, self.terms),
                *redaction.find_contacts(text, own=self.own),
                *redaction.find_titled(text, family=self.family, officials=self.officials),
            ]
        )

    def noted_in(self, texts: Iterable[str]) -> list[SoughtTerm]:
        """Nicknames that any of the texts notes for somebody masked by name."""
        found: list[SoughtTerm] = []
        whole = "\n".join(texts)
        for first_name, ground, code in self.people:
            nicknames = writing.nicknames_in(whole, [first_name])
            found += redaction.nickname_terms(nicknames, ground, code, known=self.family)
        return found

    def without_reporter(self, text: str) -> str:
        """The text with words in place of what tells who reported or where the child is."""
        marks = redaction.find(text, self.terms)
        return redaction.replaced(text, marks, "[" + _("masked") + "]")


def _known(child: Person, guardians: Iterable[Guardian]) -> frozenset[str]:
    names = [child.first_name, child.last_name]
    for guardian in guardians:
        names += [guardian.first_name, guardian.last_name]
    return redaction.name_parts(*names)


def _places(child: Person) -> Iterator[SoughtTerm]:
    """Where a child with protected identity is (OSL 21:3, 22:1)."""
    if not child.is_protected:
        return
    told = [place for kind in matters.KINDS for place in kind.places(child.pk)]
    for place in (child.address, child.school, child.whereabouts, *told):
        yield from redaction.place_terms(place, SecrecyGround.WHEREABOUTS, "whereabouts")


def for_everybody(child: Person, *, but: Guardian | None = None) -> Hidden:
    """What no document meant for a party shows: who reported, where a protected child is, and how
    to reach a protected guardian; `but` is the guardian who reads it, and knows its own."""
    guardians = list(child.guardians.all())
    known = _known(child, guardians)
    terms = [
        term
        for reporter in reporters_of(child.pk)
        for term in redaction.reporter_terms(reporter, known=known)
    ]
    terms += _places(child)
    for guardian in guardians:
        own = but is not None and guardian.pk == but.pk
        if child.is_protected or (guardian.is_protected and not own):
            terms += redaction.contact_terms(
                guardian.contact, SecrecyGround.WHEREABOUTS, "whereabouts"
            )
    return Hidden(tuple(terms))


def for_party(child: Person, *, guardian: Guardian | None) -> Hidden:
    """What is masked before `guardian`, or another party for None, reads the child's texts."""
    guardians = list(child.guardians.all())
    known = _known(child, guardians)
    terms = list(for_everybody(child, but=guardian).terms)
    reporters = reporters_of(child.pk)
    people = [
        (first, SecrecyGround.REPORTER, "reporter")
        for one in reporters
        if one.is_private
        for first in _first_names(one.name, known)
    ]
    for other in guardians:
        if guardian is None or other.pk != guardian.pk:
            terms += redaction.contact_terms(
                other.contact, SecrecyGround.OTHER_PERSON, "other_guardian"
            )
    others = {pk for kind in matters.KINDS for pk in kind.others(child.pk)} - {child.pk}
    for sibling in Person.objects.filter(pk__in=others):
        terms += redaction.name_terms(
            f"{sibling.first_name} {sibling.last_name}".strip(),
            SecrecyGround.OTHER_PERSON,
            "sibling",
            known=known,
        )
        people += [
            (first, SecrecyGround.OTHER_PERSON, "sibling")
            for first in _first_names(sibling.first_name, known)
        ]
    own = [child.personal_identity_number or "", guardian.contact if guardian else ""]
    # Who reports in duty is reached at work: no contact of another person's.
    own += [one.contact for one in reporters if not one.is_private]
    return Hidden(
        tuple(terms),
        tuple(one for one in own if one),
        family=known,
        officials=redaction.name_parts(*(one.name for one in reporters if not one.is_private)),
        people=tuple(dict.fromkeys(people)),
    )


def _first_names(name: str, known: frozenset[str]) -> Iterator[str]:
    """The names before the last, or the only one, that nobody known to the party bears."""
    words = writing.without_nicknames(name)[0].split()
    for word in words[:-1] or words:
        if len(word) >= redaction.SHORTEST_NAME and word.casefold() not in known:
            yield word
