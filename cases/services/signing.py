"""Signing texts, and writing beside them once they are signed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases import matters, rules, signatures, texts
from cases.enums import AdditionKind
from cases.models import Addition, DecisionDocument, MatterRecord, Note, ProtectionAssessment
from cases.services.gate import access, checked_choice, checked_texts, lock, permit, reach, require
from core import trail
from core.calendar import STOCKHOLM
from core.decisions import Decision
from core.errors import Forbidden, Missing
from organisation.models import Employment, User
from organisation.permissions import TABLE, Access, Action


def action_to_sign(code: str, matter: MatterRecord) -> Action:
    """The right by which a text of its author's is signed; it gives the signature its role."""
    return Action.ASSESS_PROTECTION if code == "assessment" else matters.kind(matter.KIND).works


def _role(who: Access, action: Action, unit_id: int) -> str:
    """The role that gives the right, one's own before a colleague's; empty when none does."""
    held = sorted(
        (one for one in who.held if one.unit_id == unit_id and one.role in TABLE[action]),
        key=lambda one: one.for_user_id != who.user_id,
    )
    return held[0].role if held else ""


def _title(by: User, on: date) -> str:
    """The profession of the employment of the day; empty for whom none is known."""
    current = (
        Employment.objects.filter(user=by, started_on__lte=on)
        .filter(Q(ended_on__isnull=True) | Q(ended_on__gte=on))
        .order_by("-started_on", "-pk")
        .values_list("profession", flat=True)
        .first()
    )
    return current or ""


def capacity(who: Access, action: Action, *, unit_id: int, by: User) -> tuple[str, str]:
    """Role and title of the signer today."""
    return _role(who, action, unit_id), _title(by, who.on)


def sign_row(
    code: str, row: Any, *, who: Access, action: Action, unit_id: int, by: User, at: datetime
) -> None:
    """Put the signature on the row, which the caller saves."""
    row.signed_at, row.signed_by = at, by
    row.signed_role, row.signed_title = capacity(who, action, unit_id=unit_id, by=by)
    row.signed_digest = signatures.digest_of(code, row, by=by.pk, at=at)


def sign_reading_of(
    document: DecisionDocument, *, who: Access, unit_id: int, by: User, at: datetime
) -> None:
    """Put the leader's signature of having read it on the document, which the caller saves."""
    document.read_at, document.read_by = at, by
    document.read_role, document.read_title = capacity(
        who, Action.READ_DOCUMENT, unit_id=unit_id, by=by
    )
    document.read_digest = signatures.digest_of("document", document, by=by.pk, at=at)


def unsign(document: DecisionDocument) -> None:
    """Take every signature off a document that goes back to the pair; the caller saves."""
    document.signed_at = document.signed_by = document.read_at = document.read_by = None
    document.signed_role = document.signed_title = document.signed_digest = ""
    document.read_role = document.read_title = document.read_digest = ""


def _own(code: str, who: Access, pk: int) -> Any:
    """The author's own note or assessment, locked."""
    row: Any = lock(texts.visible(texts.KINDS[code], who), pk)
    author = row.author_id if code == "note" else row.assessed_by_id
    if author != who.user_id:
        raise Forbidden(_("Only its author signs a text."))
    return row


@transaction.atomic
def sign(code: str, pk: int, *, by: User, at: datetime) -> Note | ProtectionAssessment:
    """The author signs a note or a protection assessment, which is locked from then on.

    Raises Conflict when it is signed already, Forbidden for anybody but the author.
    """
    if code not in rules.SIGNED_BY_AUTHOR:
        raise Missing(_("It does not exist, or is not yours to see."))
    who = access(by, at)
    row: Note | ProtectionAssessment = _own(code, who, pk)
    require(rules.may_sign(signed=row.is_signed))
    matter = texts.record_of(texts.KINDS[code], row)
    sign_row(
        code,
        row,
        who=who,
        action=action_to_sign(code, matter),
        unit_id=matter.unit_id,
        by=by,
        at=at,
    )
    row.save()
    signed(code, row, by=by, at=at)
    return row


def sign_note(pk: int, *, by: User, at: datetime) -> Note:
    """As `sign`, of a note."""
    note = sign("note", pk, by=by, at=at)
    assert isinstance(note, Note)
    return note


def signed(code: str, row: Any, *, by: User, at: datetime) -> None:
    """Write the signature and its digest in the trail, where they cannot be altered together."""
    trail.changed(f"{code}.signed", row, by=by, at=at, digest=row.signed_digest)


@transaction.atomic
def sign_many(wanted: list[tuple[str, int]], *, by: User, at: datetime) -> int:
    """Sign several texts of one's own at once; all or none. How many there were."""
    for code, pk in wanted:
        sign(code, pk, by=by, at=at)
    return len(wanted)


def may_add(who: Access, code: str, row: Any) -> Decision:
    """Whether the actor may write a correction or addition beside the text."""
    matter = texts.record_of(texts.KINDS[code], row)
    return who.ask(matters.kind(matter.KIND).works, **reach(matter, on=who.on))


@transaction.atomic
def add(code: str, pk: int, *, kind: str, text: str, by: User, at: datetime) -> Addition:
    """Write a correction of, or addition to, a signed text; it is signed with the same act.

    Also when the matter is concluded: what is wrong in a record is put right whenever it is seen.
    """
    if code not in texts.SIGNED or code not in texts.KINDS:
        raise Missing(_("It does not exist, or is not yours to see."))
    who = access(by, at)
    row: Any = lock(texts.visible(texts.KINDS[code], who), pk)
    matter = texts.record_of(texts.KINDS[code], row)
    action = matters.kind(matter.KIND).works
    permit(who, action, **reach(matter, on=who.on))
    require(rules.may_add(signed=row.is_signed))
    checked_choice("kind", kind, AdditionKind)
    checked = checked_texts({"text": text}, required=["text"])
    addition = Addition(
        unit_id=matter.unit_id,
        child_id=matter.child_id,
        matter_id=matter.pk,
        subject=code,
        subject_id=row.pk,
        kind=kind,
        text=checked["text"],
        author=by,
        written_at=at,
    )
    sign_row("addition", addition, who=who, action=action, unit_id=matter.unit_id, by=by, at=at)
    addition.save()
    signed("addition", addition, by=by, at=at)
    return addition


# What waits for a signature


def unsigned_notes(who: Access) -> QuerySet[Note]:
    """The actor's own notes without a signature, in matters they can read."""
    rows: QuerySet[Note] = texts.visible(texts.KINDS["note"], who)
    return rows.filter(author_id=who.user_id, signed_at__isnull=True)


def unsigned_assessments(who: Access) -> QuerySet[ProtectionAssessment]:
    """The actor's own protection assessments without a signature."""
    rows: QuerySet[ProtectionAssessment] = texts.visible(texts.KINDS["assessment"], who)
    return rows.filter(assessed_by_id=who.user_id, signed_at__isnull=True)


def overdue_to_sign(who: Access) -> int:
    """How many of the actor's texts are older than the unit's routine lets them be unsigned."""
    first_day = who.on - timedelta(days=rules.SIGN_WITHIN_DAYS)
    before = datetime.combine(first_day, time.min, tzinfo=STOCKHOLM)
    return (
        unsigned_notes(who).filter(written_at__lt=before).count()
        + unsigned_assessments(who).filter(recorded_at__lt=before).count()
    )
