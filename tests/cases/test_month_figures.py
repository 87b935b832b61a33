"""The month's figures count what their definitions say."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import statistics
from cases.enums import InvestigationStatus
from cases.interventions import services as interventions
from cases.investigations.models import Investigation
from cases.journal.models import Note
from cases.reports import services as reports
from cases.reports.models import Report
from cases.reports.services import ChildInput
from cases.statistics import Scope
from cases.statistics.months.outcomes import came_back
from core.calendar import Month
from core.figures import Period, figures
from tests.factories import World, moment
from unitstats.statistics import counted

MARCH = Month(date(2026, 3, 1))


def values(world: World, month: Month = MARCH) -> dict[str, float | int]:
    """The figures that are neither zero nor unknown."""
    found = counted(world.unit.pk, month)
    return {code: one.value for code, one in found.items() if one.value}


@pytest.mark.django_db
def test_nothing_recorded_is_zero_and_unknown_and_never_missing(world: World) -> None:
    found = counted(world.unit.pk, MARCH)
    assert list(found) == list(figures.of(Period.MONTH))
    unknown = {code for code, one in found.items() if one.value is None}
    assert unknown == {
        "protection.in_time_percent",
        "decisions.in_time_percent",
        "investigations.median_days",
    }
    assert {one.value for code, one in found.items() if code not in unknown} == {0}


@pytest.mark.django_db
def test_reports_count_on_the_local_day_they_came(world: World) -> None:
    world.report("2026-02-28 23:30")
    first = world.report("2026-03-01 00:30")
    last = world.report("2026-03-31 23:30")
    world.report("2026-04-01 00:30")
    world.report("2025-03-15 09:00")
    Report.objects.filter(pk=first.pk).update(reporter_category="police", is_crime_report=True)
    Report.objects.filter(pk=last.pk).update(reasons=["neglect", "other"])
    found = values(world)
    assert (found["reports.received"], found["reports.received_year_before"]) == (2, 1)
    assert (found["reports.by.police"], found["reports.crime"]) == (1, 1)
    assert found["reports.reason.other"] == 1
    by_reporter = sum(n for code, n in found.items() if code.startswith("reports.by."))
    by_age = sum(n for code, n in found.items() if code.startswith("reports.age_"))
    assert by_reporter == by_age == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("born", "code"),
    [
        ("2013-03-11", "reports.age_0_12"),
        ("2013-03-10", "reports.age_13_20"),
        (None, "reports.age_unknown"),
    ],
)
def test_age_is_that_of_the_day_the_report_came(world: World, born: str | None, code: str) -> None:
    report = world.report("2026-03-10 09:00")
    type(report.child).objects.filter(pk=report.child_id).update(birth_date=born)
    assert values(world)[code] == 1


@pytest.mark.django_db
def test_genders_add_up_to_the_value(world: World) -> None:
    for hour, gender in ((8, "girl"), (9, "girl"), (10, "boy"), (11, "unknown")):
        report = world.report(f"2026-03-10 {hour:02}:00")
        type(report.child).objects.filter(pk=report.child_id).update(gender=gender)
    one = counted(world.unit.pk, MARCH)["reports.received"]
    assert (one.value, dict(one.by_gender)) == (4, {"girl": 2, "boy": 1, "unknown": 1})


@pytest.mark.django_db
def test_protection_assessments_and_decisions_in_time(world: World) -> None:
    quick, slow, _never = (world.report("2026-03-10 09:00") for _ in range(3))
    for report, at in ((quick, "2026-03-10 15:00"), (slow, "2026-03-11 09:00")):
        reports.assess_protection(
            report.pk,
            assessed_at=moment(at),
            outcome="no_immediate_need",
            child_spoken_with=False,
            rationale="Trygg.",
            by=world.reception,
            at=moment(at),
        )
    world.decide(quick, "2026-03-24")
    world.decide(slow, "2026-03-25", outcome="do_not_open", late_reason="Sjukdom.")
    found = values(world)
    assert (found["protection.due"], found["protection.in_time"]) == (3, 1)
    assert found["protection.in_time_percent"] == 33.3
    assert (found["decisions.taken"], found["decisions.in_time"]) == (2, 1)
    assert found["decisions.outcome.open"] == found["decisions.outcome.do_not_open"] == 1
    assert found["decisions.due"] == 2
    assert found["decisions.in_time_percent"] == 50


def decided_three_ways(world: World) -> None:
    """In the week of 16 March: two in time, one late, one that joins an open case in time."""
    for _ in range(2):
        world.decide(world.report("2026-03-05 09:00"), "2026-03-17", "do_not_open")
    late = world.report("2026-03-02 09:00")
    world.decide(late, "2026-03-17", "do_not_open", late_reason="Sjukdom.")
    same = [ChildInput(child_id=world.investigation("2026-02-02").child_id)]
    world.decide(world.report("2026-03-05 09:00", children=same), "2026-03-17", "joins_open")


@pytest.mark.django_db
def test_a_report_that_joined_in_time_is_on_neither_side_of_decided_in_time(world: World) -> None:
    decided_three_ways(world)
    found = values(world)
    assert (found["decisions.taken"], found["decisions.outcome.joins_open"]) == (4, 1)
    assert (found["decisions.due"], found["decisions.in_time"]) == (3, 2)
    assert found["decisions.in_time_percent"] == 66.7


@pytest.mark.django_db
def test_a_report_that_joined_too_late_is_one_that_was_not_decided_in_time(world: World) -> None:
    first = world.report("2026-03-02 09:00")
    second = world.report("2026-03-02 10:00", children=[ChildInput(child_id=first.child_id)])
    world.decide(first, "2026-03-18", late_reason="Sjukdom.")
    world.decide(second, "2026-03-20", "joins_open", late_reason="Sjukdom.")
    found = values(world)
    assert (found["decisions.taken"], found["decisions.due"]) == (2, 2)
    assert "decisions.in_time" not in found


@pytest.mark.django_db
def test_weeks_and_month_agree_on_what_was_decided_in_time(world: World) -> None:
    decided_three_ways(world)
    found = values(world)
    scope = Scope(unit_ids=frozenset({world.unit.pk}))
    weeks = statistics.trend(scope, on=date(2026, 3, 31), count=5)
    assert sum(week.decisions.in_time for week in weeks) == found["decisions.in_time"]
    assert (
        sum(week.decisions.in_time + week.decisions.late for week in weeks)
        == found["decisions.due"]
    )


@pytest.mark.django_db
def test_serious_talks_are_those_of_the_reports_received_in_the_month(world: World) -> None:
    for received, offered in (("2026-03-31 09:00", "2026-04-02 08:59"), ("2026-03-30 09:00", None)):
        report = world.report(received, is_crime_report=True)
        if offered:
            reports.record_serious_talk(
                report.pk,
                offered_at=moment(offered),
                result="declined",
                by=world.reception,
                at=moment(offered),
            )
    found = values(world)
    assert (found["serious_talks.due"], found["serious_talks.in_time"]) == (2, 1)
    assert "serious_talks.due" not in values(world, MARCH.after)


@pytest.mark.django_db
def test_investigations_open_over_time_and_their_median(world: World) -> None:
    for day in ("2025-10-31", "2025-12-01", "2026-03-02"):
        world.investigation(day)
    short, long = world.investigation("2026-03-03"), world.investigation("2025-12-10")
    Investigation.objects.filter(pk=short.pk).update(
        status=InvestigationStatus.CONCLUDED,
        concluded_on="2026-03-13",
        concluded_by=world.leader,
        outcome="no_intervention",
    )
    Investigation.objects.filter(pk=long.pk).update(
        status=InvestigationStatus.CONCLUDED,
        concluded_on="2026-03-31",
        concluded_by=world.leader,
        outcome="intervention",
    )
    found = values(world)
    assert (found["investigations.opened"], found["investigations.concluded"]) == (2, 2)
    assert found["investigations.with_intervention"] == 1
    assert found["investigations.without_intervention"] == 1
    # Opened 31 October: last day 28 February. Opened 1 December: 1 April, not over yet.
    assert found["investigations.open_at_month_end"] == 3
    assert found["investigations.overdue_at_month_end"] == 1
    assert found["investigations.median_days"] == (10 + 111) / 2


@pytest.mark.django_db
def test_conversations_count_by_the_local_month_they_were_held(world: World) -> None:
    case = world.investigation("2026-02-02")
    for at, alone in (
        ("2026-02-28 23:30", True),
        ("2026-03-01 00:30", True),
        ("2026-03-09", False),
    ):
        Note.objects.create(
            unit=world.unit,
            child=case.child,
            matter=case.matter,
            kind="child_conversation",
            happened_at=moment(at),
            child_spoken_with=True,
            child_alone=alone,
            text="Samtal.",
            author=world.main,
            written_at=moment("2026-04-01"),
        )
    found = values(world)
    assert (found["child.conversations"], found["child.conversations_alone"]) == (2, 1)


@pytest.mark.django_db
def test_an_investigation_ended_after_its_last_day_is_counted_as_late(world: World) -> None:
    for day, late in (("2025-10-01", True), ("2025-12-10", False)):
        case = world.investigation(day)
        Investigation.objects.filter(pk=case.pk).update(
            status=InvestigationStatus.CONCLUDED,
            concluded_on="2026-03-13",
            concluded_by=world.leader,
            outcome="no_intervention",
            is_late=late,
        )
    found = values(world)
    assert (found["investigations.concluded"], found["investigations.concluded_late"]) == (2, 1)


@pytest.mark.django_db
def test_sip_meetings_are_notes_of_that_kind_in_the_month(world: World) -> None:
    case = world.investigation("2026-02-02")
    for kind, at in (
        ("sip_meeting", "2026-03-01 00:00"),
        ("sip_meeting", "2026-03-31 23:59"),
        ("sip_meeting", "2026-04-01 00:00"),
        ("journal", "2026-03-10 10:00"),
    ):
        Note.objects.create(
            unit=world.unit,
            child=case.child,
            matter=case.matter,
            kind=kind,
            happened_at=moment(at),
            text="Möte.",
            author=world.main,
            written_at=moment("2026-04-02"),
        )
    assert values(world)["meetings.sip"] == 2


@pytest.mark.django_db
def test_who_took_part_is_counted_by_relation_and_who_did_not_is_not(world: World) -> None:
    case = world.investigation("2026-02-02")
    for relation, on, took_part in (
        ("mother", "2026-03-01", True),
        ("mother", "2026-03-31", True),
        ("mother", "2026-04-01", True),
        ("father", "2026-03-10", True),
        ("father", "2026-03-11", False),
        ("other", "2026-03-12", True),
    ):
        guardian = case.child.guardians.create(relation=relation, has_custody=True)
        case.participations.create(
            guardian=guardian,
            took_part=took_part,
            on=on,
            how="" if took_part else "Kom inte.",
            recorded_by=world.main,
        )
    found = values(world)
    assert (found["participation.mothers"], found["participation.fathers"]) == (2, 1)


@pytest.mark.django_db
def test_interventions_count_in_the_month_of_their_first_and_of_their_last_day(
    world: World,
) -> None:
    for started, ended in (
        ("2026-03-01", None),
        ("2026-02-28", "2026-03-31"),
        ("2026-03-15", "2026-03-20"),
        ("2026-02-01", "2026-04-01"),
    ):
        case = world.investigation("2026-01-12")
        granted = interventions.grant(
            case.pk,
            kind="contact_person",
            goal="Stöd.",
            decided_on=date(2026, 1, 20),
            started_on=date.fromisoformat(started),
            responsible=world.main,
            by=world.leader,
            at=moment("2026-01-20"),
        )
        if ended:
            interventions.end(
                granted.pk,
                ended_on=date.fromisoformat(ended),
                reason="Målet är nått.",
                by=world.main,
                at=moment("2026-04-02"),
            )
    found = values(world)
    assert (found["interventions.started"], found["interventions.ended"]) == (2, 2)


@pytest.mark.django_db
def test_each_child_that_came_back_counts_once_in_the_month(world: World) -> None:
    for returned in ("2025-01-10", None):
        case = world.investigation("2024-04-01")
        Investigation.objects.filter(pk=case.pk).update(
            status=InvestigationStatus.CONCLUDED,
            concluded_on="2024-06-01",
            concluded_by=world.leader,
            outcome="no_intervention",
        )
        if returned:
            for hour in (9, 10):
                world.report(
                    f"{returned} {hour:02}:00", children=[ChildInput(child_id=case.child_id)]
                )
    found = values(world)
    assert (found["children.closed_year_before"], found["children.came_back"]) == (2, 1)


@pytest.mark.django_db
def test_another_units_cases_are_not_counted(world: World) -> None:
    world.investigation("2026-03-02")
    assert {one.value for one in counted(world.other_unit.pk, MARCH).values()} == {0, None}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("concluded", "returned", "expected"),
    [
        ("2024-03-17", "2024-05-01", (0, 0)),
        ("2024-03-18", "2025-03-18", (1, 1)),
        ("2024-03-18", "2025-03-19", (1, 0)),
        ("2025-03-17", "2025-03-17", (1, 0)),
        ("2025-03-17", "2025-03-18", (1, 1)),
        ("2025-03-18", "2025-05-01", (0, 0)),
    ],
)
def test_coming_back_within_a_year_counts_from_the_day_after_the_end(
    world: World, concluded: str, returned: str, expected: tuple[int, int]
) -> None:
    investigation = world.investigation("2024-02-01")
    Investigation.objects.filter(pk=investigation.pk).update(
        status=InvestigationStatus.CONCLUDED,
        concluded_on=concluded,
        concluded_by=world.leader,
        outcome="no_intervention",
    )
    later = world.report(f"{returned} 09:00")
    later.child = investigation.child
    later.save()
    found = came_back(world.unit.pk, on=date(2026, 3, 18)).values()
    assert (sum(c for c, _ in found), sum(b for _, b in found)) == expected


@pytest.mark.django_db
def test_queries_are_as_many_for_one_case_as_for_many(world: World) -> None:
    world.investigation("2026-03-02")
    with CaptureQueriesContext(connection) as few:
        counted(world.unit.pk, MARCH)
    for _ in range(9):
        world.investigation("2026-03-03")
    with CaptureQueriesContext(connection) as many:
        counted(world.unit.pk, MARCH)
    assert len(few) == len(many) <= 24
