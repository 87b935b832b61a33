"""Handing a family's investigations over to another unit of the city, and taking them over.

What is handed over closes in the unit that had it, and stays readable there to those who had it.
In the other unit it goes on under a number of its own, by the clock of the day it was opened.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.access import conflicts
from cases.deadlines import store as deadlines
from cases.enums import (
    HANDOVER_TRANSITIONS,
    FilePart,
    HandoverGround,
    HandoverStatus,
    InvestigationStatus,
    NoticeKind,
)
from cases.handovers.models import HandedText, Handover, HandoverCase
from cases.handovers.texts import ALWAYS, collected, matters_of
from cases.investigations.models import Extension, Investigation
from cases.journal.models import Note
from cases.law import rules
from cases.matters import registry as matters
from cases.matters.numbers import next_number
from cases.matters.working import permit_on, reach
from cases.notices import services as notices
from cases.persons.models import Guardian, Person
from cases.reports.services.children import ChildInput, person_for, protect
from cases.reports.services.moving import same_child
from core import trail
from core.calendar import local_date
from core.errors import Conflict, Forbidden, Invalid
from organisation.acting import (
    access,
    checked_choice,
    checked_day,
    checked_length,
    checked_texts,
    lock,
    permit,
    require,
)
from organisation.enums import Level
from organisation.models import OrgUnit, User
from organisation.permissions import Access
from organisation.rights import Action


def same_board(one: OrgUnit, other: OrgUnit) -> bool:
    """Whether the units lie in one district administration, and so under one board."""
    above = set(_above(one)) & set(_above(other))
    return OrgUnit.objects.filter(pk__in=above, level=Level.ADMINISTRATION).exists()


def _above(unit: OrgUnit) -> list[int]:
    return [int(part) for part in unit.path.split("/") if part]


def units_to_ask(unit: OrgUnit) -> list[OrgUnit]:
    """The other units of the same municipality that are in use."""
    top = _above(unit)[:1]
    rows = OrgUnit.objects.units().filter(active=True, path__startswith=f"/{top[0]}/")
    return list(rows.exclude(pk=unit.pk).order_by("name", "pk"))


def siblings_of(investigation: Investigation, who: Access) -> list[Investigation]:
    """Open investigations in the unit about children who came with the child, the actor's to hand
    over."""
    others = {pk for kind in matters.KINDS for pk in kind.others(investigation.child_id)}
    rows = Investigation.objects.visible_to(who, Action.HAND_OVER).open()
    found = rows.filter(child__in=others - {investigation.child_id}, unit=investigation.unit_id)
    return list(found.select_related("child", "unit", "group").order_by("opened_on", "pk"))


def cases_of(handover: Handover) -> list[Investigation]:
    """The investigations that are handed over, in the unit that has had them."""
    rows = Investigation.objects.filter(matter__handovers__handover=handover)
    return list(rows.select_related("child", "unit").order_by("pk"))


def waiting_of(matter_id: int) -> Handover | None:
    """The hand-over of the matter that nobody has answered yet."""
    return Handover.objects.waiting().filter(cases__matter=matter_id).first()


def _parts(parts: Iterable[str]) -> list[str]:
    wanted = {*parts, *ALWAYS}
    if wanted - set(FilePart.values):
        raise Invalid({"parts": _("Choose one of the alternatives.")})
    return [part.value for part in FilePart if part in wanted]


@transaction.atomic
def offer(
    investigation_id: int,
    *,
    to_unit: OrgUnit,
    ground: str,
    reason: str,
    parts: Collection[str],
    with_siblings: Collection[int] = (),
    consent_by: str = "",
    consented_on: date | None = None,
    by: User,
    at: datetime,
) -> Handover:
    """Ask another unit to take over the investigation, with those of `with_siblings`.

    Nothing of the file is given before that unit has accepted.
    """
    who = access(by, at)
    first = lock(Investigation.objects.visible_to(who), investigation_id)
    permit_on(who, Action.HAND_OVER, first)
    if to_unit not in units_to_ask(first.unit):
        raise Invalid({"to_unit": _("Choose another unit of the city.")})
    checked_choice("ground", ground, HandoverGround)
    texts = checked_texts({"reason": reason, "consent_by": consent_by}, required=["reason"])
    checked_length("consent_by", texts["consent_by"], Handover, "consent_by")
    if ground == HandoverGround.CONSENT:
        if not texts["consent_by"]:
            raise Invalid({"consent_by": _("Write who consented, and how.")})
        if consented_on is None:
            raise Invalid({"consented_on": _("Say which day the consent was given.")})
        checked_day("consented_on", consented_on, today=who.on)
    else:
        texts["consent_by"], consented_on = "", None
    chosen = _parts(parts)
    known = {one.pk: one for one in siblings_of(first, who)}
    if set(with_siblings) - known.keys():
        raise Invalid({"with_siblings": _("Choose among the brothers and sisters here.")})
    cases = [first]
    cases += [lock(Investigation.objects.visible_to(who), pk) for pk in sorted(set(with_siblings))]
    for case in cases:
        permit_on(who, Action.HAND_OVER, case)
        _may_go(case, ground=ground, to_unit=to_unit, parts=chosen, on=who.on)
        if waiting_of(case.pk) is not None:
            raise Conflict(
                _("Another unit has been asked already: %(number)s.") % {"number": case.number}
            )
    made = Handover.objects.create(
        from_unit=first.unit,
        from_group=first.group,
        to_unit=to_unit,
        ground=ground,
        consent_by=texts["consent_by"],
        consented_on=consented_on,
        reason=texts["reason"],
        parts=chosen,
        offered_by=by,
        offered_at=at,
    )
    for case in cases:
        HandoverCase.objects.create(handover=made, matter_id=case.pk)
        trail.changed(
            "investigation.handover_offered", case, by=by, at=at, handover=made.pk, ground=ground
        )
    heads = notices.heads_of(to_unit.pk, on=who.on)
    notices.tell_topic(heads, NoticeKind.HANDOVER_OFFERED, made.pk, at=at, by=by)
    return made


def _may_go(
    case: Investigation, *, ground: str, to_unit: OrgUnit, parts: Collection[str], on: date
) -> None:
    notes = Note.objects.filter(matter__in=matters_of(case), signed_at__isnull=True)
    require(
        rules.may_hand_over(
            status=case.status,
            ground=ground,
            age=case.child.age_on(on),
            same_board=same_board(case.unit, to_unit),
            unsigned=FilePart.NOTES in parts and notes.exists(),
        )
    )


def _to_answer(
    handover_id: int, status: HandoverStatus, *, who: Access, version: int | None
) -> Handover:
    """The hand-over, locked, waiting, and the actor's to answer in the unit that was asked."""
    found = lock(Handover.objects.received_by(who), handover_id, version=version)
    permit(who, Action.RECEIVE_HANDOVER, unit_id=found.to_unit_id)
    require(rules.may_move(HANDOVER_TRANSITIONS, found.status, status))
    return found


def _answer(handover: Handover, status: HandoverStatus, *, by: User, at: datetime) -> None:
    handover.status = status
    handover.answered_by, handover.answered_at = by, at
    handover.version += 1
    handover.save()


def _tell_sender(handover: Handover, *, by: User, at: datetime) -> None:
    on = local_date(at)
    people = {handover.offered_by_id} | notices.heads_of(handover.from_unit_id, on=on)
    notices.tell_topic(people, NoticeKind.HANDOVER_ANSWERED, handover.pk, at=at, by=by)


@transaction.atomic
def refuse(
    handover_id: int, *, reason: str, by: User, at: datetime, version: int | None = None
) -> Handover:
    """Do not take over. The investigations go on where they are, as if nobody had asked."""
    who = access(by, at)
    found = _to_answer(handover_id, HandoverStatus.REFUSED, who=who, version=version)
    found.answer_reason = checked_texts({"reason": reason}, required=["reason"])["reason"]
    _answer(found, HandoverStatus.REFUSED, by=by, at=at)
    for case in cases_of(found):
        trail.changed("investigation.handover_refused", case, by=by, at=at, handover=found.pk)
    _tell_sender(found, by=by, at=at)
    return found


@transaction.atomic
def withdraw(handover_id: int, *, by: User, at: datetime, version: int | None = None) -> Handover:
    """Ask no more: the unit that was asked sees nothing of it from now on."""
    who = access(by, at)
    found = lock(Handover.objects.sent_by(who), handover_id, version=version)
    require(rules.may_move(HANDOVER_TRANSITIONS, found.status, HandoverStatus.WITHDRAWN))
    for case in cases_of(found):
        permit(who, Action.HAND_OVER, **reach(case, on=who.on))
        trail.changed("investigation.handover_withdrawn", case, by=by, at=at, handover=found.pk)
    _answer(found, HandoverStatus.WITHDRAWN, by=by, at=at)
    return found


def accept(
    handover_id: int, *, group: OrgUnit, by: User, at: datetime, version: int | None = None
) -> Handover:
    """Take over the family: each investigation goes on in `group`, all of them or none.

    Whoever has a conflict of interest with one of the children has a colleague answer, and the
    attempt is kept.
    """
    who = access(by, at)
    named = [
        same_child(one.matter.child)
        for one in HandoverCase.objects.filter(
            handover__in=Handover.objects.received_by(who).filter(pk=handover_id)
        ).select_related("matter__child")
        if one.matter.child is not None
    ]
    if conflicts.stand_between(by, named, on=who.on):
        trail.refused("conflict.refused", by=by, at=at, attempted="handover.accepted")
        raise Forbidden(
            _(
                "You have a conflict of interest with a child of this name or number. Ask a"
                " colleague to answer."
            )
        )
    return _accept(handover_id, who=who, group=group, by=by, at=at, version=version)


@transaction.atomic
def _accept(
    handover_id: int, *, who: Access, group: OrgUnit, by: User, at: datetime, version: int | None
) -> Handover:
    found = _to_answer(handover_id, HandoverStatus.ACCEPTED, who=who, version=version)
    if group.level != Level.GROUP or group.parent_id != found.to_unit_id or not group.active:
        raise Invalid({"group": _("Choose a group of your unit.")})
    for one in found.cases.select_related("matter"):
        old = (
            Investigation.objects.select_for_update(of=("self",))
            .select_related("child", "unit")
            .get(pk=one.matter_id)
        )
        _may_go(old, ground=found.ground, to_unit=found.to_unit, parts=(), on=who.on)
        new = _go_on(old, found, group=group, by=by, at=at)
        one.to_matter_id = new.pk
        one.save(update_fields=["to_matter"])
    found.to_group = group
    _answer(found, HandoverStatus.ACCEPTED, by=by, at=at)
    _tell_sender(found, by=by, at=at)
    return found


def _go_on(
    old: Investigation, handover: Handover, *, group: OrgUnit, by: User, at: datetime
) -> Investigation:
    """The investigation in the receiving unit; the old one closed with what it says."""
    on = local_date(at)
    handed = collected(old, handover.parts)
    child = _child_there(old, handover.to_unit, by=by, at=at)
    if Investigation.objects.open().filter(child=child).exists():
        raise Conflict(
            _(
                "An investigation about the child is open in your unit already. End it or tell the"
                " other unit: two cannot be one."
            )
        )
    old.status = InvestigationStatus.HANDED_OVER
    old.handed_over_on = on
    old.version += 1
    old.save(update_fields=["status", "handed_over_on", "version"])
    deadlines.refresh(old, on=on)
    new = Investigation.objects.create(
        unit=handover.to_unit,
        group=group,
        number=next_number(handover.to_unit, on.year, "U"),
        child=child,
        type=old.type,
        opened_on=old.opened_on,
        opened_by=old.opened_by,
        extended_to=old.extended_to,
        taken_over_on=on,
        continues=old,
    )
    for extension in old.extensions.all():
        Extension.objects.create(
            investigation=new,
            previous_due_on=extension.previous_due_on,
            until=extension.until,
            reason=extension.reason,
            decided_on=extension.decided_on,
            decided_by=extension.decided_by,
        )
    HandedText.objects.bulk_create(
        HandedText(
            matter_id=new.pk,
            position=position,
            part=one.part,
            source=one.piece.source,
            source_id=one.piece.source_id,
            dated_on=one.piece.on,
            heading=one.piece.heading,
            text=one.text,
            handed_on=on,
        )
        for position, one in enumerate(handed)
    )
    if FilePart.AROUND in handover.parts:
        _people_there(old.child, child)
    deadlines.refresh(new, on=on)
    trail.changed("investigation.handed_over", old, by=by, at=at, handover=handover.pk)
    trail.changed("investigation.taken_over", new, by=by, at=at, handover=handover.pk)
    leaders = notices.leaders_of(group.pk, on=on, child_id=child.pk)
    notices.tell(leaders, NoticeKind.UNASSIGNED, at=at, on=on, by=by, about=new)
    return new


def _child_there(old: Investigation, unit: OrgUnit, *, by: User, at: datetime) -> Person:
    """The receiving unit's record of the child: that of before, where it comes back to it."""
    earlier = old.continues
    while earlier is not None and earlier.unit_id != unit.pk:
        earlier = earlier.continues
    if earlier is not None:
        return Person.objects.select_for_update(of=("self",)).get(pk=earlier.child_id)
    given: ChildInput = same_child(old.child)
    child = person_for(given, unit=unit, by=by, at=at, received_on=old.opened_on, prefix="child.")
    protect(child, given, by=by, at=at)
    return child


def _people_there(here: Person, there: Person) -> None:
    """Those around the child who are not known there yet. Who is tied to a brother or a sister
    here is tied anew there, by whoever knows it; where protected ones are reached stays here."""
    known = {
        (one.relation, one.first_name.casefold(), one.last_name.casefold())
        for one in Guardian.objects.filter(child=there)
    }
    for one in Guardian.objects.filter(child=here, ended_on__isnull=True).order_by("pk"):
        if (one.relation, one.first_name.casefold(), one.last_name.casefold()) in known:
            continue
        one.pk, one.child, one.adult, one.version = None, there, None, 1
        one._state.adding = True
        if one.is_protected or here.is_protected:
            one.contact = ""
        one.save()
