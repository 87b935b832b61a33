"""What a waiting investigation asks of its pair, written by the reception or the leader."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.enums import InvestigationStatus
from cases.investigations.models import Investigation
from cases.reports.models import Report
from core import trail
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.limits import limit
from organisation.acting import access
from organisation.models import User
from organisation.permissions import Access, refusal
from organisation.rights import Action
from workload.allocation import WishKind
from workload.enums import CompetenceKind
from workload.models import AllocationWish
from workload.models.allocation import NOTED_KINDS

MOST = 12
"""Wishes of one investigation: more than that asks for nobody."""


def to_note_on(who: Access, investigation_id: int) -> Investigation:
    """The investigation, locked, if the person may note wishes on it.

    The leader who gives it out, and whoever in the reception can read the report it came from.
    """
    # Asked before it is looked at, so that what is not there costs as much as what is others'.
    leads = Investigation.objects.visible_to(who, Action.NOTE_WISHES).filter(pk=investigation_id)
    received = Report.objects.visible_to(who, Action.NOTE_WISHES).filter(
        investigation_id=investigation_id
    )
    if not leads.exists() and not received.exists():
        if Investigation.objects.visible_to(who).filter(pk=investigation_id).exists():
            raise Forbidden(refusal(Action.NOTE_WISHES))
        raise Missing(_("It does not exist, or is not yours to see."))
    return Investigation.objects.select_for_update(of=("self",)).get(pk=investigation_id)


def _waiting(who: Access, investigation_id: int) -> Investigation:
    investigation = to_note_on(who, investigation_id)
    if investigation.status != InvestigationStatus.WAITING:
        raise Conflict(
            _("%(number)s has been given out already.") % {"number": investigation.number}
        )
    return investigation


@transaction.atomic
def note_wish(
    investigation_id: int, *, kind: str, detail: str, required: bool, by: User, at: datetime
) -> AllocationWish:
    """Note a wish; `detail` says which language, area or competence."""
    investigation = _waiting(access(by, at), investigation_id)
    text = " ".join(detail.split())
    if kind not in NOTED_KINDS:
        raise Invalid({"kind": _("Choose one of the alternatives.")})
    if kind == WishKind.EXPERIENCE:
        text = ""
    elif not text:
        raise Invalid({"detail": _("Say which.")})
    elif len(text) > (most := limit(AllocationWish, "detail")) or "\x00" in text:
        raise Invalid({"detail": _("At most %(limit)s characters.") % {"limit": most}})
    if kind == WishKind.COMPETENCE and text not in CompetenceKind.values:
        raise Invalid({"detail": _("Choose one of the alternatives.")})
    wishes = AllocationWish.objects.filter(investigation=investigation)
    if wishes.filter(kind=kind, detail__iexact=text).exists():
        raise Invalid({"detail": _("The wish stands there already.")})
    if wishes.count() >= MOST:
        raise Invalid({"kind": _("At most %(limit)s wishes.") % {"limit": MOST}})
    wish = AllocationWish.objects.create(
        investigation=investigation,
        kind=kind,
        detail=text,
        required=required,
        noted_by=by,
        noted_at=at,
    )
    trail.changed(
        "allocation.wish_noted", investigation, by=by, at=at, kind=kind, required=required
    )
    return wish


@transaction.atomic
def withdraw_wish(wish_id: int, *, by: User, at: datetime) -> None:
    """Take a wish back; the history keeps it. Nothing happens if it is gone already."""
    wish = AllocationWish.objects.filter(pk=wish_id).first()
    if wish is None:
        return
    investigation = _waiting(access(by, at), wish.investigation_id)
    kind = wish.kind
    wish.delete()
    trail.changed("allocation.wish_withdrawn", investigation, by=by, at=at, kind=kind)
