"""Protected identity of a child: registered with its source, changed and ended with a reason.

Also where such a child is: address, school and present whereabouts, kept apart from all texts.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.enums import ProtectedIdentity, ProtectionSource
from cases.persons.models import IdentityProtection, Person
from cases.persons.whereabouts import may_see, may_work_with
from core import trail
from core.errors import Conflict, Forbidden, Invalid, Missing
from organisation.acting import access, checked_choice, checked_day, checked_length, checked_texts
from organisation.models import User
from organisation.permissions import Access, refusal
from organisation.rights import Action


def _child(who: Access, child_id: int) -> Person:
    child = (
        Person.objects.select_for_update(of=("self",))
        .filter(pk__in=Person.objects.visible_to(who).filter(pk=child_id).values("pk"))
        .first()
    )
    if child is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    if not may_work_with(child, who, Action.PROTECT_IDENTITY):
        raise Forbidden(refusal(Action.PROTECT_IDENTITY))
    return child


@transaction.atomic
def protect(
    child_id: int,
    *,
    kind: str,
    source: str,
    authority: str = "",
    decided_on: date | None = None,
    from_on: date,
    reconsider_on: date | None = None,
    by: User,
    at: datetime,
) -> IdentityProtection:
    """Protect the child's identity from `from_on`, today or earlier; another kind replaces one."""
    who = access(by, at)
    child = _child(who, child_id)
    checked_choice("kind", kind, ProtectedIdentity)
    if kind == ProtectedIdentity.NONE:
        raise Invalid({"kind": _("Choose one of the alternatives.")})
    checked_choice("source", source, ProtectionSource)
    if source == ProtectionSource.AUTHORITY and not authority.strip():
        raise Invalid({"authority": _("Write which authority.")})
    authority = checked_texts({"authority": authority})["authority"]
    checked_length("authority", authority, IdentityProtection, "authority")
    checked_day("from_on", from_on, today=who.on)
    if decided_on is not None:
        checked_day("decided_on", decided_on, today=who.on)
    if reconsider_on is not None and reconsider_on <= who.on:
        raise Invalid({"reconsider_on": _("The day has to be in the future.")})
    current = child.protections.select_for_update().filter(ended_on__isnull=True).first()
    if current is not None:
        if current.kind == kind:
            raise Conflict(_("The identity is already protected in that way."))
        if from_on < current.from_on:
            raise Invalid({"from_on": _("The present protection began later than that.")})
        current.ended_on, current.ended_by = from_on, by
        current.end_reason = _("Replaced by another kind of protection.")
        current.save(update_fields=["ended_on", "ended_by", "end_reason"])
    return begin(
        child,
        kind=kind,
        source=source,
        authority=authority.strip(),
        decided_on=decided_on,
        from_on=from_on,
        reconsider_on=reconsider_on,
        by=by,
        at=at,
    )


def begin(
    child: Person,
    *,
    kind: str,
    source: str,
    authority: str = "",
    decided_on: date | None = None,
    from_on: date,
    reconsider_on: date | None = None,
    by: User,
    at: datetime,
) -> IdentityProtection:
    """Write the protection down and mark the child, in the caller's transaction."""
    protection = IdentityProtection.objects.create(
        child=child,
        kind=kind,
        source=source,
        authority=authority,
        decided_on=decided_on,
        from_on=from_on,
        reconsider_on=reconsider_on,
        registered_by=by,
        registered_at=at,
    )
    child.protected_identity = kind
    child.save(update_fields=["protected_identity"])
    trail.changed("identity.protected", child, by=by, at=at)
    return protection


@transaction.atomic
def end_protection(child_id: int, *, ended_on: date, reason: str, by: User, at: datetime) -> None:
    """End the protection in force, with the reason; whereabouts are shown as of any child again."""
    who = access(by, at)
    child = _child(who, child_id)
    current = child.protections.select_for_update().filter(ended_on__isnull=True).first()
    if current is None:
        raise Conflict(_("The identity is not protected."))
    texts = checked_texts({"reason": reason}, required=["reason"])
    checked_length("reason", texts["reason"], IdentityProtection, "end_reason")
    checked_day(
        "ended_on",
        ended_on,
        today=who.on,
        earliest=current.from_on,
        earliest_is=_("the day it began"),
    )
    current.ended_on, current.ended_by, current.end_reason = ended_on, by, texts["reason"]
    current.save(update_fields=["ended_on", "ended_by", "end_reason"])
    child.protected_identity = ProtectedIdentity.NONE
    child.save(update_fields=["protected_identity"])
    # The reason may tell where the child is: it stays with the protection, out of the trail.
    trail.changed("identity.protection_ended", child, by=by, at=at)


@transaction.atomic
def write_whereabouts(
    child_id: int, *, address: str, school: str, whereabouts: str, by: User, at: datetime
) -> Person:
    """Where the child lives, goes to school and is just now; only by those who may see it."""
    who = access(by, at)
    child = _child(who, child_id)
    if child.is_protected and not may_see(child, who):
        raise Forbidden(_("Where the child is, is shown to those who work with it only."))
    texts = checked_texts({"address": address, "school": school, "whereabouts": whereabouts})
    for name in ("address", "school", "whereabouts"):
        checked_length(name, texts[name], Person, name)
    changed = [name for name, text in texts.items() if getattr(child, name) != text]
    if changed:
        for name in changed:
            setattr(child, name, texts[name])
        child.save(update_fields=changed)
        trail.changed("whereabouts.changed", child, by=by, at=at, fields=sorted(changed))
    return child
