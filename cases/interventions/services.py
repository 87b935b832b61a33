"""Interventions: decided after an investigation, followed up, ended."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.deadlines import store as deadlines
from cases.enums import InterventionKind, InterventionPart, InterventionStatus
from cases.interventions.models import Intervention, InterventionFollowUp
from cases.investigations.models import Investigation
from cases.law import rules
from cases.matters import workers
from cases.matters.numbers import next_number
from cases.matters.working import permit_on, reach
from cases.provisions.lookup import workers_for
from core import trail
from core.errors import Invalid
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
from organisation.models import User
from organisation.rights import Action


@transaction.atomic
def grant(
    investigation_id: int,
    *,
    kind: str,
    goal: str,
    decided_on: date,
    started_on: date,
    responsible: User,
    by: User,
    at: datetime,
) -> Intervention:
    """Grant an intervention; a leader decides. The follow-ups count from `started_on`.

    Kind `follow_up` is the follow-up without measure after a concluded investigation, at most six
    months (SoL 2025:400 23:1-5).
    """
    who = access(by, at)
    investigation = lock(Investigation.objects.visible_to(who), investigation_id)
    permit_on(who, Action.CONCLUDE_INVESTIGATION, investigation)
    checked_choice("kind", kind, InterventionKind)
    status, outcome = investigation.status, investigation.outcome
    require(rules.may_grant(kind=kind, status=status, outcome=outcome))
    texts = checked_texts({"goal": goal}, required=["goal"])
    checked_day(
        "decided_on",
        decided_on,
        today=who.on,
        earliest=investigation.opened_on,
        earliest_is=_("the day the investigation was opened"),
    )
    if kind != InterventionKind.FOLLOW_UP and _has_ended_before(investigation, decided_on):
        raise Invalid(
            {"decided_on": _("The investigation had ended. Later needs are investigated anew.")}
        )
    if kind == InterventionKind.FOLLOW_UP:
        assert investigation.concluded_on is not None
        started_on = investigation.concluded_on
    else:
        checked_day(
            "started_on",
            started_on,
            today=who.on,
            earliest=decided_on,
            earliest_is=_("the decision"),
            may_be_future=True,
        )
        if (started_on - who.on).days > 366:
            raise Invalid({"started_on": _("The day is more than a year ahead.")})
    if (
        not workers_for(investigation.group_id, investigation.child_id, on=who.on)
        .filter(pk=responsible.pk)
        .exists()
    ):
        raise Invalid({"responsible": _("Choose a worker of the group who is not away.")})
    intervention = Intervention.objects.create(
        unit_id=investigation.unit_id,
        group_id=investigation.group_id,
        number=next_number(investigation.unit, who.on.year, "I"),
        child_id=investigation.child_id,
        investigation=investigation,
        kind=kind,
        goal=texts["goal"],
        decided_on=decided_on,
        decided_by=by,
        started_on=started_on,
    )
    part = InterventionPart.RESPONSIBLE
    workers.give(intervention, responsible, part, from_on=who.on, by=by, at=at)
    deadlines.refresh(intervention, on=who.on)
    trail.changed("intervention.granted", intervention, by=by, at=at, kind=kind)
    return intervention


def _has_ended_before(investigation: Investigation, day: date) -> bool:
    return investigation.concluded_on is not None and investigation.concluded_on < day


@transaction.atomic
def follow_up(
    intervention_id: int,
    *,
    followed_up_on: date,
    child_took_part: bool,
    note: str,
    by: User,
    at: datetime,
) -> InterventionFollowUp:
    """Record a follow-up; the next is due six months after it. A missed one can be made up late."""
    who = access(by, at)
    intervention = lock(Intervention.objects.visible_to(who), intervention_id)
    permit(who, Action.MANAGE_INTERVENTION, **reach(intervention, on=who.on))
    texts = checked_texts({"note": note}, required=["note"])
    checked_day(
        "followed_up_on",
        followed_up_on,
        today=who.on,
        earliest=intervention.started_on,
        earliest_is=_("the start of the intervention"),
    )
    done = InterventionFollowUp.objects.create(
        intervention=intervention,
        followed_up_on=followed_up_on,
        followed_up_by=by,
        child_took_part=child_took_part,
        note=texts["note"],
    )
    deadlines.refresh(intervention, on=who.on)
    trail.changed("intervention.followed_up", intervention, by=by, at=at)
    return done


@transaction.atomic
def end(
    intervention_id: int,
    *,
    ended_on: date,
    reason: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Intervention:
    """End the intervention; a follow-up already missed stays to be seen."""
    who = access(by, at)
    intervention = lock(Intervention.objects.visible_to(who), intervention_id, version=version)
    permit(who, Action.MANAGE_INTERVENTION, **reach(intervention, on=who.on))
    require(rules.may_end_intervention(status=intervention.status))
    texts = checked_texts({"reason": reason}, required=["reason"])
    checked_length("reason", texts["reason"], Intervention, "end_reason")
    checked_day(
        "ended_on",
        ended_on,
        today=who.on,
        earliest=intervention.started_on,
        earliest_is=_("the start of the intervention"),
    )
    intervention.status = InterventionStatus.ENDED
    intervention.ended_on = ended_on
    intervention.end_reason = texts["reason"]
    intervention.version += 1
    intervention.save()
    deadlines.refresh(intervention, on=who.on)
    trail.changed("intervention.ended", intervention, by=by, at=at)
    return intervention
