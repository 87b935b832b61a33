"""Names of people: stored in one form, found however they are written, and in Swedish order.

A name is stored as `normal` has it, by `NameField`, whoever writes it. Comparing is done by
functions of the database (migration 0004 of `core`), so that an index can hold it with nothing but
PostgreSQL itself; the expressions here call them. What they hold to:

- accents, capitals, apostrophes, hyphens and spaces tell no names apart when one looks for
  somebody, å, ä and ö as little (a register abroad has no dots); what is written exactly so comes
  first (`Written`);
- each word asked for begins a word of the name, in any order, or what stands together in it:
  `Dsouza` and `Souza` find D'Souza, either half finds Berg-Lind;
- names that sound alike, or differ in a letter, are near (`near`, `close`): they are offered, never
  taken for the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import BooleanField, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Replace, StrIndex
from django.db.models.lookups import GreaterThan

Row = TypeVar("Row", bound=models.Model)

SHORTEST = 2
"""Letters of a word that the index is asked for when there is one as long; initials are tried on
what it finds."""

LIKE = 0.6
"""How alike two words are at least to be near (difflib's ratio, 0 to 1)."""

CONSIDERED = 300
"""Near names looked at, of those the index gives."""

_APOSTROPHES = re.compile("[‘’‚‛´`ʼʻʽʹʾʿˈ′‵＇]")
_HYPHENS = re.compile(" *[-‐‑‒–—―−⁃﹣－]+ *")
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u061c\u202a-\u202e\u2060-\u2069\ufeff]")
_MARKS_ALONE = {"M"}


def normal(text: str) -> str:
    """The name in the one form that is stored: composed letters, one apostrophe, hyphen and space.

    Accents stay; they are the person's own. Twice makes no difference.
    """
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    text = _APOSTROPHES.sub("'", text)
    text = " ".join(text.split())
    return unicodedata.normalize("NFC", _HYPHENS.sub("-", text))


def is_name(text: str) -> bool:
    """Whether it can be a name that somebody looks for: letters and what stands between them."""
    text = normal(text)
    return any(one.isalpha() for one in text) and all(
        one.isalpha() or unicodedata.category(one)[0] in _MARKS_ALONE or one in " '-.,·\u200c\u200d"
        for one in text
    )


class NameField(models.CharField):  # type: ignore[type-arg]
    """A name, stored as `normal` has it by whatever way Django writes it."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return normal(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if isinstance(value, str):
            value = normal(value)
            setattr(model_instance, self.attname, value)
        return value


# Finding


class TokensField(TextField):  # type: ignore[type-arg]
    """What `tsvector` and `tsquery` are to Django: never read, only compared."""


class Keys(Func):
    """What the index holds of a name, of all its parts: `Keys("first_name", "last_name")`."""

    function = "public.name_keys"
    output_field = TokensField()


class NameQuestion(Func):
    """The question for names that begin so; `shortest`: letters of the words it asks."""

    function = "public.name_query"
    output_field = TokensField()

    def __init__(self, text: str, shortest: int = 1) -> None:
        super().__init__(Value(text), Value(shortest))


class NearQuestion(Func):
    """The question for names that sound so, or differ in a letter."""

    function = "public.name_near_query"
    output_field = TokensField()

    def __init__(self, text: str) -> None:
        super().__init__(Value(text))


class Matches(Func):
    """Whether keys answer a question."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


class Also(Func):
    """The same asked of what an index has found, never of an index."""

    template = "((%(expressions)s) IS TRUE)"
    arg_joiner = " @@ "
    output_field = BooleanField()


class Folded(Func):
    """The words of a name without accents, capitals, apostrophes and hyphens."""

    function = "public.name_folded"
    output_field = TextField()


class Written(Func):
    """A name in small letters, each word after a space."""

    function = "public.name_written"
    output_field = TextField()


def words_of(text: str) -> list[str]:
    """The words of what somebody asks for, as the database parts them."""
    return [word for word in re.split("[ '.,·-]+", normal(text)) if word]


def begins(text: str, *parts: str) -> Q:
    """Rows whose name, in those columns, is what `text` asks for: an index `Keys(*parts)` has it.

    Initials are tried on what the longer words find.
    """
    words = words_of(text)
    shortest = min(SHORTEST, max((len(word) for word in words), default=1))
    found = Q(Matches(Keys(*parts), NameQuestion(text, shortest)))
    folded = Folded(ConcatWords(*parts))
    name = ConcatWords(Value(""), Replace(folded, Value("'"), Value(" "), output_field=TextField()))
    for word in words:
        if len(word) < shortest:
            initial = ConcatWords(Value(""), Folded(Value(word)))
            found &= Q(GreaterThan(StrIndex(name, initial), Value(0)))
    return found


def contains(text: str, *parts: str) -> Q:
    """Rows where each word stands somewhere in the name; for tables as small as the staff's."""
    name = Folded(ConcatWords(*parts))
    every = Q()
    for word in words_of(text)[:5]:
        every &= Q(GreaterThan(StrIndex(name, Folded(Value(word))), Value(0)))
    return every if every else Q(pk__in=[])


def is_written(text: str, *parts: str) -> Q:
    """Of rows found: those where every word stands as it was asked for, dots and accents too."""
    name = Written(ConcatWords(*parts))
    exact = Q()
    for word in words_of(text):
        exact &= Q(GreaterThan(StrIndex(name, Written(Value(word))), Value(0)))
    return exact


class ConcatWords(Func):
    """Columns with a space between."""

    function = "concat_ws"
    output_field = TextField()

    def __init__(self, *parts: Any) -> None:
        super().__init__(Value(" "), *parts)


def tightened(texts: Sequence[str]) -> list[str]:
    """Each name in one piece: two that are equal are the same, however they are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.name_tight(one)"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS given(one, at) ORDER BY at",
            [[text.replace("\x00", "") for text in texts]],
        )
        return [row[0] for row in cursor.fetchall()]


_FOLDED_AWAY = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_LETTERS = str.maketrans("øłđðıħŧĸŀŋɓɗƁىیةہک", "olddihtklnbdbييههك") | str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
)
_BETWEEN = re.compile(
    "['\u0001-\u0026\u0028-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2010-\u2015\u2022\u2026\u2043\u2212\u00d7"
    "\u3000\u30fb]+"
)


def typed_keys(text: str) -> list[str]:
    """What somebody who looks for the name may begin to write, as `name_keys` of the database.

    Each word with all that follows it, in one piece, without accents, capitals, apostrophes and
    hyphens; for lists that stand on a page already (`core.widgets.NameSelect`).
    """
    text = unicodedata.normalize("NFKD", _APOSTROPHES.sub("'", text))
    text = "".join(one.lower() for one in text)
    text = _FOLDED_AWAY.sub("", text).translate(_LETTERS)
    words = _BETWEEN.sub(" ", text).split()[:12]
    return [
        re.sub("a[ae]", "a", "".join(words[first:])).replace("oe", "o").replace("ue", "u")[:200]
        for first in range(len(words))
    ]


def closeness(asked: str, name: str) -> float:
    """How alike two folded names are, 0 to 1; 0 when a word of `asked` is like none of `name`."""
    words = name.split()
    words += ["".join(words[first : first + 2]) for first in range(len(words) - 1)]
    likeness = [
        max((SequenceMatcher(None, word, other).ratio() for other in words), default=0.0)
        for word in asked.split()
    ]
    if not likeness or min(likeness) < LIKE:
        return 0.0
    return sum(likeness) / len(likeness)


def nearest(
    rows: QuerySet[Row], text: str, *parts: str, apart_from: Collection[int] = (), most: int
) -> list[Row]:
    """Rows of `rows` whose name nearly is what `text` says, the most alike first.

    Only words of two letters and more count. What is found by `begins` is to be in `apart_from`.
    """
    if most < 1:
        return []
    near = rows.filter(Matches(Keys(*parts), NearQuestion(text))).exclude(pk__in=apart_from)
    found = near.annotate(_asked=Folded(Value(text)), _folded=Folded(ConcatWords(*parts)))[
        :CONSIDERED
    ]
    alike: list[tuple[float, Row]] = [
        (closeness(_bare(row._asked), _bare(row._folded)), row)  # type: ignore[attr-defined]
        for row in found
    ]
    alike = [(how, row) for how, row in alike if how]
    alike.sort(key=lambda one: (-one[0], one[1].pk))
    return [row for _how, row in alike[:most]]


def _bare(folded: str) -> str:
    return " ".join(word for word in folded.replace("'", " ").split() if len(word) > 1)


# Swedish order


class SwedishOrder(Func):
    """Where a name stands in Swedish order: å, ä, ö last; no von or af. The same on any server."""

    function = "public.name_order"
    template = '%(function)s(%(expressions)s) COLLATE "C"'
    output_field = TextField()


def in_order(prefix: str = "") -> list[SwedishOrder]:
    """By surname, then by first name: `order_by(*in_order("user__"))`."""
    return [SwedishOrder(f"{prefix}last_name"), SwedishOrder(f"{prefix}first_name")]
