"""A party's whole copy, of rows whose every column is filled, against the table of columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.utils.formats import date_format
from django.utils.translation import override

from cases.disclosure import services as disclosures
from cases.disclosure.collection import said_at
from cases.disclosure.models import Disclosure, DisclosureMatter, DisclosurePiece, Redaction
from cases.disclosure.paper import pages
from cases.enums import AdditionKind, ConcernReason
from cases.handovers.models import HandedText, Handover, HandoverCase
from cases.interventions import services as interventions
from cases.investigations import services as investigations
from cases.investigations.models import Investigation
from cases.law.classification import FACTS, SHARING, Fact, Share
from cases.persons.models import Guardian, Person
from cases.reports import services as reports
from cases.reports.models import Report
from cases.signing import services as signing
from cases.signing.texts import in_words
from tests.factories import World, moment
from tests.factories.populated import HERE, NUMBERS, Filling, Pair

TODAY = date(2026, 7, 10)
NOW = moment("2026-07-10 10:00")
OF_THE_COPY = (Disclosure, DisclosureMatter, DisclosurePiece, Redaction)
"""What the making of a copy fills itself."""

NOT_HERE = {
    "Draft": "one person's own, about no child",
    "Digest": "counts, about no child",
    "NumberSeries": "of a unit",
    "EmergencyAccess": "opened by somebody, for hours",
    "ConflictOfInterest": "of a member of the staff",
    "Handover": "of several children: what each unit was asked",
    "IdentityProtection": "made where the child is protected",
    "Adult": "ties rows together, and says nothing",
    "EarlierNumber": "made where a number changed",
    "PersonChange": "made where something was corrected",
    "PersonMerge": "made where two records were one child's",
    "ReadingGrant": "given to somebody, for a time",
    "DecisionProposal": "gone when the decision is taken",
}
"""Models the file has no row of, none of whose columns is shown; the test sees to the latter."""


@dataclass
class Full:
    """A child whose matters have one row of everything, each column with a value of its own."""

    child: Person
    mother: Guardian
    father: Guardian
    matters: list[int]
    words: dict[str, str] = field(default_factory=dict)
    """`Model.column` -> what was written in it."""
    rows: dict[str, Any] = field(default_factory=dict)


def rows_of(child: Person, mother: Guardian) -> Iterator[Any]:
    """One row of each model of the cases that hangs on the child."""
    for model in apps.get_app_config("cases").get_models():
        if hasattr(model, "pgh_tracked_model") or model in OF_THE_COPY:
            continue
        if model is Person:
            found = child
        elif model is Guardian:
            found = mother
        else:
            ways = ["child", "matter__child", "investigation__child", "report__child"]
            ways += ["intervention__investigation__child", "deadline__child"]
            names = {one.name for one in model._meta.get_fields()}
            way = next((one for one in ways if one.split("__")[0] in names), None)
            found = way and model._default_manager.filter(**{way: child}).order_by("pk").first()
        if found is not None:
            yield found


def handed_over(world: World, case: Investigation) -> None:
    """The case as another unit's before, with a text that came along."""
    moved = Handover.objects.create(
        from_unit=world.other_unit,
        from_group=world.other_groups["barn-1"],
        to_unit=world.unit,
        to_group=world.groups["barn-1"],
        ground="same_board",
        reason="Flyttat.",
        parts=["plan"],
        status="accepted",
        offered_by=world.other_leader,
        offered_at=NOW,
        answered_by=world.head,
        answered_at=NOW,
    )
    HandoverCase.objects.create(handover=moved, matter_id=case.pk)
    HandedText.objects.create(
        matter_id=case.pk,
        position=1,
        part="plan",
        source="plan",
        source_id=1,
        dated_on=TODAY,
        heading="Plan",
        text="Plan.",
        handed_on=TODAY,
    )


def filled(world: World) -> Full:
    pair = Pair(
        unit=world.unit,
        group=world.groups["barn-1"],
        reception=world.reception,
        leader=world.leader,
        main=world.main,
        co=world.co,
        marker=HERE,
    )
    filling = Filling(pair, TODAY)
    report = filling.report(60, is_crime_report=True)
    child = report.child
    assert child is not None
    filling.assess(report, 60)
    reports.record_serious_talk(
        report.pk,
        offered_at=filling.at(59, 8),
        result="held",
        held_at=filling.at(59, 9),
        with_guardians=True,
        by=world.reception,
        at=filling.at(59, 10),
    )
    case = filling.decide(report, 59).investigation
    assert case is not None
    reports.give_feedback(
        report.pk, given_on=filling.day(58), channel="phone", by=world.reception, at=filling.at(58)
    )
    investigations.assign_handlers(
        case.pk,
        main=world.main,
        co=world.co,
        from_on=filling.day(59),
        by=world.leader,
        at=filling.at(59, 14),
    )
    note = filling.work(case, 30)
    who: dict[str, Any] = {"by": world.main, "at": filling.at(29)}
    signing.sign("note", note.pk, **who)
    signing.add("note", note.pk, kind=AdditionKind.values[0], text="T", **who)
    investigations.record_move(case.pk, moved_on=filling.day(29), moved_to="Annanstad", **who)
    father = investigations.add_guardian(
        case.pk, relation="father", first_name="F", last_name="E", has_custody=True, **who
    )
    investigations.extend(
        case.pk,
        until=TODAY + timedelta(days=150),
        reason="Skäl.",
        decided_on=filling.day(10),
        by=world.leader,
        at=filling.at(10),
    )
    filling.submit(case, 3)
    filling.conclude(case, 2, "intervention")
    support = filling.grant(case, 2)
    interventions.follow_up(
        support.pk,
        followed_up_on=filling.day(1),
        child_took_part=True,
        note="Bra.",
        by=world.main,
        at=filling.at(1),
    )
    now = Report.objects.get(pk=report.pk)
    reports.correct_report(
        report.pk,
        reports.told({"channel": "letter"}, now),
        reason="Skäl.",
        by=world.leader,
        at=filling.at(1),
    )
    handed_over(world, case)
    mother = child.guardians.get(relation="mother")
    full = Full(child, mother, father, [report.pk, case.pk])
    rows = list(rows_of(child, mother))
    with connection.cursor() as cursor:
        # Signed texts are guarded and rows follow each other by triggers: here every column is
        # given a value of its own, whatever it follows from.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for row in rows:
            cursor.execute(f'ALTER TABLE "{row._meta.db_table}" DISABLE TRIGGER USER')
    for row in rows:
        fill(row, full)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for row in rows:
            cursor.execute(f'ALTER TABLE "{row._meta.db_table}" ENABLE TRIGGER USER')
    full.child.refresh_from_db()
    return full


TOGETHER: dict[str, dict[str, Any]] = {
    "Person": {"personal_identity_number": NUMBERS[HERE].replace("-", "")},
    "Guardian": {
        "has_custody": False,
        "custody_until": TODAY,
        "ended_on": TODAY,
        "end_reason": "slut",
    },
    "OpeningDecision": {"is_late": True, "late_reason": "sent"},
    "Intervention": {"status": "ended", "ended_on": TODAY, "end_reason": "slut"},
}
"""Columns that hold something at once only, or of one form only."""
CODES = {"kind", "part", "subject", "matter_kind", "rung", "number"}
"""Words of the program's own, and the number that a matter and its row have both."""


def fill(row: Any, full: Full) -> None:
    """Give each column a value of its own where its constraints let it have one."""
    model, number = type(row), len(full.words)
    if together := TOGETHER.get(model.__name__):
        model._default_manager.filter(pk=row.pk).update(**together)
    for column in row._meta.concrete_fields:
        number += 1
        key = f"{model.__name__}.{column.name}"
        value: Any = None
        if (
            column.is_relation
            or column.choices
            or column.name in CODES
            or column.name.endswith("_digest")
        ):
            pass
        elif isinstance(column, models.CharField | models.TextField):
            value = "".join(chr(ord("a") + int(digit)) for digit in f"{number:04}")
            value = f"Zq{value}x{column.name.replace('_', '')}"[: column.max_length or 60]
        elif isinstance(column, models.BooleanField):
            value = True
        elif isinstance(column, models.DateTimeField):
            value = datetime.fromisoformat("2025-01-01T05:00:00+00:00") + timedelta(
                days=number, minutes=number
            )
        elif isinstance(column, models.DateField):
            value = date(2019, 1, 1) + timedelta(days=number)
        if value is not None:
            try:
                with transaction.atomic():
                    model._default_manager.filter(pk=row.pk).update(**{column.name: value})
            except DatabaseError:
                value = None  # as the services wrote it
        full.words[key] = str(value or "")
    full.rows[model.__name__] = model._default_manager.get(pk=row.pk)


def copy(world: World, full: Full, **fields: Any) -> tuple[str, str]:
    """Everything collected for a party, and what it reads once it is masked."""
    given: dict[str, Any] = {
        "matter_ids": full.matters,
        "relation": "guardian",
        "guardian_id": full.mother.pk,
        "requested_on": TODAY,
        "right": disclosures.RightInput("party", "whole", "Har prövats."),
        "by": world.main,
        "at": NOW,
    }
    row = disclosures.prepare(full.child.pk, **given | fields)
    whole = "\n".join(f"{one.heading}\n{one.dated_on}\n{one.text}" for one in row.pieces.all())
    every, _lines = pages(row)
    return whole, "\n".join(
        f"{page.heading} {page.day}\n" + "".join(run["text"] for run in page.runs) for page in every
    )


@pytest.fixture
def full(world: World) -> Full:
    with override("sv"):
        return filled(world)


SAID_OTHERWISE = {
    "Report.received_at": lambda row: f"{said_at(row.received_at)}, {row.get_channel_display()}",
    "Report.channel": lambda row: f", {row.get_channel_display()}",
    "Report.reporter_category": lambda row: f": {row.get_reporter_category_display()}\n",
    "Report.reasons": lambda row: ConcernReason(row.reasons[0]).label,
    "Person.birth_date": lambda row: str(row.birth_date),
    "Person.died_on": lambda row: str(row.died_on),
    "Addition.kind": lambda row: row.get_kind_display(),
    "Addition.written_at": lambda row: said_at(row.written_at),
    "Note.kind": lambda row: row.get_kind_display(),
    "Communication.recipient": lambda row: f": {row.get_recipient_display()}\n",
    "GuardianParticipation.guardian": lambda row: f": {row.guardian.get_relation_display()}\n",
    "Person.personal_identity_number": lambda row: row.identity_number,
    "InterventionFollowUp.followed_up_on": lambda row: date_format(row.followed_up_on, "j F Y"),
    "Investigation.outcome": lambda row: f": {row.get_outcome_display()}\n",
    "Investigation.is_late": lambda row: f"Sent: ja\n{row.conclusion_rationale}",
    "OpeningDecision.outcome": lambda row: f": {row.get_outcome_display()}\n",
}
"""Columns that a piece says in words of its own."""


def said(full: Full, key: str) -> str:
    """What stands in the copy for the column; empty for a column nothing is in."""
    model, name = key.split(".")
    row = full.rows[model]
    if key in SAID_OTHERWISE:
        return str(SAID_OTHERWISE[key](row))
    if row._meta.get_field(name).is_relation:
        return str(getattr(row, name) or "")
    value = getattr(row, name)
    if isinstance(value, str) and not row._meta.get_field(name).choices:
        return value
    found = in_words(row, name)
    return f"{found.label.capitalize()}: {found.text}" if found else ""


def shown(*shares: Share | Fact) -> set[str]:
    return {key for table in (SHARING, FACTS) for key, share in table.items() if share in shares}


def test_every_column_the_table_shows_is_in_the_copy(world: World, full: Full) -> None:
    wanted = shown(Share.OPEN, Share.SCAN, Share.WHEREABOUTS, Share.ITS_PERSON)
    wanted |= shown(Fact.SHOWN, Fact.WHEREABOUTS)
    wanted -= {"Person.expected_on"}  # of a child not born, below
    with override("sv"):
        _whole, read = copy(world, full)
        words = {key: said(full, key) for key in sorted(wanted)}
    assert {key for key, text in words.items() if not text} == set(), "nothing stands in these"
    missing = {key: text for key, text in words.items() if text not in read}
    assert missing == {}, "the table shows these, and the copy has not got them"


def test_the_day_a_child_is_expected_is_in_the_copy(world: World, full: Full) -> None:
    Person.objects.filter(pk=full.child.pk).update(
        personal_identity_number=None, birth_date=None, expected_on=date(2027, 1, 5)
    )
    with override("sv"):
        assert "2027-01-05" in copy(world, full)[1]


@pytest.mark.parametrize(
    ("shares", "change", "party"),
    [
        (
            (Share.WHEREABOUTS, Fact.WHEREABOUTS),
            ("Person", {"protected_identity": "secrecy_marking"}),
            "mother",
        ),
        (
            (Share.PRIVATE_REPORTER,),
            (
                "Report",
                {
                    "reporter_category": "private",
                    "wants_feedback": False,
                    "feedback_asked_on": None,
                },
            ),
            "mother",
        ),
        ((Share.ITS_PERSON,), ("Guardian", {}), "father"),
    ],
)
def test_what_the_table_masks_is_in_the_copy_and_not_read(
    world: World, full: Full, shares: Any, change: tuple[str, dict[str, Any]], party: str
) -> None:
    model, values = change
    row = full.rows[model]
    if values:
        type(row)._default_manager.filter(pk=row.pk).update(**values)
    with override("sv"):
        whole, read = copy(world, full, guardian_id=getattr(full, party).pk)
        words = {key: said(full, key) for key in shown(*shares)}
    assert words
    for key, text in words.items():
        label, _colon, value = text.rpartition(": ")
        assert text in whole, key
        assert text not in read, key
        assert value not in read.replace(label, ""), key


def stands(said: str, whole: str) -> bool:
    """Whether it is in the text, and not as the end of something longer (2 May in 12 May)."""
    return re.search(rf"(?<!\d){re.escape(said)}(?!\d)", whole) is not None


def test_no_column_the_table_keeps_back_is_in_the_copy(world: World, full: Full) -> None:
    kept = shown(Share.LEFT_OUT, Fact.HOUSE, Fact.KEY, Fact.PROTECTION)
    values = {}
    for key in kept & full.words.keys():
        model, name = key.split(".")
        value = getattr(full.rows[model], name)
        if full.words[key].startswith("Zq") or (full.words[key] and isinstance(value, date)):
            values[key] = value
    assert len(values) > 30
    with override("sv"):
        whole, _read = copy(world, full)
        found = {
            key
            for key, value in values.items()
            if stands(said_at(value) if isinstance(value, datetime) else str(value), whole)
            or (isinstance(value, date) and stands(date_format(value, "j F Y"), whole))
        }
    assert found == set(), "the table keeps these back, and the copy has them"


def test_the_file_has_a_row_of_every_model_that_a_party_reads(full: Full) -> None:
    tables = {key.split(".")[0] for key in (*SHARING, *FACTS)}
    of_the_copy = {model.__name__ for model in OF_THE_COPY}
    assert tables - full.rows.keys() - of_the_copy == NOT_HERE.keys()
    given = {Share.OPEN, Share.SCAN, Share.PRIVATE_REPORTER, Share.ITS_PERSON}
    given |= {Share.WHEREABOUTS, Fact.SHOWN, Fact.WHEREABOUTS}
    without = {*NOT_HERE, *of_the_copy}
    assert {key for key in shown(*given) if key.split(".")[0] in without} == set()
