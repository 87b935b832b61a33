"""What the demo shows of access: somebody on duty, an emergency opening, a grant, two conflicts.

Made by the services, as people would, in the reference unit after all rows are there.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction

from cases.access import conflicts, emergency
from cases.access import grants as access
from cases.access.conflicts import ChildNamed
from cases.enums import EmergencyVerdict, GrantPurpose
from cases.investigations.models import Investigation
from cases.persons.models import Person
from core.calendar import STOCKHOLM
from organisation.enums import Role
from organisation.models import OrgUnit, RoleAssignment, User

SCHOOLS = ("Tallbacksskolan", "Stenhaga förskola", "Björkskolan", "Lindens förskola")


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=STOCKHOLM)


@transaction.atomic
def fill(*, on: date) -> None:
    """Yesterday's acts and last week's; nothing today, so that the day begins clean."""
    unit = OrgUnit.objects.get(code="ST-BOU")
    people = {
        user.username: user
        for user in User.objects.filter(
            username__in=["mottagare", "enhetschef", "gruppledare", "utredare2", "samordnare"]
        )
    }
    head, leader = people["enhetschef"], people["gruppledare"]
    monday = on - timedelta(days=on.weekday())
    RoleAssignment.objects.create(
        user=people["mottagare"],
        role=Role.ON_DUTY,
        node=unit,
        from_on=monday,
        until_on=monday + timedelta(days=6),
    )
    elsewhere = list(
        Investigation.objects.open()
        .filter(unit=unit, group__code__in=["barn-2", "ungdom-1", "ungdom-2"])
        .filter(child__protected_identity="none")
        .select_related("child")
        .order_by("pk")[:4]
    )
    for number, child in enumerate(
        Person.objects.filter(unit=unit).exclude(protected_identity="none").order_by("pk")
    ):
        child.school = SCHOOLS[number % len(SCHOOLS)]
        child.whereabouts = "Skyddat boende, uppgift hos gruppledaren"
        child.save(update_fields=["school", "whereabouts"])
    if len(elsewhere) < 4:
        return
    last_week, yesterday = on - timedelta(days=8), on - timedelta(days=1)
    reviewed = emergency.open_case(
        elsewhere[0].child_id,
        reason="Polisen ringde: barnet har hittats ensamt i centrum. Ingen handläggare nås.",
        hours=2,
        by=leader,
        at=_at(last_week, 20),
    )
    emergency.review(
        reviewed.pk,
        verdict=EmergencyVerdict.JUSTIFIED,
        note="Befogad. Handläggarna informerades morgonen efter.",
        by=head,
        at=_at(last_week + timedelta(days=1), 9),
    )
    emergency.open_case(
        elsewhere[1].child_id,
        reason="Barnet ringde själv och ville inte gå hem. Behövde se planen för skyddet.",
        hours=4,
        by=leader,
        at=_at(yesterday, 18),
    )
    access.grant_reading(
        elsewhere[2].pk,
        reader=leader,
        purpose=GrantPurpose.STATED_NEED,
        reason="Syskon utreds i barn-1.",
        from_on=yesterday,
        until_on=yesterday + timedelta(days=14),
        by=head,
        at=_at(yesterday, 10),
    )
    conflicts.declare(
        ChildNamed(child_id=elsewhere[3].child_id),
        staff=people["utredare2"],
        category="relative",
        includes_siblings=True,
        note="Kusin till vårdnadshavaren.",
        from_on=yesterday,
        by=head,
        at=_at(yesterday, 11),
    )
    conflicts.declare(
        ChildNamed(first_name="Sixten", last_name="Ahlgren", birth_date=date(2015, 5, 17)),
        staff=people["samordnare"],
        category="neighbour",
        includes_siblings=False,
        note="Granne.",
        from_on=yesterday,
        by=people["samordnare"],
        at=_at(yesterday, 13),
    )
