"""The demonstration agrees with the services and has the proportions of the reference unit."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F, Max, Q

from cases.access.departures import release_departed
from cases.deadlines import store as deadlines
from cases.deadlines.models import Deadline, Escalation
from cases.deadlines.sweep import SweepResult, sweep
from cases.enums import InvestigationStatus, ReportStatus
from cases.interventions.models import Intervention, InterventionFollowUp
from cases.investigations import services as investigations
from cases.investigations.models import Investigation
from cases.journal.models import Note
from cases.matters import registry as matters
from cases.matters.models import Matter, MatterWorker, NumberSeries
from cases.matters.numbers import next_number
from cases.notices.models import Notice
from cases.persons import identity
from cases.persons.models import Person
from cases.reports.models import Report
from cases.signing import texts
from cases.statistics.months.outcomes import came_back
from core.calendar import STOCKHOLM, add_months
from demo.cases import load, rows, staff
from organisation.enums import EmploymentForm, Role
from organisation.models import Absence, Employment, OrgUnit, RoleAssignment, User
from tests.factories import LEFT
from unitstats.models import MonthlyClosing
from unitstats.services.closing import CLOSING_DAY
from workload import capacity
from workload.models import IntroductionPlan, Reduction

pytestmark = pytest.mark.slow  # filling takes half a minute before the first test begins

ON = date(2026, 3, 18)
MORNING = datetime.combine(ON, time(8), tzinfo=STOCKHOLM)
ACCOUNTS = {
    "mottagare": (Role.RECEPTION, "mottagning"),
    "utredare": (Role.INVESTIGATOR, "barn-1"),
    "utredare2": (Role.INVESTIGATOR, "barn-1"),
    "familjehem": (Role.FAMILY_HOME_WORKER, "familjevard"),
    "gruppledare": (Role.GROUP_LEADER, "barn-1"),
    "enhetschef": (Role.UNIT_HEAD, "ST-BOU"),
    "avdelningschef": (Role.DEPARTMENT_HEAD, "ST-IFO"),
    "samordnare": (Role.COORDINATOR, "ST-BOU"),
    "placering": (Role.PLACEMENT_SECRETARY, "ST-BOU"),
    "administrator": (Role.ADMINISTRATOR, "ST-BOU"),
    "funktionsnedsattning": (Role.DISABILITY_WORKER, "ST-BOU"),
    "konsult": (Role.INVESTIGATOR, "ungdom-1"),
    "systemadmin": (Role.SYSTEM_ADMINISTRATOR, "STAD"),
    "annan.enhet": (Role.UNIT_HEAD, "EV-BOU"),
}


def fill(**options: Any) -> str:
    out = StringIO()
    call_command("demo_data", on=ON, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demonstration with one unit more, loaded once and rolled back after the module."""
    patch = pytest.MonkeyPatch()
    patch.setenv("DEMO_PASSWORD", "ett-hemligt-ord")
    with django_db_blocker.unblock(), transaction.atomic():
        fill(scale=2)
        yield
        transaction.set_rollback(True)
    patch.undo()


@pytest.fixture
def demo(demonstration: None, db: None) -> OrgUnit:
    """The reference unit; what a test changes is taken back."""
    return OrgUnit.objects.get(code="ST-BOU")


def test_deadlines_of_the_demo_differ_in_nothing_from_what_the_facts_give(demo: OrgUnit) -> None:
    assert Deadline.objects.count() > 15_000
    assert list(deadlines.differences()) == []


def test_texts_of_the_demo_are_what_was_signed(demo: OrgUnit) -> None:
    assert Note.objects.filter(signed_at__isnull=False).count() > 5_000
    assert texts.broken_signatures() == []


def test_persons_with_a_closed_case_and_those_who_came_back_are_the_reference_figures(
    demo: OrgUnit,
) -> None:
    for unit in (demo, OrgUnit.objects.get(code="D002-BOU")):
        found = came_back(unit.pk, on=ON).values()
        assert (sum(closed for closed, _ in found), sum(back for _, back in found)) == (393, 76)


def test_months_of_the_demo_are_closed_until_the_tenth(demo: OrgUnit) -> None:
    rows = MonthlyClosing.objects.filter(unit=demo, revision=1)
    last = rows.latest("month")
    assert rows.count() >= 24
    assert last.month == add_months(ON.replace(day=1), -1 if ON.day >= CLOSING_DAY else -2)
    assert last.figures["reports.received"]["value"] > 50


def test_staff_of_the_reference_unit_are_sixty_five(demo: OrgUnit) -> None:
    here = RoleAssignment.objects.active(ON).filter(node__path__startswith=demo.path)
    roles = Counter(here.values_list("role", flat=True))
    workers = (
        Role.RECEPTION,
        Role.INVESTIGATOR,
        Role.FAMILY_HOME_WORKER,
        Role.CHILD_WORKER,
        Role.DISABILITY_WORKER,
    )
    assert here.values("user").distinct().count() == 65
    assert sum(roles[role] for role in workers) == 50
    assert roles[Role.UNIT_HEAD] == 1
    assert roles[Role.GROUP_LEADER] == 7
    assert roles[Role.COORDINATOR] == 2
    assert roles[Role.ADMINISTRATOR] == 4
    assert roles[Role.PLACEMENT_SECRETARY] == 1
    assert set(demo.children.values_list("code", flat=True)) == {
        "mottagning",
        "barn-1",
        "barn-2",
        "ungdom-1",
        "ungdom-2",
        "familjevard",
        "internt-stod",
    }


def test_demo_accounts_have_their_roles_and_share_a_password(demo: OrgUnit) -> None:
    held = RoleAssignment.objects.active(ON).filter(user__username__in=ACCOUNTS)
    found = {
        username: (role, code)
        for username, role, code in held.values_list("user__username", "role", "node__code")
    }
    assert found == {name: (role.value, code) for name, (role, code) in ACCOUNTS.items()}
    for username in ("mottagare", "annan.enhet"):
        assert authenticate(username=username, password="ett-hemligt-ord") is not None
    consultant = Employment.objects.get(user__username="konsult")
    assert consultant.form == EmploymentForm.CONSULTANT
    away = Absence.objects.active(ON).filter(stand_in__isnull=False)
    assert away.filter(stand_in__username="utredare").exists()
    assert not away.filter(stand_in__in=away.values("user")).exists()


def test_reports_follow_the_season_and_the_reporters_of_the_unit(demo: OrgUnit) -> None:
    ours = Report.objects.filter(unit=demo)
    last = ours.filter(received_on__gte=add_months(ON, -12))
    before = ours.filter(received_on__gte=add_months(ON, -24), received_on__lt=add_months(ON, -12))
    assert 1400 <= last.count() <= 1500
    assert 100 <= last.count() - before.count() <= 250
    monthly = Counter(last.values_list("received_on__month", flat=True))
    assert monthly[7] == min(monthly.values())
    largest = [
        name
        for name, _n in Counter(last.values_list("reporter_category", flat=True)).most_common(2)
    ]
    assert set(largest) == {"police", "school"}
    genders = Counter(
        ours.filter(reporter_category="police").values_list("child__gender", flat=True)
    )
    assert genders["boy"] > 1.2 * genders["girl"]
    assert ours.filter(linked_to__isnull=False).exists()
    assert (
        not ours.filter(linked_to__isnull=False)
        .exclude(linked_to__received_at=F("received_at"))
        .exists()
    )
    late = ours.filter(decision__is_late=True).count() / ours.filter(decision__isnull=False).count()
    assert 0.04 < late < 0.12
    undecided = Q(status__in=[ReportStatus.RECEIVED, ReportStatus.ASSESSED])
    assert ours.filter(undecided).count() >= 10
    assert (
        Deadline.objects.filter(matter__report__in=ours.filter(undecided)).overdue(on=ON).exists()
    )


def test_open_matters_are_about_four_hundred_in_every_state(demo: OrgUnit) -> None:
    ours = Investigation.objects.filter(unit=demo)
    ongoing = Intervention.objects.filter(unit=demo, status="ongoing").count()
    assert 380 <= ours.open().count() + ongoing <= 460
    in_group = Counter(ours.open().filter(group__code="barn-1").values_list("status", flat=True))
    assert in_group["waiting"] >= 3
    assert in_group["to_read"] >= 2
    due = Deadline.objects.filter(unit=demo)
    assert 5 <= due.filter(kind="investigation").overdue(on=ON).count() <= 20
    assert ours.open().filter(extended_to__isnull=False).count() >= 5
    assert ours.filter(reopens__isnull=False).exists()
    assert due.filter(kind="intervention_followup").overdue(on=ON).exists()
    load_of = {
        name: MatterWorker.objects.active(ON)
        .filter(user__username=name, matter__kind="investigation")
        .exclude(matter__investigation__status="concluded")
        .count()
        for name in ("utredare", "utredare2")
    }
    assert all(8 <= number <= 18 for number in load_of.values()), load_of


def test_every_worker_worked_in_the_group_on_the_days_they_handled(demo: OrgUnit) -> None:
    handlers = MatterWorker.objects.filter(matter__kind="investigation")
    wrong = handlers.exclude(
        user__role_assignments__node=F("matter__group"),
        user__role_assignments__from_on__lte=F("from_on"),
    )
    assert not wrong.exists()
    pairs = (
        Investigation.objects.exclude(status=InvestigationStatus.WAITING)
        .annotate(now=Count("matter__workers", filter=Q(matter__workers__until_on__isnull=True)))
        .exclude(now=2)
    )
    assert not pairs.exists()
    assert not handlers.filter(matter__investigation__status=InvestigationStatus.WAITING).exists()
    assert not Investigation.objects.filter(
        concluded_on__isnull=False, matter__workers__from_on__gt=F("concluded_on")
    ).exists()


def test_reports_and_interventions_have_a_worker_of_their_group(demo: OrgUnit) -> None:
    for kind, part in (("report", "reception"), ("intervention", "responsible")):
        rows = MatterWorker.objects.filter(matter__kind=kind)
        assert rows.exists()
        assert not rows.exclude(part=part).exists()
        assert not rows.exclude(user__role_assignments__node=F("matter__group")).exists()
    new = Q(status=ReportStatus.RECEIVED)
    assert not Report.objects.without_worker().exclude(new).exists()
    assert not Intervention.objects.filter(matter__workers__isnull=True).exists()
    for part, day in (
        ("reception", "matter__report__logged_at__date"),
        ("responsible", "matter__intervention__decided_on"),
    ):
        assert not MatterWorker.objects.filter(part=part).exclude(from_on=F(day)).exists()


def test_every_matter_says_what_the_row_of_its_kind_says(demo: OrgUnit) -> None:
    seen = 0
    for kind in matters.KINDS:
        rows = kind.with_facts(kind.rows.select_related("matter"))
        for record in rows.iterator(chunk_size=2_000):
            stored = {name: getattr(record.matter, name) for name in record.header()}
            assert (record.matter.kind, stored) == (kind.code, record.header()), record
            seen += 1
    assert seen == Matter.objects.count() > 5_000


def test_no_child_has_two_investigations_at_once_or_a_report_that_joins_a_closed_one(
    demo: OrgUnit,
) -> None:
    assert not Investigation.objects.filter(
        child__investigations__pk__gt=F("pk"),
        child__investigations__opened_on__lt=F("concluded_on"),
    ).exists()
    joined = Report.objects.filter(status=ReportStatus.JOINED)
    assert joined.exists()
    assert not joined.exclude(child=F("investigation__child")).exists()
    assert not joined.filter(decision__decided_on__lt=F("investigation__opened_on")).exists()
    assert not joined.filter(decision__decided_on__gt=F("investigation__concluded_on")).exists()
    opened = Report.objects.filter(status=ReportStatus.OPENED)
    assert not opened.exclude(decision__decided_on=F("investigation__opened_on")).exists()


def test_personal_identity_numbers_are_right_and_of_the_series_for_tests(demo: OrgUnit) -> None:
    numbers = Person.objects.filter(personal_identity_number__isnull=False)
    assert numbers.count() > 0.9 * Person.objects.count()
    for number, born, gender in numbers.values_list(
        "personal_identity_number", "birth_date", "gender"
    ):
        known = identity.parse(number, on=ON)
        assert (known.birth_date, known.gender) == (born, gender)
        assert 980 <= int(number[8:11]) <= 999
    assert 3 <= Person.objects.filter(unit=demo).exclude(protected_identity="none").count() <= 20


def test_nothing_lies_after_the_day_the_data_ends(demo: OrgUnit) -> None:
    midnight = datetime.combine(ON, time(0), tzinfo=STOCKHOLM)
    for model, field in (
        (Report, "received_at"),
        (Report, "logged_at"),
        (Report, "protection_assessment__recorded_at"),
        (Report, "decision__recorded_at"),
        (Report, "serious_talk__held_at"),
        (Report, "proposal__proposed_at"),
        (Note, "written_at"),
        (Investigation, "document__submitted_at"),
        (MatterWorker, "assigned_at"),
    ):
        latest = model._default_manager.aggregate(latest=Max(field))["latest"]
        assert latest < midnight, field
    for model, field in (
        (Report, "decision__decided_on"),
        (Report, "feedback__given_on"),
        (Investigation, "opened_on"),
        (Investigation, "concluded_on"),
        (Investigation, "communications__communicated_on"),
        (InterventionFollowUp, "followed_up_on"),
        (Intervention, "ended_on"),
        (Deadline, "met_on"),
    ):
        assert model._default_manager.aggregate(latest=Max(field))["latest"] < ON, field
    assert Report.objects.aggregate(latest=Max("received_on"))["latest"] == ON - timedelta(days=1)


def test_numbers_go_on_where_the_series_ended(demo: OrgUnit) -> None:
    for series in NumberSeries.objects.filter(unit=demo):
        model = {"": Report, "U": Investigation, "I": Intervention}[series.letter]
        start = f"ST-BOU-{series.year}-{series.letter}"
        numbers = model.objects.filter(number__regex=rf"^{start}[0-9]+$")
        assert numbers.count() == series.last
        assert numbers.aggregate(last=Max("number"))["last"] == f"{start}{series.last:05d}"
    number = next_number(demo, 2026)
    assert not Report.objects.filter(number=number).exists()


def test_sweep_the_same_day_finds_nothing_left_to_do(demo: OrgUnit) -> None:
    assert sweep(on=ON, at=MORNING) == SweepResult()
    assert release_departed(on=ON, at=MORNING) == 0
    stale = Deadline.objects.filter(overdue_since__isnull=False).exclude(
        overdue_since=F("due_on") + timedelta(days=1)
    )
    assert not stale.exists()
    assert Notice.objects.filter(deadline__isnull=False, read_at__isnull=True).exists()
    assert Escalation.objects.filter(deadline__met_on__isnull=False).exists()


def test_services_take_the_demo_data_further(demo: OrgUnit) -> None:
    leader = User.objects.get(username="gruppledare")
    waiting = Investigation.objects.filter(group__code="barn-1", group__parent=demo).waiting()[0]
    main, co = User.objects.workers_in(waiting.group_id, on=ON)[:2]
    investigations.assign_handlers(waiting.pk, main=main, co=co, from_on=ON, by=leader, at=MORNING)
    to_read = Investigation.objects.filter(
        group=waiting.group_id, status=InvestigationStatus.TO_READ
    ).exclude(violence="yes", police_report="not_decided")[0]
    done = investigations.conclude(
        to_read.pk,
        concluded_on=ON,
        outcome="no_intervention",
        rationale="Behovet är tillgodosett.",
        read_by_leader=True,
        left_open=LEFT,
        by=leader,
        at=MORNING,
    )
    assert done.status == InvestigationStatus.CONCLUDED
    assert list(deadlines.differences()) == []


def test_units_of_the_demo_share_neither_staff_nor_children(demo: OrgUnit) -> None:
    assert set(OrgUnit.objects.units().values_list("code", flat=True)) == {
        "ST-BOU",
        "EV-BOU",
        "D002-BOU",
    }
    for model in (Report, Investigation, Intervention, Deadline):
        assert not model._default_manager.exclude(child__unit=F("unit")).exists()
        assert not model._default_manager.exclude(group__parent=F("unit")).exists()


def test_every_unit_of_the_demo_is_measured_with_loads_around_the_norm(demo: OrgUnit) -> None:
    for unit in OrgUnit.objects.units():
        loads = capacity.loads(unit_id=unit.pk, on=ON)
        used = [load.percent for load in loads if load.percent and load.cases > 3]
        assert len(used) > 5
        assert 60 < sum(used) / len(used) < 130, unit
        now = capacity.weights_in_use([unit.pk], on=ON)[unit.pk]
        before = capacity.weights_in_use([unit.pk], on=ON - timedelta(days=700))[unit.pk]
        assert now.name != before.name
    assert IntroductionPlan.objects.exists()
    assert Reduction.objects.filter(reason="mentor").exists()


def rows_of(seed: int, on: date) -> dict[str, str]:
    batch = load.Batch({model._meta.label: 1 for model in load.NUMBERED})
    _people, _city, units = staff.build(batch, Random(f"{seed} staff"), on=on, password="x")
    rows.write(batch, units[1], Random(f"{seed} {units[1].code}"), on=on)
    return {model.__name__: repr(made) for model, made in batch.rows.items()}


def test_the_same_seed_and_day_give_the_same_data() -> None:
    first = rows_of(7, ON)
    assert rows_of(7, ON) == first
    assert rows_of(8, ON)["Report"] != first["Report"]


@pytest.mark.parametrize("day", ["2024-02-29", "2025-10-26", "2025-12-31", "2026-01-01"])
def test_any_day_can_be_the_last(day: str) -> None:
    rows = rows_of(3, date.fromisoformat(day))
    assert len(rows["Report"]) > 100_000
