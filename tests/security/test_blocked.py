"""To somebody with a conflict of interest nothing changes, whatever happens to the child.

Every page, file and answer of the API is taken before there is anything about the children that
the person is blocked from, and once more when there is a unit's worth of it: reports, overdue
duties, documents to read, grants, emergency openings, log checks. The two are the same to a byte.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from audits.models import LogCheckHit, LogCheckRound
from cases.access import blocked, conflicts, emergency, grants
from cases.access.conflicts import ChildNamed
from cases.deadlines.sweep import sweep
from cases.enums import ConflictCategory
from cases.matters import registry as matters
from cases.reports.services import ChildInput
from tests.factories.populated import HERE, Filling, Matters, Pair
from tests.factories.workload import use_example
from tests.security.conftest import NOW, Stage, about, addresses, matter_ids
from tests.security.test_markers import text_of
from tests.security.test_matrix import THEIRS

NAME, BORN, MOST = "Spärrad", date(2015, 3, 4), 16
_CHANGING = re.compile(
    r'(?:csrfmiddlewaretoken" value="|X-CSRFToken": "|idempotency_key" value=")[^"]*'
    r'|"token": "[^"]*|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
    r"|chart-[0-9a-f]{8}|<dcterms:(?:created|modified).*?</"
)
FIGURES_OF_THE_UNIT = {"api:workload-staffing", "staffing", "statistics", "statistics_export"}
"""Of whole units: the same for every reader, and as published. They lead to no case."""
LISTS = {
    "allocation",
    "allocation_board",
    "api:deadlines",
    "api:investigations",
    "api:reports",
    "api:todo",
    "api:workload-loads",
    "api:workload-waiting",
    "api:workload-warnings",
    "conflict_list",
    "dashboard",
    "deadline_list",
    "emergency_list",
    "forecast",
    "grant_list",
    "handover_list",
    "home",
    "investigation_list",
    "log_check",
    "notices",
    "report_list",
    "reviews",
    "to_read",
    "todo",
    "workload_groups",
    "workload_warnings",
}
"""Where something is counted or listed."""
BLOCKED = ["head", "leader", "main", "coordinator", "reception", "reception_leader"]


class OfBlocked(Filling):
    """Matters of children that a conflict of interest names."""

    def child(self, **fields: Any) -> ChildInput:
        fields.pop("personal_identity_number", None)
        made = super().child(**fields)
        return replace(made, first_name=f"Barn{self.made}", last_name=NAME, birth_date=BORN)


def block(stage: Stage, person: str) -> None:
    """Before any of the children is known. The unit measures its workload."""
    use_example(stage.world)
    for number in range(1, MOST + 1):
        conflicts.declare(
            ChildNamed(first_name=f"Barn{number}", last_name=NAME, birth_date=BORN),
            staff=stage.world.people[person],
            category=ConflictCategory.values[0],
            includes_siblings=True,
            from_on=NOW.date(),
            by=stage.world.people[person],
            at=NOW,
        )


def happen(stage: Stage, person: str) -> Matters:
    """A unit's worth of matters of the children, by colleagues who may."""
    world = stage.world
    here = {
        name: world.people[name] if name != person else world.people[instead]
        for name, instead in (
            ("reception", "reception_leader"),
            ("leader", "head"),
            ("main", "third"),
            ("co", "co"),
        )
    }
    pair = Pair(unit=world.unit, group=world.groups["barn-1"], marker=HERE, **here)
    matters = OfBlocked(pair, NOW.date()).fill()
    case = matters.investigation
    emergency.open_case(
        case.child_id, reason="Akut läge i kväll.", hours=4, by=world.leader2, at=NOW
    )
    if person != "head":
        grants.grant_reading(
            case.pk,
            reader=world.worker2,
            reason="Medbedömning.",
            from_on=NOW.date(),
            until_on=NOW.date(),
            by=world.head,
            at=NOW,
        )
    sweep(on=NOW.date(), at=NOW)
    LogCheckHit.objects.create(
        round=LogCheckRound.objects.get(unit=world.unit),
        actor=world.worker2,
        child=case.child,
        day=date(2026, 6, 10),
        first_at=NOW,
        last_at=NOW,
        entries=3,
        rules=["no_tie"],
    )
    return matters


def everything(
    stage: Stage, person: str, names: Collection[str] | None = None
) -> dict[str, tuple[int, str]]:
    """What the person meets at every address, or at those named."""
    client = stage.client(person)
    ids = matter_ids(stage, HERE)
    found = {}
    group = stage.world.groups["barn-1"].pk
    round_ = LogCheckRound.objects.get(unit=stage.world.unit).pk
    # Nothing made for another test, whose groups have the same ids, is shown again.
    cache.clear()
    # What the person reads now is not in any log the second time.
    point = transaction.savepoint()
    for address in addresses():
        if address.name.startswith(THEIRS) or (names is not None and address.name not in names):
            continue
        pk = about(address, ids)
        if address.name.startswith("allocation"):
            pk = group
        if address.name.startswith("log_check"):
            pk = round_
        url = address.at(pk=pk or 1)
        for query in ("", "?format=xlsx") if address.name == "deadline_list" else ("",):
            answer = client.get(url + query)
            found[address.name + query] = (
                answer.status_code,
                _CHANGING.sub("", text_of(answer)),
            )
    transaction.savepoint_rollback(point)
    cache.clear()
    return found


def what_differs(stage: Stage, person: str, names: Collection[str] | None = None) -> set[str]:
    block(stage, person)
    before = everything(stage, person, names)
    happen(stage, person)
    after = everything(stage, person, names)
    return {name for name in before if before[name] != after[name]} - FIGURES_OF_THE_UNIT


# Whose an address is

OF_NO_CHILD = {
    "absence competence employment event introduction login measurement organisation password plan",
    "reduction review role staff survey temperature token weight rounds workload_person",
    "allocation log_check",  # of groups and units: what they hold is filtered
    "conflict_end workload_contact_withdraw wish_withdraw",  # by whoever wrote it
    "mfa",  # one's own
}
"""What the names of addresses begin with whose `pk` is no child's and no matter's."""


def test_every_address_with_an_id_says_whose_it_is() -> None:
    """`about(...)` beside the address; else an attempt of somebody blocked is not in the log."""
    others = tuple(word for words in OF_NO_CHILD for word in words.split())
    silent = {
        one.name
        for one in addresses()
        if "pk" in one.parameters and not one.what and not one.name.startswith(others)
    }
    assert silent == set(), "say about(...) beside the address, or here that it is of no child"


def test_what_addresses_say_they_are_about_is_known() -> None:
    known = {kind.address for kind in matters.KINDS} | {*blocked.ROWS, "text"}
    assert {one.what for one in addresses() if one.what} <= known


@pytest.mark.slow
def test_no_list_or_count_changes_for_a_leader_who_is_blocked(scene: Stage) -> None:
    assert what_differs(scene, "leader", LISTS) == set()


@pytest.mark.slow
@pytest.mark.parametrize("person", BLOCKED)
def test_nothing_at_all_changes_for_whoever_is_blocked(scene: Stage, person: str) -> None:
    assert what_differs(scene, person) == set()


@pytest.mark.slow
def test_the_same_does_change_for_whoever_is_not(scene: Stage) -> None:
    """That the test above can fail."""
    before = everything(scene, "head", LISTS)
    block(scene, "leader")
    happen(scene, "leader")
    after = everything(scene, "head", LISTS)
    same = {name for name in before if before[name] == after[name]}
    unmoved = {"api:workload-waiting", "api:workload-warnings"}
    assert same <= {"reviews", "forecast", "workload_warnings"} | unmoved
