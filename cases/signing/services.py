"""Signing texts, and writing beside them once they are signed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases.enums import AdditionKind
from cases.law import rules
from cases.matters import registry as matters
from cases.matters.models import MatterRecord
from cases.matters.working import reach
from cases.signing import signatures, texts
from cases.signing.models import Addition
from core import trail
from core.calendar import STOCKHOLM
from core.decisions import Decision
from core.errors import Forbidden, Missing
from organisation.acting import access, checked_choice, checked_texts, lock, permit, require
from organisation.models import Employment, User
from organisation.permissions import Access
from organisation.rights import TABLE, Action


def action_to_sign(code: str, matter: MatterRecord) -> Action:
    """The right by which a text of its author's is signed; it gives the signature its role."""
    return texts.KINDS[code].signs or matters.kind(matter.KIND).works


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
    row.signed_at, row.signed_by, row.signed_name = at, by, str(by)
    row.signed_role, row.signed_title = capacity(who, action, unit_id=unit_id, by=by)
    row.signed_digest = signatures.digest_of(code, row, by=by.pk, at=at)


def sign_reading_of(
    code: str, row: Any, *, who: Access, unit_id: int, by: User, at: datetime
) -> None:
    """Put the leader's signature of having read it on the text, which the caller saves."""
    row.read_at, row.read_by, row.read_name = at, by, str(by)
    row.read_role, row.read_title = capacity(who, Action.READ_DOCUMENT, unit_id=unit_id, by=by)
    row.read_digest = signatures.digest_of(code, row, by=by.pk, at=at)


def unsign(row: Any) -> None:
    """Take every signature off a text that goes back to its writers; the caller saves."""
    row.signed_at = row.signed_by = row.read_at = row.read_by = None
    row.signed_name = row.signed_role = row.signed_title = row.signed_digest = ""
    row.read_name = row.read_role = row.read_title = row.read_digest = ""


@transaction.atomic
def sign(code: str, pk: int, *, by: User, at: datetime) -> Any:
    """The author signs a text that is signed by an act of its own; it is locked from then on.

    Raises Conflict when it is signed already, Forbidden for anybody but the author.
    """
    kind = texts.KINDS.get(code)
    if kind is None or not kind.author:
        raise Missing(_("It does not exist, or is not yours to see."))
    who = access(by, at)
    row: Any = lock(texts.visible(kind, who), pk)
    if getattr(row, kind.author) != who.user_id:
        raise Forbidden(_("Only its author signs a text."))
    require(rules.may_sign(signed=row.is_signed))
    matter = texts.record_of(kind, row)
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
    if not texts.is_signable(code):
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


def unsigned(kind: texts.TextKind, who: Access) -> QuerySet[Any]:
    """The actor's own texts of that kind without a signature, in matters they can read."""
    return texts.visible(kind, who).filter(**{kind.author: who.user_id}, signed_at__isnull=True)


def overdue_to_sign(who: Access) -> int:
    """How many of the actor's texts are older than the unit's routine lets them be unsigned."""
    first_day = who.on - timedelta(days=rules.SIGN_WITHIN_DAYS)
    before = datetime.combine(first_day, time.min, tzinfo=STOCKHOLM)
    return sum(
        unsigned(kind, who).filter(**{f"{kind.written_column}__lt": before}).count()
        for kind in texts.by_author()
    )
