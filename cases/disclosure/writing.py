"""How names are written, and how a text reads to whoever looks for one in it. Pure.

Belongs here: signs nobody sees, one form of letters, titles, nicknames and short forms. Does not:
what is masked where they are found (`cases.disclosure.redaction`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_KEPT = frozenset("åäöÅÄÖ")
_SAME = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛´`ʼʻʽʹʾʿˈ′‵＇", "'"),
        **dict.fromkeys("‐‑‒–—―−⁃﹣－", "-"),
        "ø": "ö",
        "Ø": "Ö",
        "æ": "ä",
        "Æ": "Ä",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "ı": "i",
    }
)
"""Signs and letters that are one and the same to whoever looks for a name."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A text as it reads: without signs nobody sees, each letter one character.

    `starts` and `ends` say where each character of `text` stands in the text it was.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a run of characters (at least one) stands in the text it was."""
        return self.starts[start], self.ends[end - 1]


def plain(text: str, *, letters: bool = False) -> Plain:
    """The text without soft hyphens, joiners and marks of direction, and with composed letters.

    `letters`: accents, apostrophes and hyphens in one form too; å, ä and ö stay letters.
    """
    found: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for index, sign in enumerate(text):
        if not sign.isascii():
            category = unicodedata.category(sign)
            if category == "Cf" or sign in "\u034f\u115f\u1160\u3164":
                continue
            if category in {"Mn", "Me"} and found:
                composed = unicodedata.normalize("NFC", found[-1] + sign)
                found[-1] = composed if len(composed) == 1 else found[-1]
                ends[-1] = index + 1
                continue
        found.append(sign)
        starts.append(index)
        ends.append(index + 1)
    if letters:
        found = [_letter(sign) for sign in found]
    return Plain("".join(found), tuple(starts), tuple(ends))


def _letter(sign: str) -> str:
    if sign.isascii() or sign in _KEPT:
        return sign
    sign = sign.translate(_SAME)
    base = unicodedata.normalize("NFD", sign)[0]
    return base if base.isascii() and base.isalpha() and sign not in _KEPT else sign


def folded(text: str) -> str:
    """The text in the form that is compared."""
    return plain(text, letters=True).text


# Titles

OF_FAMILY = ("fru", "frun", "herr", "fröken", "farbror", "tant", "moster", "faster", "morbror")
"""Titles a parent of the child can have as well as anybody."""
OF_WORK = (
    *("doktor", "doktorn", "dr", "dr.", "läkaren", "läkare", "överläkare", "överläkaren", "docent"),
    *("professor", "sjuksköterska", "sjuksköterskan", "sköterska", "kurator", "kuratorn"),
    *(
        "psykolog",
        "psykologen",
        "tandläkare",
        "tandläkaren",
        "barnmorska",
        "barnmorskan",
        "bvc-sköterska",
    ),
    *("rektor", "rektorn", "lärare", "läraren", "lärarinnan", "fröken", "magister", "magistern"),
    *(
        "mentor",
        "mentorn",
        "förskollärare",
        "pedagog",
        "pedagogen",
        "elevassistent",
        "fritidsledare",
    ),
    *("tränare", "tränaren", "pastor", "pastorn", "prästen", "präst", "imam", "imamen", "polis"),
    *("polisen", "inspektör", "kommissarie", "advokat", "advokaten", "kapten", "grannen", "granne"),
    *("hyresvärden", "hyresvärd", "vaktmästaren", "vaktmästare", "chefen"),
)
"""Titles and what stands before a surname of somebody outside the family."""
TITLES = frozenset((*OF_FAMILY, *OF_WORK))


_SURNAME = r"[A-ZÅÄÖÉÜ][\w'-]+(?:[^\S\n]+[A-ZÅÄÖÉÜ][\w'-]+)?"


def titled(titles: tuple[str, ...], surname: str = _SURNAME) -> str:
    """The pattern of a title and a surname, the latter in the group `surname`."""
    words = "|".join(re.escape(word) for word in sorted(titles, key=len, reverse=True))
    return rf"(?<![\w-])(?i:{words})[^\S\n]+(?P<surname>(?:(?:von|af|de|van)\s+)?{surname})(?!\w)"


# Nicknames and short forms

_SHORT = {
    "alexander": "Alex Sasha",
    "alexandra": "Alex Sandra Sasha",
    "anders": "Adde Ante",
    "andreas": "Adde Andy",
    "anna": "Annie Ansi",
    "benjamin": "Benne Benny Ben",
    "birgitta": "Gittan Bibbi Bitte",
    "christian": "Chrille Krille",
    "christina": "Stina Tina Kicki",
    "daniel": "Danne Dan Danny",
    "elisabeth": "Lisa Lisbeth Bettan Elsa Betty",
    "emil": "Emma Mille",
    "fredrik": "Fredde Frida",
    "gabriel": "Gabbe",
    "gabriella": "Gabbi Ella Gabbe",
    "gustav": "Gurra Gusten",
    "henrik": "Henke Henka",
    "jessica": "Jessie Jessan",
    "johan": "Jojje Joppe Juha",
    "johanna": "Hanna Jojjo Jossan",
    "josefin": "Jossan Fia Fina",
    "jonathan": "Jonte Jonta",
    "katarina": "Kattis Kajsa Karin Kata Nina Kicki",
    "kristina": "Stina Tina Kicki Kia",
    "lars": "Lasse Lacke",
    "magdalena": "Lena Magda Malena",
    "margareta": "Greta Maggan Meta Margit Rita",
    "maria": "Mia Maja Ria Majsan",
    "mattias": "Matte",
    "mikael": "Micke Mika Micka",
    "mohammed": "Mo Moha Hamada",
    "muhammad": "Mo Moha Hamada",
    "nicklas": "Nicke Nicko",
    "niklas": "Nicke Nicko",
    "oliver": "Olle Olli",
    "patrik": "Patte Palle",
    "per": "Pelle Perra",
    "peter": "Pelle Petter Pette",
    "rebecka": "Becka Beckan Becca",
    "robert": "Robban Robin Bobo",
    "samuel": "Sam Samme Sammy",
    "sebastian": "Sebbe Basse",
    "sofia": "Fia Sossan Soffan",
    "stefan": "Steffe Steffo",
    "susanne": "Sussi Sanna Susan",
    "theodor": "Teo Theo Tede",
    "therese": "Tessan Tess Resi",
    "tobias": "Tobbe Toby",
    "thomas": "Tompa Tomme Tom",
    "viktoria": "Vickan Vicky Tora",
    "wilhelm": "Wille Ville",
    "william": "Wille Ville Billy",
    "yusuf": "Jossi Joseph",
}
"""Short forms that no rule gives."""
_ENDINGS = ("an", "e", "is", "y")
_WORDS = frozenset(("Annan", "Alle", "Inne", "Mattan", "Kappan", "Kassan", "Lappan", "Pannan"))
"""What the endings make that begins many sentences."""
_STEM = re.compile(r"[^aeiouyåäö]*[aeiouyåäö]([bdfgklmnprstvc])", re.IGNORECASE)
_NOTED = re.compile(
    r"[\"“”„»«](?P<quoted>[^\"“”„»«]{2,40})[\"“”„»«]"
    r"|(?<!\w)'(?P<single>[^']{2,40})'(?!\w)"
    r"|\((?P<within>[^)\d]{2,40})\)"
    r"|,?\s*(?:(?:som|även)\s+)?(?:kallad|kallas|kallar sig|alias|smeknamn(?:et)?)"
    r"\s+(?P<called>[\w-]+)",
    re.IGNORECASE,
)
"""A nickname as it is noted with a name: in quotes, in brackets, or after a word that says so."""
NICKNAME = r"[A-ZÅÄÖ][\w'-]{1,30}"
_AFTER = (
    r"(?:\s+[A-ZÅÄÖ][\w'-]+)?[\s,]*(?:"
    rf"[\"“”„»«](?P<quoted>{NICKNAME})[\"“”„»«]|\([\"“”„»«]?(?P<within>{NICKNAME})[\"“”„»«]?\)"
    r"|(?i:(?:som\s+|även\s+)?(?:kallad|kallas|kallar sig|alias|smeknamn(?:et)?))(?:\s+för)?\s+"
    rf"[\"“”„»«]?(?P<called>{NICKNAME}))"
)


def without_nicknames(name: str) -> tuple[str, list[str]]:
    """The name as it is registered, and the nicknames noted with it."""
    noted = [next(one for one in found.groups() if one) for found in _NOTED.finditer(name)]
    return " ".join(_NOTED.sub(" ", name).split()), [one.strip() for one in noted]


def short_forms(first_name: str) -> Iterator[str]:
    """What somebody of that name is often called: from the table, and as Swedish makes them
    (Siglinde: Sigge, Siggan)."""
    name = first_name.strip()
    yield from _SHORT.get(name.casefold(), "").split()
    stem = _STEM.match(name)
    if stem is None or len(name) < 5:
        return
    base = name[: stem.end()]
    doubled = base[:-1] + "ck" if base[-1] in "ck" else base + base[-1]
    for ending in _ENDINGS:
        made = (doubled + ending).capitalize()
        if made != name and made not in _WORDS:
            yield made


def nicknames_in(text: str, first_names: list[str]) -> Iterator[str]:
    """Nicknames the text notes right after one of the names: Siglinde ("Pyret"), kallad Pyret."""
    if not first_names:
        return
    names = "|".join(re.escape(folded(name)) for name in first_names)
    pattern = re.compile(rf"(?<!\w)(?:{names}){_AFTER}")
    for found in pattern.finditer(folded(text)):
        yield next(one for one in found.groups() if one)
