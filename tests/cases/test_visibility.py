"""A deadline is seen by exactly those who may read its matter, however it is asked for."""

from datetime import date

from cases.access import grants as access_services
from cases.deadlines.models import Deadline
from cases.interventions.models import Intervention
from cases.investigations.models import Investigation
from cases.matters.models import Matter
from cases.reports.models import Report
from organisation.models import Absence
from organisation.permissions import access_for
from tests.factories import World, moment
from tests.factories.populated import populate

TODAY = date(2026, 7, 10)


def test_everybody_sees_the_deadlines_of_what_they_may_read_and_no_others(world: World) -> None:
    populate(world, TODAY)
    # Of another group, and decided by another: nothing that the leader has a part in.
    world.decide(world.report("2026-03-02 09:00"), "2026-03-03", group="barn-2")
    Absence.objects.create(
        user=world.main, stand_in=world.worker2, from_on=TODAY, until_on=TODAY, reason="illness"
    )
    granted = Investigation.objects.filter(unit=world.unit).exclude(group__code="barn-2").first()
    assert granted is not None
    access_services.grant_reading(
        granted.pk,
        reader=world.family_home_worker,
        reason="Närläsning.",
        from_on=TODAY,
        until_on=TODAY,
        by=world.head,
        at=moment("2026-07-10"),
    )
    seen, expected = {}, {}
    for name, user in world.people.items():
        access = access_for(user, on=TODAY)
        seen[name] = set(Deadline.objects.visible_to(access).values_list("pk", flat=True))
        reached = {
            pk
            for model in (Report, Investigation, Intervention)
            for pk in model.objects.visible_to(access).values_list("pk", flat=True)
        }
        assert reached == set(Matter.objects.visible_to(access).values_list("pk", flat=True))
        expected[name] = set(
            Deadline.objects.filter(matter__in=reached).values_list("pk", flat=True)
        )
    assert seen == expected
    assert seen["head"] > seen["leader"] > set()
    assert seen["worker2"] >= seen["main"] > set()
    assert seen["family_home_worker"]
    assert not seen["stranger"]
