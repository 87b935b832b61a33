"""The decision document as a file, as the parties get it: who reported stands nowhere in it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.disclosure import masking_terms as hiding
from cases.investigations.models import DecisionDocument, Investigation
from cases.matters.models import MatterWorker
from cases.signing import signatures, texts
from core import pdf, trail
from core.errors import Missing
from organisation.acting import access
from organisation.models import User

TEMPLATE = Path(__file__).resolve().parents[2] / "print" / "decision.typ"


def parts_for_parties(document: DecisionDocument | None, hidden: hiding.Hidden) -> list[Any]:
    """The parts with their headings, masked as the parties may read them.

    Of a signed document the parts that were signed.
    """
    parts = signatures.shown("document", document.signed_digest if document else "")
    fields: Any = {name: DecisionDocument._meta.get_field(name) for name in parts}
    return [
        {
            "name": name,
            "label": str(fields[name].verbose_name),
            "text": hidden.without_reporter(getattr(document, name) if document else ""),
        }
        for name in parts
    ]


def _day(moment: datetime | None) -> str:
    return date_format(localtime(moment), "j F Y") if moment else ""


def _signatures(document: DecisionDocument) -> list[str]:
    lines = []
    if document.signed_at:
        lines.append(f"{_day(document.signed_at)}: {document.signer}, {document.signed_as}")
    if document.read_digest:
        lines.append(
            f"{_day(document.read_at)}: {document.reader}, {document.read_as} (" + _("read") + ")"
        )
    return lines


def _facts(investigation: Investigation) -> list[list[str]]:
    child = investigation.child
    name = ", ".join(filter(None, [child.name, child.identity_number]))
    handlers = (
        MatterWorker.objects.current()
        .filter(matter=investigation.pk)
        .select_related("user")
        .main_first()
    )
    rows = [
        [_("Case number"), investigation.number],
        [_("Child"), name],
        [
            _("Investigation"),
            f"{investigation.get_type_display()}, {date_format(investigation.opened_on, 'j F Y')}",
        ],
        [
            _("Handlers"),
            ", ".join(f"{row.user} ({row.get_part_display()})" for row in handlers),
        ],
    ]
    if investigation.concluded_on:
        rows.append(
            [
                _("Outcome"),
                f"{investigation.get_outcome_display()},"
                f" {date_format(investigation.concluded_on, 'j F Y')}",
            ]
        )
    return [[str(label), str(value)] for label, value in rows]


@transaction.atomic
def document_pdf(investigation_id: int, *, by: User, at: datetime) -> bytes:
    """The decision document as PDF, in the language of the authority; written in the trail.

    Raises Missing when nothing is written yet.
    """
    found = Investigation.objects.visible_to(access(by, at)).select_related(
        "child", "unit", "group"
    )
    investigation = found.filter(pk=investigation_id).first()
    document = (
        DecisionDocument.objects.filter(investigation=investigation)
        .select_related("signed_by", "read_by")
        .first()
    )
    if investigation is None or document is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    [written] = texts.with_additions("document", [document])
    with override(settings.LANGUAGE_CODE):
        hidden = hiding.for_everybody(investigation.child)
        made = pdf.compiled(
            TEMPLATE,
            {
                "title": _("Decision document"),
                "header": f"{investigation.unit.name}, {investigation.group.name}",
                "confidential": _("Secrecy under OSL chapter 26"),
                "footer": investigation.number,
                "draft": "" if document.signed_at or document.sealed_at else _("Draft, not signed"),
                "facts": _facts(investigation),
                "parts": [
                    {"label": one["label"].capitalize(), "text": one["text"] or "–"}
                    for one in parts_for_parties(document, hidden)
                ],
                "additions": [
                    {
                        "label": f"{one.get_kind_display()}, {_day(one.written_at)}, {one.signer}",
                        "text": hidden.without_reporter(one.text),
                    }
                    for one in written.additions
                ],
                "signed": _("Signatures"),
                "signatures": _signatures(document),
            },
        )
    trail.exported("document.pdf", [investigation], by=by, at=at)
    return made
