"""What a party gets on paper: the texts with black bars, the list of reasons, how to appeal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from cases.disclosure import redaction
from cases.disclosure.models import Disclosure, DisclosurePiece
from cases.disclosure.redaction import Mark, Segment
from cases.enums import SecrecyGround
from core import pdf

TEMPLATE = Path(__file__).resolve().parents[1] / "print" / "disclosure.typ"
STEP = 8
"""Characters to a bar: the length of a mask says no more than so many of these."""
LONGEST = 40
"""Bars drawn for the longest mask."""


@dataclass(frozen=True, slots=True)
class MaskLine:
    """One mask in the list of reasons."""

    number: int
    heading: str
    ground: str
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """One text as the party sees it: runs of words and bars, numbered as in the list."""

    heading: str
    day: str
    left_out: int | None
    runs: list[dict[str, Any]]


def bars(length: int) -> int:
    """How many bars stand for a mask of that many characters."""
    return min(LONGEST, max(1, -(-length // STEP)))


def in_force(piece: DisclosurePiece) -> tuple[list[Mark], list[str]]:
    """The piece's masks, apart and in order, and the reason written with each."""
    rows = [row for row in piece.redactions.all() if row.removed_at is None]
    marks = redaction.merged(
        Mark(row.start, row.end, SecrecyGround(row.ground), str(row.pk)) for row in rows
    )
    reasons = {str(row.pk): row.reason for row in rows}
    return marks, [reasons.get(mark.found_by, "") for mark in marks]


def pages(disclosure: Disclosure) -> tuple[list[Page], list[MaskLine]]:
    """What the party gets, and the list of what is masked; nothing masked is in either."""
    shown: list[Page] = []
    lines: list[MaskLine] = []
    for piece in disclosure.pieces.prefetch_related("redactions").order_by("position"):
        day = date_format(piece.dated_on, "j F Y") if piece.dated_on else ""
        if piece.left_out:
            ground = str(SecrecyGround(piece.left_out_ground).label)
            lines.append(MaskLine(len(lines) + 1, piece.heading, ground, ""))
            shown.append(Page(piece.heading, day, len(lines), []))
            continue
        marks, reasons = in_force(piece)
        first = len(lines) + 1
        lines += [
            MaskLine(first + index, piece.heading, str(mark.ground.label), reasons[index])
            for index, mark in enumerate(marks)
        ]
        runs = [_run(segment, first) for segment in redaction.segments(piece.text, marks)]
        shown.append(Page(piece.heading, day, None, runs))
    return shown, lines


def _run(segment: Segment, first: int) -> dict[str, Any]:
    if segment.mark is None:
        return {"text": segment.text, "number": 0, "bars": 0, "drawn": []}
    count = bars(segment.length)
    return {"text": "", "number": first + segment.mark, "bars": count, "drawn": [1] * count}


def extent(lines: list[MaskLine]) -> str:
    """How much is given out, of the list of what is not: never said beside a single mask."""
    if not lines:
        return _("Nothing is withheld.")
    return ngettext("%(count)s part is withheld.", "%(count)s parts are withheld.", len(lines)) % {
        "count": len(lines)
    }


def compiled(disclosure: Disclosure) -> bytes:
    """The file for the party, in the language of the authority."""
    with override(settings.LANGUAGE_CODE):
        shown, lines = pages(disclosure)
        numbers = ", ".join(
            str(row) for row in disclosure.matters.select_related("matter").order_by("pk")
        )
        approved = disclosure.approved_at
        facts = [
            [_("Recipient"), f"{disclosure.recipient_name} ({disclosure.get_relation_display()})"],
            [_("Asked for"), date_format(disclosure.requested_on, "j F Y")],
            [_("Concerns"), disclosure.child.name],
            [_("Matters"), numbers],
        ]
        if disclosure.right_ground:
            outcome = disclosure.get_right_outcome_display()
            facts.append(
                [_("Right to the file"), f"{outcome}. {disclosure.get_right_ground_display()}"]
            )
            facts.append([_("Reason for the right"), disclosure.right_reason])
        facts.append([_("Extent"), extent(lines)])
        if approved is not None:
            facts.append(
                [
                    _("Approved"),
                    f"{date_format(localtime(approved), 'j F Y')}, {disclosure.approved_by}",
                ]
            )
        return pdf.compiled(
            TEMPLATE,
            {
                "title": _("Texts in the file, for a party"),
                "header": f"{disclosure.unit.name} · {numbers}",
                "confidential": _("Secrecy under OSL chapter 26"),
                "footer": _("To %(recipient)s, asked for %(day)s")
                % {
                    "recipient": disclosure.recipient_name,
                    "day": date_format(disclosure.requested_on, "j F Y"),
                },
                "facts": [[str(label), str(value)] for label, value in facts],
                "intro": _(
                    "Black bars are parts that are withheld. The number after a bar leads to its"
                    " reason in the list at the end."
                )
                if lines
                else "",
                "kept_back": _("The whole text is withheld."),
                "masked": _("withheld"),
                "pages": [
                    {
                        "heading": page.heading,
                        "day": page.day,
                        "left_out": page.left_out or 0,
                        "runs": page.runs,
                    }
                    for page in shown
                ],
                "list_title": _("What is withheld, and why"),
                "columns": [_("No."), _("Text"), _("Ground and reason")],
                "lines": [
                    [
                        str(line.number),
                        line.heading,
                        f"{line.ground}. {line.reason}" if line.reason else line.ground,
                    ]
                    for line in lines
                ],
                "refusal_title": _("Decision"),
                "refusal": disclosure.refusal_text if lines else "",
            },
        )


def no_right_words(disclosure: Disclosure) -> str:
    """The decision that somebody has no right to the file, with how it is appealed."""
    with override(settings.LANGUAGE_CODE):
        return _(
            "%(unit)s decides not to give out the texts that were asked for on %(day)s.\n\n"
            "%(ground)s.\n%(reason)s\n\nHow to appeal\nYou can appeal this decision to the"
            " Administrative Court of Appeal. Write which decision you appeal, what you want"
            " changed and why. Sign the letter and give your name, address and telephone number."
            " Send it to %(unit)s, which has to have it within three weeks from the day you got the"
            " decision. If it is not changed as you wish, it is passed on to the court."
        ) % {
            "unit": disclosure.unit.name,
            "day": date_format(disclosure.requested_on, "j F Y"),
            "ground": disclosure.get_right_ground_display(),
            "reason": disclosure.right_reason,
        }


def refusal_words(disclosure: Disclosure, grounds: list[SecrecyGround]) -> str:
    """A decision on what is withheld, with how it is appealed (OSL 6 kap. 7-8 §§, FL 43-44 §§)."""
    with override(settings.LANGUAGE_CODE):
        listed = "\n".join(f"– {ground.label}" for ground in grounds)
        return _(
            "%(unit)s decides to give out the texts that were asked for on %(day)s, but for what is"
            " marked with black bars.\n\nWhat is withheld is secret under:\n%(grounds)s\n\n"
            "The reasons for each part stand in the list.\n\nHow to appeal\nYou can appeal this"
            " decision to the Administrative Court of Appeal. Write which decision you appeal, what"
            " you want changed and why. Sign the letter and give your name, address and telephone"
            " number. Send it to %(unit)s, which has to have it within three weeks from the day you"
            " got the decision. If it is not changed as you wish, it is passed on to the court."
        ) % {
            "unit": disclosure.unit.name,
            "day": date_format(disclosure.requested_on, "j F Y"),
            "grounds": listed,
        }
