"""Nothing without an owner: what happens to matters when their worker leaves."""

from datetime import date

from cases.enums import InvestigationStatus, NoticeKind
from cases.models import Notice
from cases.services.departures import release_departed
from organisation.models import RoleAssignment
from tests.factories import World, moment


def leave(world: World, name: str, last_day: date) -> None:
    RoleAssignment.objects.filter(user=world.people[name]).update(until_on=last_day)


def test_an_investigation_whose_pair_left_waits_for_handlers_again(world: World) -> None:
    investigation = world.investigation("2026-03-02")
    leave(world, "main", date(2026, 3, 31))
    leave(world, "co", date(2026, 3, 31))

    still_there = release_departed(on=date(2026, 3, 31), at=moment("2026-03-31"))
    released = release_departed(on=date(2026, 4, 1), at=moment("2026-04-01"))
    again = release_departed(on=date(2026, 4, 1), at=moment("2026-04-01"))

    assert (still_there.assignments, released.assignments, again.assignments) == (0, 2, 0)
    investigation.refresh_from_db()
    assert investigation.status == InvestigationStatus.WAITING
    assert {row.until_on for row in investigation.handler_assignments.all()} == {date(2026, 3, 31)}
    told = Notice.objects.filter(kind=NoticeKind.UNASSIGNED, investigation=investigation)
    assert world.leader.pk in told.values_list("recipient_id", flat=True)


def test_an_investigation_keeps_the_one_who_stays(world: World) -> None:
    investigation = world.investigation("2026-03-02")
    leave(world, "main", date(2026, 3, 31))
    release_departed(on=date(2026, 4, 1), at=moment("2026-04-01"))
    investigation.refresh_from_db()
    assert investigation.status == InvestigationStatus.ONGOING
    assert [row.user for row in investigation.handler_assignments.current()] == [world.co]


def test_a_closed_account_counts_as_having_left(world: World) -> None:
    report = world.report("2026-03-02")
    assert report.handler == world.reception
    world.reception.is_active = False
    world.reception.save()
    assert release_departed(on=date(2026, 3, 3), at=moment("2026-03-03")).reports == 1
    report.refresh_from_db()
    assert report.handler is None
