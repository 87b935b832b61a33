"""Every address of the product has a rule, and everybody meets exactly what the rule says.

A new view fails the build until its rule stands in RULES. What each role may do is said once, in
`organisation.rights.TABLE` (whole sets: tests/organisation/test_permissions.py); here the
addresses, pages and API alike, are held against it for every relation a person can have to a case:
handling it, leading its group, its unit, another group, another unit, none; standing outside by a
conflict of interest; let in by an emergency opening. The child of the investigation is protected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from cases.access import child_log as readings
from cases.access import conflicts, emergency
from cases.enums import ConflictCategory
from cases.interventions.models import Intervention
from cases.matters import working
from cases.persons.models import Person
from core.models import TrailEntry, TrailKind
from organisation.permissions import Access, access_for
from organisation.rights import Action, Reach
from tests.factories.populated import HERE
from tests.security.conftest import NOW, Address, Stage, about, addresses, matter_ids

A = Action


@dataclass(frozen=True)
class Open:
    """Anybody, signed in or not."""


@dataclass(frozen=True)
class SignedIn:
    """Anybody with an account; what a list holds is narrowed to what they may read."""


@dataclass(frozen=True)
class Administrator:
    """Who runs the system."""


@dataclass(frozen=True)
class Own:
    """One's own, or one's group's, alone: to others it is not there. Has tests of its own."""


@dataclass(frozen=True)
class Somewhere:
    """Who may do the action in any unit or group at all."""

    action: Action


@dataclass(frozen=True)
class On:
    """Seen by who may read the matter; done by who may do the action to it (None: seeing is it),
    `by_author`: and only to what one has written."""

    matter: str
    action: Action | None = None
    by_author: bool = False


Rule = Open | SignedIn | Administrator | Own | Somewhere | On

RULES: dict[str, Rule] = {
    **dict.fromkeys(["healthz", "readyz", "set_language", "api:docs", "api:schema"], Open()),
    **dict.fromkeys(["api:no-such-address"], Open()),
    # Lists and forms of the case area
    "home": SignedIn(),
    "notices": SignedIn(),
    "notices_read": SignedIn(),
    "notice_open": Own(),
    "draft": Own(),
    "keepalive": SignedIn(),
    "session_state": Open(),
    "styleguide": SignedIn(),
    "search": SignedIn(),
    "report_list": SignedIn(),
    "investigation_list": SignedIn(),
    "intervention_list": SignedIn(),
    "deadline_list": SignedIn(),
    "report_log": Somewhere(A.LOG_REPORT),
    "child_lookup": Somewhere(A.LOOK_UP_CHILD),
    "dashboard": Somewhere(A.SEE_DEADLINE_DASHBOARD),
    "allocation": Somewhere(A.ASSIGN_HANDLERS),
    "to_read": Somewhere(A.READ_DOCUMENT),
    "investigation_export": Somewhere(A.EXPORT_LISTS),
    # Reports
    "report": On("report"),
    "report_assess": On("report", A.ASSESS_PROTECTION),
    "report_propose": On("report", A.PROPOSE_DECISION),
    "report_decide": On("report", A.DECIDE_OPENING),
    "report_adopt": On("report", A.DECIDE_OPENING),
    "report_join": On("report", A.PROPOSE_DECISION),
    "report_ask_feedback": On("report", A.GIVE_FEEDBACK),
    "report_feedback": On("report", A.GIVE_FEEDBACK),
    "report_talk": On("report", A.OFFER_SERIOUS_TALK),
    "report_assign": On("report", A.PROPOSE_DECISION),
    "report_note": On("report", A.PROPOSE_DECISION),
    "report_correct": On("report", A.PROPOSE_DECISION),
    "report_withdraw": On("report", A.DECIDE_OPENING),
    "report_move": On("report", A.DECIDE_OPENING),
    "report_feedback_correct": On("report", A.GIVE_FEEDBACK),
    "report_talk_correct": On("report", A.OFFER_SERIOUS_TALK),
    "report_reverse": On("report", A.DECIDE_OPENING),
    "report_undo": On("report", A.DECIDE_OPENING),
    "child": On("child"),
    "child_log": On("child", A.SEE_CHILD_LOG),
    # Any text by its kind; here a note of the investigation
    "text_versions": On("note"),
    "text_sign": On("note", A.WORK_ON_INVESTIGATION, by_author=True),
    "text_addition": On("note", A.WORK_ON_INVESTIGATION),
    "to_sign": SignedIn(),
    "todo": SignedIn(),
    # Investigations
    "investigation": On("investigation"),
    "investigation_document_print": On("investigation"),
    **dict.fromkeys(
        [
            "investigation_plan",
            "investigation_note",
            "investigation_late_note",
            "investigation_guardian",
            "investigation_participation",
            "investigation_protection",
            "investigation_risk",
            "investigation_instrument",
            "investigation_safety",
            "investigation_move",
            "investigation_document",
            "investigation_submit",
            "investigation_communicate",
            "investigation_participation_correct",
            "investigation_risk_correct",
            "investigation_instrument_correct",
            "investigation_rating_correct",
            "investigation_communication_correct",
            "investigation_plan_correct",
            "investigation_protection_correct",
            "investigation_correction_undo",
        ],
        On("investigation", A.WORK_ON_INVESTIGATION),
    ),
    "note_change": On("note", A.WORK_ON_INVESTIGATION, by_author=True),
    "investigation_extension_correct": On("investigation", A.EXTEND_INVESTIGATION),
    "investigation_extend": On("investigation", A.EXTEND_INVESTIGATION),
    "investigation_assign": On("investigation", A.ASSIGN_HANDLERS),
    "investigation_return": On("investigation", A.READ_DOCUMENT),
    "investigation_read": On("investigation", A.READ_DOCUMENT),
    "investigation_conclude": On("investigation", A.CONCLUDE_INVESTIGATION),
    "investigation_cancel_planned": On("investigation", A.ASSIGN_HANDLERS),
    "investigation_reverse": On("investigation", A.CONCLUDE_INVESTIGATION),
    "investigation_again": On("investigation", A.CONCLUDE_INVESTIGATION),
    "investigation_hand_over": On("investigation", A.HAND_OVER),
    "handover_list": Somewhere(A.HAND_OVER),
    **dict.fromkeys(
        ["handover", "handover_accept", "handover_refuse", "handover_withdraw"],
        Own(),
    ),
    "investigation_grant": On("investigation", A.GRANT_READING),
    "investigation_revoke": On("investigation", A.GRANT_READING),
    # Interventions
    "intervention_grant": On("investigation", A.CONCLUDE_INVESTIGATION),
    "intervention": On("intervention"),
    "intervention_followup": On("intervention", A.MANAGE_INTERVENTION),
    "intervention_end": On("intervention", A.MANAGE_INTERVENTION),
    "investigation_effect": On("investigation", A.ASSIGN_HANDLERS),
    "investigation_pair": On("investigation", A.ASSIGN_HANDLERS),
    # Allocation weeks (tests/workload)
    **dict.fromkeys(
        [
            "allocation_board",
            "allocation_give",
            "allocation_pair_end",
            "allocation_pairs",
            "allocation_proposal",
            "allocation_proposal_accept",
            "allocation_propose",
            "allocation_week",
            "investigation_wishes",
            "wish_withdraw",
        ],
        Own(),
    ),
    # Emergencies, conflicts of interest, protected identity (tests/cases)
    "emergency": Somewhere(A.EMERGENCY_OPEN),
    "emergency_list": Somewhere(A.REVIEW_ACCESS),
    "grant_list": Somewhere(A.GRANT_READING),
    **dict.fromkeys(
        [
            "investigation_annulled",  # tests/cases/test_righting.py
            "child_conflict",
            "child_emergency",
            "child_birth",
            "child_correct",
            "child_death",
            "child_death_withdraw",
            "child_guardian",
            "child_guardian_add",
            "child_guardian_end",
            "child_guardian_reopen",
            "child_merge",
            "child_merge_undo",
            "child_merge_with",
            "child_number",
            "child_protect",
            "child_protect_end",
            "child_whereabouts",
            "conflict_add",
            "conflict_end",
            "conflict_list",
            "emergency_end",
            "emergency_review",
            "grant_revoke",
        ],
        Own(),
    ),
    # Loads, weights and staffing (tests/workload)
    **dict.fromkeys(
        [
            "competence_add",
            "competence_end",
            "competences",
            "employment_change",
            "introduction",
            "introduction_add",
            "introduction_mentor",
            "introduction_step_change",
            "introduction_step_mark",
            "introduction_step_remove",
            "introductions",
            "reduction_add",
            "reduction_end",
            "reductions",
            "staffing",
            "weight_factor",
            "weight_factor_remove",
            "weight_set",
            "weight_set_begin",
            "weight_set_discard",
            "weight_set_use",
            "weight_sets",
            "workload",
            "workload_case",
            "workload_contact_add",
            "workload_contact_withdraw",
            "workload_groups",
            "workload_own",
            "workload_person",
            "workload_warnings",
        ],
        Own(),
    ),
    # The Stockholm model, measurements, case reviews and temperatures (tests/workload)
    **dict.fromkeys(
        [
            "event_mark",
            "event_unmark",
            "measurement_answer",
            "measurement_open",
            "measurement_points",
            "measurement_team",
            "measurements",
            "plan",
            "plan_follow_up",
            "plan_offer",
            "review",
            "review_hold",
            "review_task_done",
            "reviews",
            "rounds_months",
            "rounds_run",
            "survey",
            "survey_answer",
            "survey_open",
            "survey_results",
            "survey_team",
            "temperature_take",
            "temperatures",
        ],
        Own(),
    ),
    # A party's copy of the file (tests/cases/test_disclosures.py)
    **dict.fromkeys(
        [
            "disclosure",
            "disclosure_act",
            "disclosure_keep_back",
            "disclosure_list",
            "disclosure_new",
            "disclosure_pdf",
            "disclosure_preview",
            "disclosure_review",
            "disclosure_text",
            "disclosure_unmask",
            "investigation_document_pdf",
        ],
        Own(),
    ),
    # Log checks (tests/audits)
    "log_check_list": Somewhere(A.CHECK_LOGS),
    **dict.fromkeys(
        [
            "log_check",
            "log_check_close",
            "log_check_hit",
            "log_check_open",
            "log_check_justify",
            "log_check_reviewer",
        ],
        Own(),
    ),
    # Figures
    "forecast": Somewhere(A.SEE_FORECAST),
    "statistics": Somewhere(A.SEE_AGGREGATES),
    "statistics_export": Somewhere(A.SEE_AGGREGATES),
    "statistics_revise": Somewhere(A.CLOSE_STATISTICS),
    # The API
    "api:me": SignedIn(),
    "api:notices": SignedIn(),
    "api:todo": SignedIn(),
    "api:deadlines": SignedIn(),
    "api:reports": SignedIn(),
    "api:investigations": SignedIn(),
    "api:interventions": SignedIn(),
    "api:report": On("report"),
    "api:report-protection-assessment": On("report", A.ASSESS_PROTECTION),
    "api:report-decision": On("report", A.DECIDE_OPENING),
    "api:report-join": On("report", A.PROPOSE_DECISION),
    "api:report-feedback-asked": On("report", A.GIVE_FEEDBACK),
    "api:report-feedback": On("report", A.GIVE_FEEDBACK),
    "api:report-correction": On("report", A.PROPOSE_DECISION),
    "api:report-withdrawal": On("report", A.DECIDE_OPENING),
    "api:report-move": On("report", A.DECIDE_OPENING),
    "api:report-reversal": On("report", A.DECIDE_OPENING),
    "api:report-feedback-correction": On("report", A.GIVE_FEEDBACK),
    "api:report-serious-talk-correction": On("report", A.OFFER_SERIOUS_TALK),
    "api:report-undo": On("report", A.DECIDE_OPENING),
    "api:report-serious-talk": On("report", A.OFFER_SERIOUS_TALK),
    "api:investigation": On("investigation"),
    "api:investigation-extension": On("investigation", A.EXTEND_INVESTIGATION),
    "api:investigation-conclusion": On("investigation", A.CONCLUDE_INVESTIGATION),
    "api:investigation-handlers": On("investigation", A.ASSIGN_HANDLERS),
    "api:investigation-handlers-cancel": On("investigation", A.ASSIGN_HANDLERS),
    "api:investigation-handover": On("investigation", A.HAND_OVER),
    "api:handovers": SignedIn(),
    **dict.fromkeys(
        [
            "api:handover",
            "api:handover-acceptance",
            "api:handover-refusal",
            "api:handover-withdrawal",
        ],
        Own(),
    ),
    "api:investigation-entry": On("investigation", A.WORK_ON_INVESTIGATION),
    "api:investigation-reversal": On("investigation", A.CONCLUDE_INVESTIGATION),
    "api:investigation-undo": On("investigation", A.CONCLUDE_INVESTIGATION),
    "api:intervention": On("intervention"),
    "api:intervention-follow-ups": On("intervention", A.MANAGE_INTERVENTION),
    "api:workload-loads": Somewhere(A.SEE_OWN_WORKLOAD),
    "api:workload-warnings": Somewhere(A.SEE_GROUP_WORKLOAD),
    "api:workload-waiting": Somewhere(A.ASSIGN_HANDLERS),
    # And for who is above the unit, suppressed (tests/workload/test_api.py)
    "api:workload-staffing": Somewhere(A.MANAGE_STAFFING),
    "api:workload-turnover": Somewhere(A.MANAGE_STAFFING),
    # The organisation
    "absences": SignedIn(),
    "absence_add": SignedIn(),
    "absence_end": Own(),
    "token_list": SignedIn(),
    "token_new": SignedIn(),
    "token_revoke": Own(),
    "own_account": SignedIn(),
    "own_sessions_end": SignedIn(),
    **dict.fromkeys(
        [
            "organisation",
            "organisation_node",
            "organisation_node_add",
            "organisation_group_close",
            "organisation_delegate",
            "organisation_delegation_withdraw",
            "staff",
            "staff_list",
            "staff_add",
            "role_give",
            "role_end",
            "employment_add",
            "employment_end",
            "password_set",
            "token_list_all",
            "login_state",
            "login_unlock",
            "login_reset",
            "login_sessions_end",
        ],
        Administrator(),
    ),
}
THEIRS = ("account_", "mfa_", "socialaccount_", "usersessions_", "openid_connect_")
"""Addresses of the login's own library, which has its own rules (tests of the login)."""

BY_POST = {
    "child_lookup",
    "login_reset",
    "login_sessions_end",
    "login_unlock",
    "notices_read",
    "organisation_delegate",
    "organisation_delegation_withdraw",
    "own_sessions_end",
    "statistics_revise",
}
"""What is about no case and takes nothing else."""

PEOPLE = {
    "main": "handles it",
    "leader": "leads its group",
    "third": "its group, standing in for its other handler",
    "head": "its unit",
    "reception": "received it",
    "leader2": "another group, but has opened it in an emergency",
    "worker2": "another group",
    "coordinator": "its unit, but has a conflict of interest",
    "other_head": "another unit",
    "administrator": "its unit, and no cases",
    "sysadmin": "runs the system",
}
AT_ONCE = {"main", "leader2", "coordinator"}
"""Whom `make test` tries; `make test-slow` tries them all."""


def test_every_address_has_its_rule() -> None:
    names = {one.name for one in addresses() if not one.name.startswith(THEIRS)}
    assert names - RULES.keys() == set(), "write a rule for the new addresses in RULES"
    assert RULES.keys() - names == set(), "these addresses are no more"


@pytest.fixture
def related(scene: Stage) -> Stage:
    """The scene, with a conflict of interest and an emergency opening about its investigation."""
    child = scene.matters[HERE].investigation.child
    conflicts.declare(
        conflicts.ChildNamed(child_id=child.pk),
        staff=scene.world.coordinator,
        category=ConflictCategory.values[0],
        includes_siblings=False,
        from_on=NOW.date(),
        by=scene.world.head,
        at=NOW,
    )
    emergency.open_case(
        child.pk, reason="Akut läge i kväll.", hours=4, by=scene.world.leader2, at=NOW
    )
    return scene


def expected(who: Access, rule: On, stage: Stage) -> str:
    """What the policy says this person meets: hidden, refused or let in."""
    matters = stage.matters[HERE]
    if rule.matter == "report":
        reach = working.reach(matters.report, on=who.on)
        sees = who.may(A.READ_REPORT, **reach)
    elif rule.matter == "child":
        sees = Person.objects.visible_to(who).filter(pk=matters.report.child_id).exists()
        reach = readings.reach_of(matters.report.child)
    elif rule.matter == "intervention":
        reach = working.reach(matters.intervention, on=who.on)
        sees = Intervention.objects.visible_to(who).filter(pk=matters.intervention.pk).exists()
    else:
        reach = working.reach(matters.investigation, on=who.on)
        sees = who.may(A.READ_INVESTIGATION, **reach)
    if not sees:
        return "hidden"
    may = rule.action is None or who.may(rule.action, **reach)
    if rule.by_author:
        may = may and matters.note.author_id == who.user_id
    return "let in" if may else "refused"


def met(client: Client, address: Address, url: str, *, acting: bool) -> str:
    """What the person meets; what it changes is undone.

    A page may first say what its form lacks, or that the state does not allow it (400, 409, 422):
    that is a refusal as long as nothing has changed. The API says no before it looks at the body.
    """
    point = transaction.savepoint()
    before = TrailEntry.objects.filter(kind=TrailKind.CHANGE).count()
    api = address.name.startswith("api:")
    if not acting:
        answer = client.get(url)
    elif api:
        answer = client.post(url, data="{}", content_type="application/json")
    else:
        answer = client.post(url)
        if answer.status_code == 405:
            answer = client.get(url)
    changed = TrailEntry.objects.filter(kind=TrailKind.CHANGE).count() > before
    transaction.savepoint_rollback(point)
    if answer.status_code == 404:
        return "hidden"
    if answer.status_code == 403:
        return "refused"
    return (
        "asked for more"
        if answer.status_code in (400, 409, 422) and not api and not changed
        else "let in"
    )


def agree(found: dict[Any, str], wanted: dict[Any, str]) -> dict[Any, tuple[str, str]]:
    """Where the two differ. Who is asked for more may be either let in or refused, but not more."""
    return {
        key: (found[key], wanted[key])
        for key in wanted
        if found[key] != wanted[key] and (found[key] != "asked for more" or wanted[key] == "hidden")
    }


@pytest.mark.parametrize(
    "person",
    [pytest.param(name, marks=[] if name in AT_ONCE else [pytest.mark.slow]) for name in PEOPLE],
)
def test_everybody_meets_what_the_policy_says_of_a_case(related: Stage, person: str) -> None:
    ids = matter_ids(related, HERE)
    user = related.world.people[person]
    who = access_for(user, on=NOW.date(), at=NOW)
    client = related.client(person)
    found, wanted = {}, {}
    for address in addresses():
        rule = RULES.get(address.name)
        if isinstance(rule, On):
            url = address.at(pk=about(address, ids), reader=related.world.worker2.pk)
            found[address.name] = met(client, address, url, acting=rule.action is not None)
            wanted[address.name] = expected(who, rule, related)
    assert agree(found, wanted) == {}
    assert len(found) > 45


def test_the_relations_differ(related: Stage) -> None:
    """What the people of this file are there to show, in one line each."""
    shown = {}
    for person in PEOPLE:
        who = access_for(related.world.people[person], on=NOW.date(), at=NOW)
        shown[person] = tuple(
            expected(who, On("investigation", action), related)
            for action in (None, A.WORK_ON_INVESTIGATION, A.EXTEND_INVESTIGATION)
        )
    hidden = ("hidden", "hidden", "hidden")
    assert shown == {
        "main": ("let in", "let in", "refused"),
        "third": ("let in", "let in", "refused"),
        "leader": ("let in", "let in", "let in"),
        "head": ("let in", "let in", "let in"),
        "leader2": ("let in", "refused", "refused"),
        "reception": hidden,
        "worker2": hidden,
        "coordinator": hidden,
        "other_head": hidden,
        "administrator": hidden,
        "sysadmin": hidden,
    }


@pytest.mark.slow
def test_pages_that_are_about_no_case_open_for_exactly_those_they_are_for(scene: Stage) -> None:
    found: dict[tuple[str, str], str] = {}
    wanted: dict[tuple[str, str], str] = {}
    for person in ("main", "head", "reception", "administrator", "sysadmin", "stranger"):
        client = scene.client(person)
        who = access_for(scene.world.people[person], on=NOW.date(), at=NOW)
        for address in addresses():
            rule = RULES.get(address.name)
            if rule is None or isinstance(rule, On | Own | Open):
                continue
            asked = met(client, address, address.at(), acting=address.name in BY_POST)
            key = (address.name, person)
            if isinstance(rule, Administrator):
                allowed = person == "sysadmin"
                if allowed and address.parameters:
                    continue  # the number asked with may be nobody's
            elif isinstance(rule, Somewhere):
                allowed = bool(
                    who.units_with(rule.action, Reach.OWN) or who.groups_with(rule.action)
                )
            else:
                allowed = True
            found[key] = asked
            wanted[key] = "let in" if allowed else "refused"
    assert agree(found, wanted) == {}


def test_nobody_comes_in_without_an_account(scene: Stage) -> None:
    ids = matter_ids(scene, HERE)
    client = Client()
    let_in = set()
    for address in addresses():
        if address.name.startswith(THEIRS):
            continue
        answer = client.get(address.at(pk=about(address, ids) or 1))
        to_the_door = answer.status_code == 302 and answer["Location"].startswith("/accounts/login")
        if not to_the_door and answer.status_code not in (401, 405):
            let_in.add(address.name)
    assert let_in == {name for name, rule in RULES.items() if isinstance(rule, Open)}
