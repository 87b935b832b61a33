"""Finding in a text what tells of others, and writing the text without it. Pure.

Belongs here: names, numbers and addresses as they may be written, places in a text, and the text
with those places masked. Does not: whose names they are (`cases.disclosure.collection`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cases.disclosure import writing
from cases.disclosure.writing import folded, plain
from cases.enums import MANDATED_REPORTERS, SecrecyGround

SHORTEST_NAME = 3
"""Letters: shorter parts of a name stand in too many other words."""
_IDENTITY_NUMBER = re.compile(r"(?<![\d-])(?:\d{2})?\d{6}[-+]?\d{4}(?![\d-])")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\d\w])(?:\+46|0046|0)[\s-]?(?:\(0\))?(?:[\s/-]?\d){6,10}(?!\d)")
"""As telephone numbers begin and about as long: also a digit short, or over the end of a line."""
_ABROAD = re.compile(
    r"(?<![\d\w+])(?:\(?\+|\(?00)\s?[1-9]\d{0,2}\)?(?:[\s/.‐-―−-]{0,2}(?:\(0\))?\d){6,12}(?!\d)"
)
"""A number with the code of any country, also one that the library knows no such number of."""
_AREA = re.compile(r"\(0\d{1,3}\)(?:[\s/.‐-―−-]{0,2}\d){5,8}(?!\d)")
"""With the area in brackets: (08) 123 456 78."""
_HOURS = re.compile(r"(?:[01]?\d|2[0-3])[.:][0-5]\d\s?[-–]\s?(?:[01]?\d|2[0-3])[.:][0-5]\d")
_BETWEEN = r"[\s/().‐-―−-]*"
"""What may stand between the digits of one number."""
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”']?\s+(?=[^\s])|\n+")


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a text, from `start` up to `end`, with why it is masked and what found it."""

    start: int
    end: int
    ground: SecrecyGround
    found_by: str = ""


@dataclass(frozen=True, slots=True)
class SoughtTerm:
    """Something to look for: a pattern, why it is masked where found, and a code of what it is."""

    pattern: re.Pattern[str]
    ground: SecrecyGround
    found_by: str


@dataclass(frozen=True, slots=True)
class ReporterNames:
    """Who reported, as the report says."""

    category: str
    name: str = ""
    organisation: str = ""
    contact: str = ""

    @property
    def is_private(self) -> bool:
        return self.category not in MANDATED_REPORTERS


def name_parts(*names: str) -> frozenset[str]:
    """The single words of names, for knowing them again whatever their capitals."""
    return frozenset(part.casefold() for name in names for part in re.findall(r"\w+", name))


def _words(text: str) -> re.Pattern[str]:
    """The words in a row, however spaced and capitalised, also in the genitive."""
    words = re.split(r"[\s-]+", folded(text).strip())
    inner = r"[\s-]+".join(re.escape(word) for word in words)
    return re.compile(rf"(?<!\w){inner}(?:[:']?s)?(?!\w)", re.IGNORECASE)


def _nickname(name: str) -> re.Pattern[str]:
    """A nickname, which begins with a capital: many are words as well."""
    inner = re.escape(folded(name))
    return re.compile(rf"(?<!\w)(?:{inner}|{inner.upper()})(?:[:']?[sS])?(?!\w)")


def nickname_terms(
    names: Iterable[str],
    ground: SecrecyGround,
    found_by: str,
    *,
    known: frozenset[str] = frozenset(),
) -> Iterator[SoughtTerm]:
    """Each nickname that nobody `known` to the reader is called."""
    for name in dict.fromkeys(names):
        if len(name) >= SHORTEST_NAME and not name_parts(name) <= known:
            yield SoughtTerm(_nickname(name), ground, found_by)


def name_terms(
    name: str, ground: SecrecyGround, found_by: str, *, known: frozenset[str] = frozenset()
) -> Iterator[SoughtTerm]:
    """The whole name, and each part of it that nobody `known` to the reader bears; nicknames noted
    with it and short forms of it, and its surname after a title."""
    name, noted = writing.without_nicknames(name)
    yield from nickname_terms(noted, ground, found_by, known=known)
    words = re.findall(r"[\w'’-]+\.?", name)
    has_title = False
    while words and words[0].casefold() in writing.TITLES:
        has_title = bool(words.pop(0))
    parts = [part.rstrip(".") for part in words]
    if not parts:
        return
    if has_title or (len(parts) > 1 and name_parts(parts[-1]) <= known):
        # The family may be called the same: after a title of work it is somebody else.
        surname = re.escape(folded(parts[-1]))
        pattern = re.compile(writing.titled(writing.OF_WORK, rf"(?i:{surname})(?:[:']?s)?"))
        yield SoughtTerm(pattern, ground, found_by)
    if all(part.casefold() in known for part in parts):
        return
    name = " ".join(parts)
    for first in parts[:-1] or parts:
        if first.casefold() not in known:
            yield from nickname_terms(writing.short_forms(first), ground, found_by, known=known)
    if len(name.strip()) >= SHORTEST_NAME:
        yield SoughtTerm(_words(name), ground, found_by)
    for part in parts:
        if len(part) >= SHORTEST_NAME and not name_parts(part) <= known and len(parts) > 1:
            yield SoughtTerm(_words(part), ground, found_by)


def contact_terms(contact: str, ground: SecrecyGround, found_by: str) -> Iterator[SoughtTerm]:
    """The contact as written, and every telephone number and e-mail address in it."""
    contact = folded(contact)
    if len(contact.strip()) >= 5:
        yield SoughtTerm(_words(contact), ground, found_by)
    for found in _EMAIL.findall(contact):
        yield SoughtTerm(re.compile(re.escape(found), re.IGNORECASE), ground, found_by)
    runs = re.findall(r"\+?\d(?:[\s/()-]*\d){4,}", contact)
    runs += [contact[start:end] for start, end in _phones(contact)]
    for digits in dict.fromkeys(_dialled(run) for run in runs):
        if digits.startswith("+"):
            spaced = _BETWEEN.join(digits[1:])
            sought = rf"(?<!\d)(?:(?:\+|0{_BETWEEN}0){_BETWEEN})?{spaced}(?!\d)"
            yield SoughtTerm(re.compile(sought), ground, found_by)
            continue
        local = re.sub(r"^(?:0046|46)?0?", "", digits) if len(digits) > 7 else digits
        spaced = _BETWEEN.join(local)
        prefix = (
            rf"(?:\+?(?:00)?46(?:{_BETWEEN}0)?{_BETWEEN}|0{_BETWEEN})?" if len(digits) > 7 else ""
        )
        yield SoughtTerm(re.compile(rf"(?<!\d){prefix}{spaced}(?!\d)"), ground, found_by)


def _dialled(run: str) -> str:
    """The digits of a number; those of another country after a plus."""
    digits = re.sub(r"\D", "", run)
    if digits.startswith("00"):
        abroad = digits[2:]
    elif run.lstrip(" (").startswith("+"):
        abroad = digits
    else:
        return digits
    return digits if abroad.startswith("46") or len(abroad) < 7 else f"+{abroad}"


def place_terms(place: str, ground: SecrecyGround, found_by: str) -> Iterator[SoughtTerm]:
    """An address or place: the whole, and each part between commas."""
    for part in dict.fromkeys([place, *place.split(",")]):
        if len(part.strip()) >= SHORTEST_NAME:
            yield SoughtTerm(_words(part), ground, found_by)


def reporter_terms(
    reporter: ReporterNames, *, known: frozenset[str] = frozenset()
) -> Iterator[SoughtTerm]:
    """What tells which private person reported: name, contact and workplace (OSL 26:5).

    Nothing of who reported in the duty of an authority, a school or a profession. `known`: parts of
    the names of the child and its guardians, which a party knows and every text is full of.
    """
    if not reporter.is_private:
        return
    ground, code = SecrecyGround.REPORTER, "reporter"
    yield from name_terms(reporter.name, ground, code, known=known)
    yield from contact_terms(reporter.contact, ground, code)
    yield from name_terms(reporter.organisation, ground, code, known=known)


def find(text: str, terms: Iterable[SoughtTerm]) -> list[Mark]:
    """Every place where a term stands, in order; places that overlap become one.

    What nobody sees, and how apostrophes, hyphens and accents are written, hides nothing.
    """
    seen = plain(text, letters=True)
    marks = [
        Mark(*seen.place(*found.span()), term.ground, term.found_by)
        for term in terms
        for found in term.pattern.finditer(seen.text)
    ]
    return merged(marks)


def find_titled(
    text: str, *, family: frozenset[str] = frozenset(), officials: frozenset[str] = frozenset()
) -> list[Mark]:
    """Titles with a surname: somebody the text names that nobody has registered.

    Not of those `officials` who reported in their duty, nor, after a title that a parent can have
    too, of the child's `family`.
    """
    seen = plain(text)
    marks = []
    for titles, but in ((writing.OF_FAMILY, officials | family), (writing.OF_WORK, officials)):
        for found in re.finditer(writing.titled(titles), seen.text):
            surname = re.sub(r"(?<=\w{2})[:']?s$", "", found["surname"].split()[-1])
            if not {found["surname"].casefold(), surname.casefold()} & but:
                place = seen.place(*found.span())
                marks.append(Mark(*place, SecrecyGround.OTHER_PERSON, "titled"))
    return merged(marks)


def _phones(text: str) -> Iterator[tuple[int, int]]:
    """Where telephone numbers stand: what the library knows as one, and what looks like one.

    It knows those of every country, however they are written; `_PHONE` takes what is no number
    as it stands, but was meant as one.
    """
    # With the first text looked through: few processes do.
    from phonenumbers import PhoneNumberMatcher

    for number in PhoneNumberMatcher(text, "SE"):
        if not _HOURS.fullmatch(number.raw_string):
            yield number.start, number.end
    for pattern in (_PHONE, _ABROAD, _AREA):
        for found in pattern.finditer(text):
            yield found.span()


def find_contacts(text: str, *, own: Iterable[str] = ()) -> list[Mark]:
    """Identity numbers, telephone numbers and e-mail addresses that are not `own`.

    `own` holds what the reader may see: own numbers in any form, own contact.
    """
    mine = {re.sub(r"\D", "", one)[-10:] for one in own} - {""}
    mails = {found.casefold() for one in own for found in _EMAIL.findall(one)}
    digits = "".join(re.sub(r"\D", "", one) + " " for one in own)
    marks = []
    seen = plain(text)
    identities = (found.span() for found in _IDENTITY_NUMBER.finditer(seen.text))
    for places, code in ((identities, "identity_number"), (_phones(seen.text), "phone")):
        for start, end in places:
            bare = re.sub(r"\D", "", seen.text[start:end])
            if bare[-10:] in mine or bare.lstrip("0")[-7:] in digits:
                continue
            place = seen.place(start, end)
            marks.append(Mark(*place, SecrecyGround.OTHER_PERSON, code))
    marks += [
        Mark(*seen.place(*found.span()), SecrecyGround.OTHER_PERSON, "email")
        for found in _EMAIL.finditer(seen.text)
        if found.group().casefold() not in mails
    ]
    return merged(marks)


_WEIGHT = {ground: weight for weight, ground in enumerate(SecrecyGround)}


def merged(marks: Iterable[Mark]) -> list[Mark]:
    """In order and apart; where some overlap, the first ground of `SecrecyGround` counts."""
    result: list[Mark] = []
    for mark in sorted(marks, key=lambda one: (one.start, -one.end)):
        if mark.end <= mark.start:
            continue
        if result and mark.start < result[-1].end:
            last = result[-1]
            first = min(last, mark, key=lambda one: _WEIGHT[one.ground])
            result[-1] = Mark(last.start, max(last.end, mark.end), first.ground, first.found_by)
        else:
            result.append(mark)
    return result


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of a text: words to show, or a mask. `mark` is the index of the mask in what is masked.

    The `text` of a mask is empty unless asked for: what is handed out never passes through it.
    """

    text: str
    mark: int | None = None
    length: int = 0


def segments(text: str, marks: Sequence[Mark], *, reveal: bool = False) -> list[Segment]:
    """The text as runs; `reveal` keeps the masked words, for the one who prepares.

    `marks` are in order and apart (see `merged`).
    """
    runs: list[Segment] = []
    at = 0
    for index, mark in enumerate(marks):
        start, end = max(mark.start, at), min(mark.end, len(text))
        if end <= start:
            continue
        if start > at:
            runs.append(Segment(text[at:start], length=start - at))
        runs.append(Segment(text[start:end] if reveal else "", index, end - start))
        at = end
    if at < len(text):
        runs.append(Segment(text[at:], length=len(text) - at))
    return runs


def replaced(text: str, marks: Sequence[Mark], words: str) -> str:
    """The text with `words` in place of each mark."""
    return "".join(words if run.mark is not None else run.text for run in segments(text, marks))


def sentences(text: str) -> list[tuple[int, int]]:
    """Where each sentence or line begins and ends, the white space between left out."""
    places: list[tuple[int, int]] = []
    start = 0
    for gap in [*_SENTENCE_END.finditer(text), None]:
        end = gap.start() if gap else len(text)
        piece = text[start:end]
        if piece.strip():
            left = start + len(piece) - len(piece.lstrip())
            places.append((left, start + len(piece.rstrip())))
        start = gap.end() if gap else end
    return places


def occurrences(text: str, phrase: str) -> list[tuple[int, int]]:
    """Where the words of `phrase` stand, as whole words, whatever their capitals and spacing."""
    if not phrase.strip():
        return []
    seen = plain(text, letters=True)
    inner = r"\s+".join(re.escape(word) for word in folded(phrase).split())
    pattern = re.compile(rf"(?<!\w){inner}(?!\w)", re.IGNORECASE)
    return [seen.place(*found.span()) for found in pattern.finditer(seen.text)]
