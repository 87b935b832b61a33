"""Every address of the product has a rule: whose it is, or why it is everybody's.

A new view fails here until its rule is written down, and then its rule is tried on people of every
kind. What `TABLE` gives each role is `tests/organisation/test_permissions.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from organisation.enums import Role
from organisation.permissions import TABLE, Action, Reach
from tests.factories import World, moment

OPEN = "to all: nothing about anybody"
LOGIN = "the way in, and the keys to one's own account"
OWN = "one's own things, of anybody signed in"
RUN = "the running of the system: the system administrator, and leaders their own staff"
FILTERED = "a list of what one may see: empty for whoever may see nothing"

READ = {Action.READ_REPORT, Action.READ_INVESTIGATION}
CASE = {Action.READ_INVESTIGATION}
WORK = CASE | {Action.WORK_ON_INVESTIGATION}
REPORT = {Action.READ_REPORT}
SUPPORT = {Action.MANAGE_INTERVENTION, Action.READ_INVESTIGATION}
GIVE = {Action.ASSIGN_HANDLERS}
CHILD = READ | {Action.MANAGE_INTERVENTION}

Rule = str | set[Action]

LIBRARIES = ("account_", "mfa_", "socialaccount_", "openid_connect_", "usersessions_")
"""The doors of django-allauth: all of the way in and of one's own account."""

RULES: dict[str, Rule] = {
    **dict.fromkeys(("healthz", "readyz", "styleguide", "api:schema", "api:docs"), OPEN),
    "api:no-such-address": OPEN,
    **dict.fromkeys(("set_language", "keepalive", "own_account", "own_sessions_end"), LOGIN),
    **dict.fromkeys(
        (
            *("home", "notices", "notices_read", "notice_open", "draft", "absences"),
            *("absence_add", "absence_end", "token_list", "token_new", "token_revoke"),
            *("api:me", "api:notices", "conflict_list", "conflict_add", "emergency_end"),
        ),
        OWN,
    ),
    **dict.fromkeys(
        (
            *("organisation", "organisation_node", "organisation_node_add"),
            *("organisation_delegate", "organisation_delegation_withdraw"),
            *("staff_list", "staff_add", "staff", "role_give", "role_end", "password_set"),
            *("employment_add", "employment_end", "token_list_all"),
            *("login_state", "login_unlock", "login_reset", "login_sessions_end"),
        ),
        RUN,
    ),
    **dict.fromkeys(
        (
            *("report_list", "investigation_list", "intervention_list", "deadline_list"),
            *("search", "to_sign", "api:reports", "api:investigations", "api:interventions"),
            "api:deadlines",
        ),
        FILTERED,
    ),
    "report_log": {Action.LOG_REPORT},
    "child_lookup": {Action.LOOK_UP_CHILD},
    "report": REPORT,
    "api:report": REPORT,
    "report_assess": REPORT | {Action.ASSESS_PROTECTION},
    "api:report-protection-assessment": REPORT | {Action.ASSESS_PROTECTION},
    "report_propose": REPORT | {Action.PROPOSE_DECISION},
    "report_assign": REPORT | {Action.PROPOSE_DECISION},
    "report_note": REPORT | {Action.PROPOSE_DECISION},
    "report_decide": REPORT | {Action.DECIDE_OPENING},
    "report_adopt": REPORT | {Action.DECIDE_OPENING},
    "api:report-decision": REPORT | {Action.DECIDE_OPENING},
    "report_feedback": REPORT | {Action.GIVE_FEEDBACK},
    "api:report-feedback": REPORT | {Action.GIVE_FEEDBACK},
    "report_talk": REPORT | {Action.OFFER_SERIOUS_TALK},
    "api:report-serious-talk": REPORT | {Action.OFFER_SERIOUS_TALK},
    "child": CHILD,
    "child_log": CHILD,
    "child_conflict": CHILD,
    "child_protect": CHILD | {Action.PROTECT_IDENTITY},
    "child_protect_end": CHILD | {Action.PROTECT_IDENTITY},
    "child_whereabouts": CHILD | {Action.SEE_PROTECTED_WHEREABOUTS},
    "child_emergency": {Action.EMERGENCY_OPEN},
    "emergency": {Action.EMERGENCY_OPEN},
    "emergency_list": {Action.REVIEW_ACCESS},
    "emergency_review": {Action.REVIEW_ACCESS},
    "grant_list": {Action.GRANT_READING},
    "grant_revoke": {Action.GRANT_READING},
    "conflict_end": {Action.REVIEW_ACCESS},
    **dict.fromkeys(("investigation", "api:investigation", "investigation_document"), CASE),
    "investigation_document_print": CASE,
    **dict.fromkeys(
        (
            *("investigation_plan", "investigation_note", "investigation_guardian"),
            *("investigation_participation", "investigation_protection", "investigation_risk"),
            *("investigation_instrument", "investigation_safety", "investigation_move"),
            *("investigation_submit", "investigation_communicate"),
        ),
        WORK,
    ),
    "investigation_export": {Action.EXPORT_LISTS},
    "investigation_assign": CASE | {Action.ASSIGN_HANDLERS},
    "api:investigation-handlers": CASE | {Action.ASSIGN_HANDLERS},
    "investigation_extend": CASE | {Action.EXTEND_INVESTIGATION},
    "api:investigation-extension": CASE | {Action.EXTEND_INVESTIGATION},
    "investigation_return": CASE | {Action.READ_DOCUMENT},
    "investigation_read": CASE | {Action.READ_DOCUMENT},
    "investigation_conclude": CASE | {Action.CONCLUDE_INVESTIGATION},
    "api:investigation-conclusion": CASE | {Action.CONCLUDE_INVESTIGATION},
    "intervention_grant": CASE | {Action.CONCLUDE_INVESTIGATION},
    "investigation_grant": CASE | {Action.GRANT_READING},
    "investigation_revoke": CASE | {Action.GRANT_READING},
    "note_change": READ,
    "note_versions": READ,
    "text_versions": READ,
    "text_sign": READ,
    "text_addition": READ,
    **dict.fromkeys(
        (
            *("intervention", "intervention_followup", "intervention_end"),
            *("api:intervention", "api:intervention-follow-ups"),
        ),
        SUPPORT,
    ),
    **dict.fromkeys(("investigation_wishes", "investigation_effect", "wish_withdraw"), WORK),
    **dict.fromkeys(
        (
            *("allocation_board", "allocation_give", "allocation_week", "allocation_pairs"),
            *("allocation_pair_end", "allocation_propose", "allocation_proposal"),
            "allocation_proposal_accept",
        ),
        GIVE,
    ),
    "investigation_pair": CASE | {Action.ASSIGN_HANDLERS},
    "forecast": {Action.SEE_FORECAST},
    "dashboard": {Action.SEE_DEADLINE_DASHBOARD},
    "allocation": GIVE,
    "to_read": {Action.READ_DOCUMENT},
    "statistics": {Action.SEE_AGGREGATES},
    "statistics_export": {Action.SEE_AGGREGATES},
    "statistics_revise": {Action.SEE_AGGREGATES},
}

KINDS = {
    "reception": Role.RECEPTION,
    "leader": Role.GROUP_LEADER,
    "main": Role.INVESTIGATOR,
    "head": Role.UNIT_HEAD,
    "coordinator": Role.COORDINATOR,
    "administrator": Role.ADMINISTRATOR,
    "placement_secretary": Role.PLACEMENT_SECRETARY,
    "on_duty": Role.ON_DUTY,
    "department_head": Role.DEPARTMENT_HEAD,
    "sysadmin": Role.SYSTEM_ADMINISTRATOR,
    "stranger": None,
}


def addresses(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, str]]:
    """The full name and the way of every named address."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{entry.namespace}:" if entry.namespace else space)
        elif entry.name:
            yield space + entry.name, str(entry.pattern)


def test_every_address_has_its_rule_and_no_rule_is_without_an_address() -> None:
    names = {name for name, _way in addresses(get_resolver()) if not name.startswith(LIBRARIES)}
    assert names - RULES.keys() == set()
    assert RULES.keys() - names == set()


def test_every_action_of_the_policy_stands_behind_some_address_or_list() -> None:
    used = {action for rule in RULES.values() if isinstance(rule, set) for action in rule}
    # Asked by services and lists of their own, or not yet by any page.
    elsewhere = {
        action
        for action in Action
        if action in {Action.MANAGE_ABSENCE, Action.MANAGE_ORGANISATION, Action.REGISTER_CONFLICT}
        or action.value.startswith(("manage_", "see_own", "see_group"))
    }
    assert set(Action) - used - elsewhere == set()


@pytest.mark.django_db
def test_a_page_of_an_action_opens_to_the_roles_that_have_it_and_to_no_others(
    world: World,
) -> None:
    """Pages that name no matter: opened by exactly the people whose role has the action."""
    ways = dict(addresses(get_resolver()))
    pages = {
        name: rule
        for name, rule in RULES.items()
        if isinstance(rule, set) and "<" not in ways[name.split(":")[-1]] and ":" not in name
    }
    assert len(pages) >= 8
    opened: dict[str, set[str]] = {name: set() for name in pages}
    wanted = {
        name: {
            kind
            for kind, role in KINDS.items()
            if any(role in TABLE[action] and TABLE[action][role] > Reach.NONE for action in rule)
        }
        for name, rule in pages.items()
    }
    with time_machine.travel(moment("2026-03-10 10:00"), tick=False):
        for kind in KINDS:
            client = Client(headers={"accept-language": "sv"})
            client.force_login(world.people[kind])
            for name in pages:
                answer = client.get(reverse(name))
                # 405: opened by sending something, as the look-up of a child.
                if answer.status_code in (200, 405):
                    opened[name].add(kind)
    sent = {name for name in pages if opened[name] == set(KINDS)}
    assert sent <= {"child_lookup", "statistics_revise"}
    assert {name: kinds for name, kinds in opened.items() if name not in sent} == {
        name: kinds for name, kinds in wanted.items() if name not in sent
    }
