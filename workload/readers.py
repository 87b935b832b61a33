"""Whose answers and measurements a person reads by name: one's own, and as the nearest manager.

Always by a role of one's own, never by standing in: what a colleague tells the manager is told to
that manager.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from organisation.enums import Level
from organisation.models import OrgUnit, RoleAssignment
from organisation.permissions import Access
from organisation.rights import Action
from organisation.roles import ABOVE_UNIT, LEADERS
from workload.models import ActionPlan, Measurement, SurveyAnswer, SurveyRound, Temperature


def answers_read_by(access: Access) -> QuerySet[SurveyAnswer]:
    """Given answers of closed rounds that one reads with name and reasons.

    The nearest manager reads those of rounds that were open on a day in the post; who comes later
    takes over the action plans but not what was told to somebody else.
    """
    nodes = access.leads(Action.READ_SURVEY_ANSWERS)
    in_post = (
        RoleAssignment.objects.active(access.on)
        .filter(user_id=access.user_id, role__in=LEADERS, node_id=OuterRef("node_id"))
        .filter(from_on__lte=OuterRef("round__closes_on"))
    )
    return SurveyAnswer.objects.filter(
        Exists(in_post),
        node_id__in=nodes,
        answered_at__isnull=False,
        round__closed_at__isnull=False,
    ).exclude(user_id=access.user_id)


def plans_read_by(access: Access) -> QuerySet[ActionPlan]:
    """One's own plans and those of the staff right under where one leads now."""
    nodes = access.leads(Action.READ_SURVEY_ANSWERS)
    return ActionPlan.objects.filter(
        Q(answer__user_id=access.user_id) | Q(answer__node_id__in=nodes)
    )


def survey_teams(access: Access) -> QuerySet[SurveyRound]:
    """Rounds in which staff right under where one leads were asked."""
    nodes = access.leads(Action.READ_SURVEY_ANSWERS)
    return SurveyRound.objects.filter(
        Exists(
            SurveyAnswer.objects.filter(round_id=OuterRef("pk"), node_id__in=nodes).exclude(
                user_id=access.user_id
            )
        )
    )


def measurements_read_by(access: Access) -> QuerySet[Measurement]:
    """One's own, one's group's as its leader, the unit's as its head."""
    nodes = access.leads(Action.READ_MEASUREMENTS)
    return Measurement.objects.filter(
        Q(user_id=access.user_id) | Q(group_id__in=nodes) | Q(group__parent_id__in=nodes)
    )


def groups_led(access: Access, action: Action) -> QuerySet[OrgUnit]:
    """Groups in use that `action` reaches by a role of one's own, by name."""
    nodes = access.leads(action)
    return OrgUnit.objects.groups().filter(Q(pk__in=nodes) | Q(parent_id__in=nodes))


def groups_seen(access: Access) -> QuerySet[OrgUnit]:
    """Groups whose temperature one sees: those one leads, and those one works in."""
    own = {
        held.node_id
        for held in access.held
        if held.for_user_id == access.user_id and held.node_level == Level.GROUP
    }
    nodes = access.leads(Action.TAKE_TEMPERATURE)
    return OrgUnit.objects.groups().filter(Q(pk__in=nodes | own) | Q(parent_id__in=nodes))


def temperatures_read_by(access: Access) -> QuerySet[Temperature]:
    return Temperature.objects.filter(group__in=groups_seen(access))


def units_headed(access: Access) -> frozenset[int]:
    """Units one is the head of oneself."""
    return access.leads(Action.RUN_ROUNDS)


def paths_above(access: Access) -> tuple[str, ...]:
    """Paths of the departments and administrations one leads oneself."""
    return tuple(
        held.node_path
        for held in access.held
        if held.for_user_id == access.user_id and held.role in ABOVE_UNIT
    )


def posts_held(access: Access) -> QuerySet[RoleAssignment]:
    """Every leading post one has or has had.

    What was read by name in one of them must not be subtracted from what is published.
    """
    return RoleAssignment.objects.filter(user_id=access.user_id, role__in=LEADERS)
