"""A group taken out of use: where what it had, and who was in it, went; nothing with nobody."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.access.departures import release_departed
from cases.deadlines.models import Deadline
from cases.deadlines.store import differences
from cases.interventions import services as interventions
from cases.investigations.models import Investigation
from cases.matters.models import Matter, MatterWorker
from cases.notices.models import Notice
from cases.reports.models import Report
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.models import TrailEntry
from organisation.enums import Role
from organisation.models import OrgUnit, RoleAssignment, User
from organisation.permissions import access_for
from organisation.services import closing, contents, tree
from tests.factories import World, give, moment
from workload.models import AllocationRound, LoadWarning, PlannedPair, StandingPair

AT = moment("2026-03-18 09:00")
TODAY = date(2026, 3, 18)
YESTERDAY = date(2026, 3, 17)


def close(world: World, group: str = "barn-1", to: str | None = "barn-2", **given: Any) -> OrgUnit:
    values: dict[str, Any] = {
        "to": world.groups[to] if to else None,
        "by": world.sysadmin,
        "at": AT,
    }
    return closing.close_group(world.groups[group].pk, **values | given)


def told_where(world: World, to: OrgUnit | None) -> set[str]:
    """The fields that refuse `to`."""
    with pytest.raises(Invalid) as refused:
        closing.close_group(world.groups["barn-1"].pk, to=to, by=world.sysadmin, at=AT)
    return set(refused.value.fields)


def roles(user: User) -> list[tuple[str, str, date, date | None]]:
    rows = RoleAssignment.objects.filter(user=user).order_by("pk")
    return [(row.role, row.node.code, row.from_on, row.until_on) for row in rows]


def clocks() -> list[tuple[Any, ...]]:
    return list(
        Deadline.objects.order_by("pk").values_list(
            "pk", "matter", "kind", "starts_on", "due_on", "act_by", "met_on", "cancelled_on"
        )
    )


def test_a_group_with_matters_or_people_is_not_put_out_of_use_by_a_tick(world: World) -> None:
    investigation = world.investigation("2026-03-02")
    group = world.groups["barn-1"]
    with pytest.raises(Conflict) as refused:
        tree.change_node(group.pk, name="Ett", active=False, by=world.sysadmin, at=AT)
    assert "utredningar: 1" in str(refused.value.message)
    assert "personer med en roll i den: 4" in str(refused.value.message)
    RoleAssignment.objects.filter(node=group).update(until_on=YESTERDAY)
    with pytest.raises(Conflict):
        tree.change_node(group.pk, name="Ett", active=False, by=world.sysadmin, at=AT)
    group.refresh_from_db()
    assert group.active
    assert Investigation.objects.get(pk=investigation.pk).group_id == group.pk


def test_it_is_said_where_they_go(world: World) -> None:
    world.investigation("2026-03-02")
    nowhere = {
        "nowhere": None,
        "to itself": world.groups["barn-1"],
        "to another unit": world.other_groups["barn-1"],
        "to a unit": world.unit,
        "to one that does not investigate": world.groups["internt-stod"],
    }
    for name, to in nowhere.items():
        assert told_where(world, to) == {"to"}, name
    with pytest.raises(Invalid) as refused:
        close(world, people_to=world.other_groups["barn-1"])
    assert set(refused.value.fields) == {"people_to"}
    OrgUnit.objects.filter(pk=world.groups["barn-2"].pk).update(active=False)
    with pytest.raises(Invalid):
        close(world)
    assert OrgUnit.objects.get(pk=world.groups["barn-1"].pk).active
    assert not TrailEntry.objects.filter(action="organisation.group_closed").exists()


def test_only_the_system_administrator_does_it_and_once(world: World) -> None:
    for name, person in world.people.items():
        if name != "sysadmin":
            with pytest.raises(Forbidden):
                close(world, by=person)
    close(world)
    with pytest.raises(Conflict):
        close(world)
    with pytest.raises(Missing):
        closing.close_group(world.unit.pk, to=world.groups["barn-2"], by=world.sysadmin, at=AT)


def test_the_matters_go_with_their_numbers_clocks_and_handlers(world: World) -> None:
    investigation = world.investigation("2026-03-02")
    intervention = interventions.grant(
        investigation.pk,
        kind="family_treatment",
        goal="Trygghet.",
        decided_on=date(2026, 3, 10),
        started_on=date(2026, 3, 10),
        responsible=world.third,
        by=world.leader,
        at=moment("2026-03-10"),
    )
    waiting = world.investigation("2026-03-09", allocated=False)
    before = clocks()
    handlers = list(MatterWorker.objects.order_by("pk").values())
    numbers = dict(Matter.objects.values_list("pk", "number"))
    reports = dict(Matter.objects.filter(kind="report").values_list("pk", "group__code"))

    close(world)

    moved = {investigation.pk, intervention.pk, waiting.pk}
    assert set(Matter.objects.filter(group__code="barn-2").values_list("pk", flat=True)) == moved
    for model, pk in (
        (Investigation, investigation.pk),
        (Investigation, waiting.pk),
        (type(intervention), intervention.pk),
    ):
        assert model.objects.get(pk=pk).group == world.groups["barn-2"]
    assert clocks() == before
    assert list(MatterWorker.objects.order_by("pk").values()) == handlers
    assert dict(Matter.objects.values_list("pk", "number")) == numbers
    assert dict(Matter.objects.filter(kind="report").values_list("pk", "group__code")) == reports
    assert set(Deadline.objects.filter(matter__in=moved).values_list("group__code", flat=True)) == {
        "barn-2"
    }
    assert list(differences()) == []
    # They work in the unit still, and keep what they had.
    assert release_departed(on=TODAY, at=AT) == 0
    assert release_departed(on=date(2026, 3, 19), at=moment("2026-03-19")) == 0


def test_who_led_reaches_no_more_and_who_takes_over_at_once(world: World) -> None:
    investigation = world.investigation("2026-03-02")

    def reaching() -> set[str]:
        return {
            name
            for name, person in world.people.items()
            if Investigation.objects.visible_to(access_for(person, on=TODAY))
            .filter(pk=investigation.pk)
            .exists()
        }

    before = reaching()
    close(world)
    assert before - reaching() == {"leader"}
    assert reaching() - before == {"leader2"}
    assert set(
        Notice.objects.filter(kind="group_taken_over").values_list("recipient__username", flat=True)
    ) == {"leader2"}
    act = TrailEntry.objects.get(action="investigation.regrouped")
    assert (act.targets, act.actor) == ([investigation.pk], world.sysadmin)
    assert act.children == [investigation.child_id]
    assert act.details["to_group"] == world.groups["barn-2"].pk


def test_the_people_go_with_their_roles_and_last_days(world: World) -> None:
    RoleAssignment.objects.filter(user=world.co).update(until_on=date(2026, 6, 30))
    RoleAssignment.objects.filter(user=world.third).update(from_on=date(2026, 4, 1))
    give(world.worker2, Role.INVESTIGATOR, world.groups["barn-1"])
    since = date(2020, 1, 1)
    close(world)
    assert roles(world.main) == [
        ("investigator", "barn-1", since, YESTERDAY),
        ("investigator", "barn-2", TODAY, None),
    ]
    assert roles(world.co) == [
        ("investigator", "barn-1", since, YESTERDAY),
        ("investigator", "barn-2", TODAY, date(2026, 6, 30)),
    ]
    # Who had not come yet comes to the other group.
    assert roles(world.third) == [("investigator", "barn-2", date(2026, 4, 1), None)]
    # Who had the role there already has it once.
    assert roles(world.worker2) == [
        ("investigator", "barn-2", since, None),
        ("investigator", "barn-1", since, YESTERDAY),
    ]
    assert roles(world.leader) == [("group_leader", "barn-1", since, YESTERDAY)]
    assert not RoleAssignment.objects.active(TODAY).filter(node=world.groups["barn-1"]).exists()
    assert contents.held_by(world.groups["barn-1"], on=TODAY) == []


def test_nobody_is_without_the_role_for_a_day_between(world: World) -> None:
    """Some days of it there already, the others come with the group."""
    rows = [
        (date(2026, 4, 1), date(2026, 4, 30)),
        (date(2026, 6, 1), date(2026, 6, 30)),
        (date(2026, 8, 1), None),
    ]
    for first, last in rows:
        RoleAssignment.objects.create(
            user=world.main,
            role="investigator",
            node=world.groups["barn-2"],
            from_on=first,
            until_on=last,
        )
    close(world)
    there = RoleAssignment.objects.filter(user=world.main, node=world.groups["barn-2"])
    assert list(there.order_by("from_on").values_list("from_on", "until_on")) == [
        (TODAY, date(2026, 3, 31)),
        rows[0],
        (date(2026, 5, 1), date(2026, 5, 31)),
        rows[1],
        (date(2026, 7, 1), date(2026, 7, 31)),
        rows[2],
    ]


def test_what_the_leader_answered_for_in_person_goes_to_the_next_leader(world: World) -> None:
    investigation = world.investigation("2026-03-02")
    intervention = interventions.grant(
        investigation.pk,
        kind="family_treatment",
        goal="Trygghet.",
        decided_on=date(2026, 3, 10),
        started_on=date(2026, 3, 10),
        responsible=world.leader,
        by=world.head,
        at=moment("2026-03-10"),
    )
    close(world)
    (now,) = MatterWorker.objects.current().filter(matter=intervention.pk)
    assert (now.user, now.from_on) == (world.leader2, TODAY)


def test_its_leader_can_lead_the_other_group(world: World) -> None:
    close(world, people_to=world.groups["ungdom-1"], leaders_follow=True)
    assert roles(world.leader)[1:] == [("group_leader", "ungdom-1", TODAY, None)]
    assert roles(world.main)[1:] == [("investigator", "ungdom-1", TODAY, None)]


def test_what_is_closed_stays_with_the_group_that_had_it(world: World) -> None:
    decided = world.decide(world.report("2026-03-02 09:00"), "2026-03-03", outcome="do_not_open")
    Matter.objects.filter(pk=decided.pk).update(closed_on=date(2026, 3, 3))
    Deadline.objects.filter(matter=decided.pk, met_on=None, missed_on=None).update(
        cancelled_on=date(2026, 3, 3), cancel_reason="Prov."
    )
    close(world, "mottagning", "barn-1")
    assert Report.objects.get(pk=decided.pk).group == world.groups["mottagning"]
    # New ones are received by the group that investigates.
    assert world.report("2026-03-18 10:00", by=world.reception).group.code != "mottagning"


def test_a_group_with_nothing_and_nobody_needs_no_other(world: World) -> None:
    RoleAssignment.objects.filter(node=world.groups["internt-stod"]).delete()
    assert not close(world, "internt-stod", None).active


def test_pending_allocation_goes_along(world: World) -> None:
    waiting = world.investigation("2026-03-09", allocated=False)
    other = world.investigation("2026-03-09", allocated=False)
    group = world.groups["barn-1"]
    monday = date(2026, 3, 16)
    first, second = sorted([world.main, world.co], key=lambda user: user.pk)
    StandingPair.objects.create(
        group=group, first=first, second=second, from_on=date(2026, 1, 1), set_by=None, set_at=AT
    )
    for where, notes in ((group, "Ettan."), (world.groups["barn-2"], "Tvåan.")):
        AllocationRound.objects.create(
            group=where, monday=monday, notes=notes, begun_by=world.head, begun_at=AT
        )
    AllocationRound.objects.create(
        group=group, monday=date(2026, 3, 9), begun_by=world.head, begun_at=AT
    )
    for case, main in ((waiting, world.main), (other, world.leader)):
        PlannedPair.objects.create(
            investigation=case,
            main=main,
            co=world.co,
            pinned=True,
            planned_by=world.leader,
            planned_at=AT,
        )
    LoadWarning.objects.create(
        kind="overload", group=group, user=world.main, percent=120, raised_on=monday
    )
    assert {(one.label, one.count) for one in contents.held_by(group, on=TODAY)} == {
        ("Personer med en roll i den", 4),
        ("Utredningar", 2),
        ("Fasta par", 1),
        ("Påbörjade tilldelningsveckor", 1),
    }

    close(world)

    pairs = StandingPair.objects.order_by("pk").values_list("group__code", "from_on", "until_on")
    assert list(pairs) == [
        ("barn-1", date(2026, 1, 1), YESTERDAY),
        ("barn-2", TODAY, None),
    ]
    assert AllocationRound.objects.get(group__code="barn-2").notes == "Tvåan.\nEttan."
    plans = {
        plan.investigation_id: (plan.main_id, plan.co_id, plan.pinned)
        for plan in PlannedPair.objects.all()
    }
    assert plans == {
        waiting.pk: (world.main.pk, world.co.pk, True),
        # The leader did not go along: nobody is planned where nobody can be.
        other.pk: (None, world.co.pk, False),
    }
    assert LoadWarning.objects.get().group == world.groups["barn-2"]


def test_the_page_says_what_there_is_and_where_it_goes(world: World) -> None:
    world.investigation("2026-03-02")
    client = Client()
    client.force_login(world.sysadmin)
    group = world.groups["barn-1"]
    page = reverse("organisation_group_close", args=[group.pk])
    assert page in client.get(reverse("organisation_node", args=[group.pk])).content.decode()
    shown = client.get(page)
    assert {one.count for one in shown.context["held"]} == {1, 4}
    offered = set(shown.context["form"].fields["to"].queryset)
    assert offered == set(world.groups.values()) - {group}
    refused = client.post(page, {"to": ""})
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"to"}
    answer = client.post(page, {"to": world.groups["barn-2"].pk})
    assert answer.url == reverse("organisation_node", args=[group.pk])  # type: ignore[attr-defined]
    group.refresh_from_db()
    assert not group.active
    assert page not in client.get(reverse("organisation_node", args=[group.pk])).content.decode()
