"""Weight sets and many cases for tests of the workload."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from cases.enums import HandlerPart, InvestigationStatus
from cases.investigations.models import Investigation
from cases.matters.models import MatterWorker
from cases.persons.models import Person
from organisation.enums import EmploymentForm, Role
from organisation.models import Employment, OrgUnit, RoleAssignment, User
from tests.factories import LONG_AGO, World, moment
from workload.models import CaseFactor, WeightSet
from workload.services import weights


def use_example(
    world: World, *, from_on: date = LONG_AGO, unit: OrgUnit | None = None
) -> WeightSet:
    """The example set in use in the unit since that day."""
    made = weights.example(unit=unit or world.unit, by=world.head, at=moment("2020-01-01"))
    with transaction.atomic():
        weights.put_in_use(made, from_on=from_on)
    return made


def many(world: World, *, workers: int, cases: int, on: date) -> list[User]:
    """That many more workers of barn-1, and cases with judgements spread over pairs of them."""
    group = world.groups["barn-1"]
    users = User.objects.bulk_create(
        User(username=f"many{n}", first_name=f"N{n:03}", last_name="Många") for n in range(workers)
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=user, role=Role.INVESTIGATOR, node=group, from_on=LONG_AGO)
        for user in users
    )
    Employment.objects.bulk_create(
        Employment(
            user=user,
            administration=world.administration,
            profession="Socialsekreterare",
            form=EmploymentForm.PERMANENT,
            started_on=LONG_AGO,
        )
        for user in users
    )
    children = Person.objects.bulk_create(
        Person(unit=world.unit, first_name=f"B{n}", created_at=moment("2025-01-01"))
        for n in range(cases)
    )
    opened = Investigation.objects.bulk_create(
        Investigation(
            unit=world.unit,
            group=group,
            number=f"MANY-{n}",
            child=child,
            status=InvestigationStatus.ONGOING,
            opened_on=on - timedelta(days=n % 120),
            opened_by=world.leader,
        )
        for n, child in enumerate(children)
    )
    MatterWorker.objects.bulk_create(
        MatterWorker(
            matter=case.matter,
            user=users[(n + step) % workers],
            part=part,
            from_on=case.opened_on,
            assigned_by=world.leader,
            assigned_at=moment("2025-01-01"),
        )
        for n, case in enumerate(opened)
        for step, part in enumerate((HandlerPart.MAIN, HandlerPart.CO))
        if workers > step
    )
    CaseFactor.objects.bulk_create(
        CaseFactor(
            matter=case.matter,
            factor_code=factor,
            level_code=level,
            from_on=case.opened_on,
            assessed_by=world.leader,
            assessed_at=moment("2025-01-01"),
        )
        for case in opened
        for factor, level in (
            ("complexity", "usual"),
            ("complexity", "complex"),
            ("court", "none"),
            ("placement", "none"),
            ("cooperation", "hard"),
        )
    )
    return users
