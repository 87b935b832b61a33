"""An intervention as a kind of matter: everything that differs from other kinds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.disclosure.collection import Collector
from cases.enums import DeadlineKind, InterventionPart
from cases.interventions import facts
from cases.interventions.models import Intervention, InterventionFollowUp
from cases.journal.timeline import Timeline
from cases.law.duties import intervention_duties
from cases.matters import workers, working
from cases.matters.registry import Kind, Part
from cases.notices import services as notices
from cases.persons.models import Person
from core.decisions import Denied
from organisation.models import User
from organisation.permissions import Access
from organisation.rights import Action


def _reach(intervention: Intervention, on: date) -> dict[str, Any]:
    """As of the investigation it was decided in, and whoever is responsible for it."""
    found = working.reach(intervention.investigation, on=on)
    found["group_ids"] = [intervention.group_id]
    found["handler_ids"] = [*found["handler_ids"], *working.workers_of(intervention)]
    return found


def _given_back(intervention: Intervention, left: frozenset[int], on: date, at: datetime) -> None:
    """It goes to the leader who answers for its group."""
    leaders = sorted(
        notices.leaders_of(intervention.group_id, on=on, child_id=intervention.child_id)
    )
    if left or not leaders:
        return
    leader = User.objects.get(pk=leaders[0])
    workers.give(intervention, leader, InterventionPart.RESPONSIBLE, from_on=on, by=None, at=at)


def _pieces(collector: Collector, rows: QuerySet[Intervention]) -> Iterator[Any]:
    for row in rows.select_related("decided_by").prefetch_related("follow_ups"):
        yield _piece(collector, row)


def _piece(collector: Collector, support: Intervention) -> Any:
    heading = _("Intervention") + f" {support.number}"
    writer = collector.start(support, support.decided_on, heading)
    writer.line(_("Decided by"), support.decided_by)
    writer.facts(support)
    writer.field(support, "goal", alone=True)
    writer.field(support, "end_reason")
    for done in support.follow_ups.all():
        writer.add(f"\n{date_format(done.followed_up_on, 'j F Y')}: ")
        writer.field(done, "note", alone=True)
        writer.facts(done, but=("followed_up_on",))
    return writer.done()


def _events(line: Timeline, child: Person, access: Access) -> None:
    rows = (
        Intervention.objects.visible_to(access)
        .filter(child=child)
        .select_related("decided_by")
        .prefetch_related(
            Prefetch(
                "follow_ups",
                queryset=InterventionFollowUp.objects.select_related("followed_up_by"),
            )
        )
        .order_by("decided_on", "pk")
    )
    for intervention in rows:
        _intervention_events(line, intervention)


def _intervention_events(line: Timeline, intervention: Intervention) -> None:
    url = reverse("investigation", args=[intervention.investigation_id]) + "#interventions"
    line.add(
        intervention.decided_on,
        "intervention",
        _("Intervention decided: %(kind)s") % {"kind": intervention.get_kind_display()},
        by=intervention.decided_by,
        text=intervention.goal,
        url=url,
        icon="life-preserver",
        tone="ok",
    )
    for done in intervention.follow_ups.all():
        line.add(
            done.followed_up_on,
            "follow_up",
            _("Followed up: %(kind)s") % {"kind": intervention.get_kind_display()},
            by=done.followed_up_by,
            text=done.note,
            url=url,
            icon="arrow-repeat",
        )
    if intervention.ended_on:
        line.add(
            intervention.ended_on,
            "intervention_ended",
            _("Intervention ended: %(kind)s") % {"kind": intervention.get_kind_display()},
            text=intervention.end_reason,
            url=url,
            icon="stop-circle",
        )


KIND = Kind(
    code=Intervention.KIND,
    model=Intervention,
    name=gettext_lazy("Intervention"),
    icon="hand-thumbs-up",
    address="intervention",
    listing=(gettext_lazy("Interventions"), "intervention_list"),
    reads=Action.READ_INVESTIGATION,
    works=Action.MANAGE_INTERVENTION,
    prepares=None,
    own_are_few=True,
    part_of="investigation",
    reach=_reach,
    parts={
        InterventionPart.RESPONSIBLE.value: Part(
            InterventionPart.RESPONSIBLE.label, gettext_lazy("responsible for the intervention")
        )
    },
    ties_end=True,
    may_write=lambda intervention: Denied(_("What is noted of an intervention is its follow-ups.")),
    given_back=_given_back,
    duties=(DeadlineKind.INTERVENTION_FOLLOWUP, DeadlineKind.FOLLOWUP_AFTER_CLOSING),
    derive=lambda intervention: intervention_duties(facts.intervention_facts(intervention)),
    with_facts=facts.interventions_with_facts,
    log_words={
        "intervention.points_read": gettext_lazy("Opened the points of the intervention"),
        "intervention.read": gettext_lazy("Opened the intervention"),
        "intervention.listed": gettext_lazy("Saw the child in the list of interventions"),
        "intervention.granted": gettext_lazy("Granted an intervention"),
        "intervention.followed_up": gettext_lazy("Followed up the intervention"),
        "intervention.ended": gettext_lazy("Ended the intervention"),
        "intervention.handler_blocked": gettext_lazy(
            "A worker with a conflict of interest left the intervention"
        ),
        "intervention.regrouped": gettext_lazy("The intervention went to another group"),
        "intervention.handler_left": gettext_lazy("A worker left; the intervention went back"),
    },
    pieces=_pieces,
    events=_events,
)
