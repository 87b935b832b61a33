"""The decision document: written by the pair, read by the leader, communicated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.enums import CommunicationRecipient, InvestigationStatus, NoticeKind
from cases.investigations.models import (
    DOCUMENT_PARTS,
    Communication,
    DecisionDocument,
    Investigation,
)
from cases.investigations.services.ground import document_of, visible, writable
from cases.law import rules
from cases.matters.working import permit_on
from cases.notices import services as notices
from cases.signing import services as signing
from core import trail
from core.errors import Conflict, Invalid
from organisation.acting import (
    access,
    checked_choice,
    checked_day,
    checked_length,
    checked_texts,
    lock,
    require,
)
from organisation.models import User
from organisation.rights import Action


@transaction.atomic
def write_document(
    investigation_id: int,
    *,
    parts: Mapping[str, str],
    by: User,
    at: datetime,
    version: int | None = None,
) -> DecisionDocument:
    """Save the parts of the decision document that are given; `version` guards against overwriting.

    Raises Conflict, carrying the document as it stands, when another has saved meanwhile.
    """
    who = access(by, at)
    investigation = lock(visible(who), investigation_id)
    permit_on(who, Action.WORK_ON_INVESTIGATION, investigation)
    require(rules.may_write_document(status=investigation.status))
    unknown = set(parts) - set(DOCUMENT_PARTS)
    if unknown:
        raise Invalid({name: _("The document has no such part.") for name in sorted(unknown)})
    texts = checked_texts(parts)
    document = (
        DecisionDocument.objects.select_for_update(of=("self",))
        .filter(investigation=investigation)
        .first()
    )
    if document is None:
        if version not in (None, 0):
            raise Conflict(_("There is no document to change."))
        document = DecisionDocument(investigation=investigation, written_by=by, written_at=at)
    else:
        if version is not None and document.version != version:
            raise Conflict(
                _("Somebody else has changed this meanwhile. Both versions are shown; choose."),
                current=document,
            )
        document.version += 1
    for name, text in texts.items():
        setattr(document, name, text)
    document.written_by = by
    document.written_at = at
    document.save()
    trail.changed("document.written", investigation, by=by, at=at, parts=sorted(texts))
    return document


def empty_parts(document: DecisionDocument | None) -> list[str]:
    """The headings of the document still without text."""
    if document is None:
        return list(DOCUMENT_PARTS)
    return [name for name in DOCUMENT_PARTS if not getattr(document, name)]


@transaction.atomic
def submit_document(
    investigation_id: int, *, by: User, at: datetime, version: int | None = None
) -> Investigation:
    """Hand the decision document to the leader, which signs it: its text is locked while there."""
    who, investigation = writable(investigation_id, by=by, at=at, version=version)
    document = document_of(investigation)
    require(rules.may_submit(status=investigation.status, empty_parts=len(empty_parts(document))))
    assert document is not None
    signing.unsign(document)
    document.submitted_at, document.submitted_by = at, by
    signing.sign_row(
        "document",
        document,
        who=who,
        action=Action.WORK_ON_INVESTIGATION,
        unit_id=investigation.unit_id,
        by=by,
        at=at,
    )
    document.save()
    investigation.status = InvestigationStatus.TO_READ
    investigation.version += 1
    investigation.save(update_fields=["status", "version"])
    trail.changed("document.submitted", investigation, by=by, at=at, digest=document.signed_digest)
    notices.tell(
        notices.leaders_of(investigation.group_id, on=who.on, child_id=investigation.child_id),
        NoticeKind.TO_READ,
        at=at,
        on=who.on,
        by=by,
        about=investigation,
    )
    return investigation


@transaction.atomic
def return_document(
    investigation_id: int, *, comment: str, by: User, at: datetime
) -> Investigation:
    """Give the document back to the pair with what has to be done, and the signatures off it."""
    who = access(by, at)
    investigation = lock(visible(who), investigation_id)
    permit_on(who, Action.READ_DOCUMENT, investigation)
    require(rules.may_read_document(status=investigation.status))
    texts = checked_texts({"comment": comment}, required=["comment"])
    document = document_of(investigation)
    assert document is not None
    document.return_comment = texts["comment"]
    document.submitted_at = document.submitted_by = None
    signing.unsign(document)
    document.version += 1
    document.save()
    investigation.status = InvestigationStatus.ONGOING
    investigation.version += 1
    investigation.save(update_fields=["status", "version"])
    trail.changed("document.returned", investigation, by=by, at=at)
    notices.tell(
        notices.handlers_of(investigation.pk, on=who.on),
        NoticeKind.RETURNED,
        at=at,
        on=who.on,
        by=by,
        about=investigation,
    )
    return investigation


@transaction.atomic
def sign_reading(investigation_id: int, *, by: User, at: datetime) -> DecisionDocument:
    """The leader signs having read the decision document."""
    who = access(by, at)
    investigation = lock(visible(who), investigation_id)
    permit_on(who, Action.READ_DOCUMENT, investigation)
    require(rules.may_read_document(status=investigation.status))
    document = document_of(investigation)
    assert document is not None
    if document.read_at is None:
        signing.sign_reading_of(
            "document", document, who=who, unit_id=investigation.unit_id, by=by, at=at
        )
        document.save()
        trail.changed("document.read", investigation, by=by, at=at, digest=document.read_digest)
    return document


@transaction.atomic
def communicate(
    investigation_id: int,
    *,
    recipient: str,
    communicated_on: date,
    how: str,
    by: User,
    at: datetime,
    response: str = "",
) -> Communication:
    """Record that the document was communicated with a guardian or the child."""
    who, investigation = writable(investigation_id, by=by, at=at)
    checked_choice("recipient", recipient, CommunicationRecipient)
    texts = checked_texts({"how": how, "response": response}, required=["how"])
    checked_length("how", texts["how"], Communication, "how")
    checked_day("communicated_on", communicated_on, today=who.on)
    row = Communication.objects.create(
        investigation=investigation,
        recipient=recipient,
        communicated_on=communicated_on,
        recorded_by=by,
        **texts,
    )
    trail.changed("investigation.communicated", investigation, by=by, at=at, recipient=recipient)
    return row
