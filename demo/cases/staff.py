"""The organisation of the demonstration: the tree, the people and their ties to it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from core.calendar import STOCKHOLM, add_months
from demo.cases import words
from demo.cases.load import Batch
from demo.cases.units import REFERENCE, SMALL, PlannedWorker, Size, Unit
from organisation.enums import (
    AbsenceReason,
    EmploymentForm,
    EndReason,
    Experience,
    GroupFunction,
    Level,
    Role,
)
from organisation.models import Absence, Employment, OrgUnit, RoleAssignment, User

FUNCTIONS = {
    "mottagning": GroupFunction.RECEPTION,
    "barn-1": GroupFunction.CHILD,
    "barn-2": GroupFunction.CHILD,
    "ungdom-1": GroupFunction.YOUTH,
    "ungdom-2": GroupFunction.YOUTH,
    "familjevard": GroupFunction.FAMILY_HOME,
    "internt-stod": GroupFunction.SUPPORT,
}
_GROUP_ROLE = {
    "mottagning": Role.RECEPTION,
    "familjevard": Role.FAMILY_HOME_WORKER,
}

# username: (group, order among the group's workers). Leaders and unit roles are named below.
_DEMO_WORKERS = {
    ("mottagning", 0): "mottagare",
    ("barn-1", 0): "utredare",
    ("barn-1", 1): "utredare2",
    ("ungdom-1", 0): "konsult",
    ("familjevard", 0): "familjehem",
    ("internt-stod", 0): "funktionsnedsattning",
}


class Staff:
    """Builds the tree and its people; one for the whole load, so that user names stay unique."""

    def __init__(self, batch: Batch, *, on: date, password: str) -> None:
        self.batch = batch
        self.on = on
        self.password = password
        self.paths: dict[int, str] = {}
        self.taken: set[str] = set()
        self.numbers = 0
        # The last moment before the day the data ends.
        self.joined = datetime.combine(on - timedelta(days=1), time(12), tzinfo=STOCKHOLM)

    def node(
        self, level: str, code: str, name: str, parent: int | None = None, function: str = ""
    ) -> int:
        pk = self.batch.new_id(OrgUnit)
        self.paths[pk] = f"{self.paths[parent] if parent else '/'}{pk}/"
        return self.batch.add(
            OrgUnit,
            pk,
            level=level,
            parent_id=parent,
            code=code,
            name=name,
            path=self.paths[pk],
            function=function,
            active=True,
        )

    def user(self, rng: Random, username: str = "", *, active: bool = True) -> tuple[int, str]:
        first = rng.choice(words.WOMEN if rng.random() < 0.8 else words.MEN)
        last = rng.choice(words.SURNAMES)
        self.numbers += 1
        if not username:
            plain = f"{first}.{last}".lower().translate(_PLAIN)
            username = plain if plain not in self.taken else f"{plain}{self.numbers}"
        self.taken.add(username)
        pk = self.batch.add(
            User,
            password=self.password if active else "!left",
            last_login=None,
            is_superuser=False,
            username=username,
            first_name=first,
            last_name=last,
            email=f"{username}@example.org",
            is_staff=False,
            is_active=active,
            date_joined=self.joined,
            employee_number=f"D{self.numbers:06d}",
            phone=f"08-000 {rng.randrange(10, 100)} {rng.randrange(10, 100)}",
            language="sv",
        )
        return pk, username

    def role(
        self, user: int, role: str, node: int, from_on: date, until_on: date | None = None
    ) -> None:
        self.batch.add(
            RoleAssignment,
            user_id=user,
            role=role,
            node_id=node,
            from_on=from_on,
            until_on=until_on,
        )

    def employment(
        self,
        rng: Random,
        user: int,
        administration: int,
        unit: int | None,
        profession: str,
        from_on: date,
        *,
        form: str = EmploymentForm.PERMANENT,
        until_on: date | None = None,
        reason: str = "",
        on_leave: bool = False,
    ) -> None:
        years = (self.on - from_on).days / 365
        experience = (
            Experience.EXPERIENCED
            if form == EmploymentForm.CONSULTANT
            else Experience.NEW
            if years < 1
            else Experience.USED
            if years < 3
            else Experience.EXPERIENCED
            if years < 5
            else Experience.EXPERT
        )
        self.batch.add(
            Employment,
            user_id=user,
            administration_id=administration,
            unit_id=unit,
            profession=profession,
            form=form,
            hours_percent=rng.choice((100, 100, 100, 100, 80, 75)),
            experience=experience,
            started_on=from_on,
            ended_on=until_on,
            end_reason=reason,
            on_leave=on_leave,
        )

    def member(
        self,
        rng: Random,
        role: str,
        node: int,
        administration: int,
        unit: int | None,
        profession: str,
        *,
        username: str = "",
        years: tuple[float, float] = (2.6, 16),
        form: str = EmploymentForm.PERMANENT,
    ) -> PlannedWorker:
        """Someone who works here now, since `years` ago."""
        from_on = self.on - timedelta(days=round(rng.uniform(*years) * 365.25))
        pk, name = self.user(rng, username)
        self.employment(rng, pk, administration, unit, profession, from_on, form=form)
        self.role(pk, role, node, from_on)
        return PlannedWorker(pk, name, from_on)

    def former(
        self, rng: Random, role: str, node: int, administration: int, unit: int
    ) -> PlannedWorker:
        """Someone who worked here and left within the last two years."""
        until_on = self.on - timedelta(days=rng.randrange(20, LIVED))
        from_on = until_on - timedelta(days=rng.randrange(900, 3000))
        pk, name = self.user(rng, active=False)
        reason = rng.choice(_WHY_LEFT)
        self.employment(
            rng,
            pk,
            administration,
            unit,
            SOCIAL_WORKER,
            from_on,
            until_on=until_on,
            reason=reason,
        )
        self.role(pk, role, node, from_on, until_on)
        return PlannedWorker(pk, name, from_on, until_on)

    def predecessors(self, rng: Random, made: Unit, administration: int) -> None:
        """Who has left: permanent staff before the two years that are written, and consultants of
        a spring or an autumn, fewer each year. None of them has a case here; figures of staffing
        reach further back than cases do.
        """
        workers = sum(made.size.workers.values())

        def gone(
            from_on: date,
            until_on: date,
            *,
            before: date,
            form: str = EmploymentForm.PERMANENT,
            reason: str = "",
        ) -> None:
            if until_on < before:
                pk, _name = self.user(rng, active=False)
                self.employment(
                    rng,
                    pk,
                    administration,
                    made.id,
                    SOCIAL_WORKER,
                    from_on,
                    until_on=until_on,
                    form=form,
                    reason=reason,
                )
                self.role(
                    pk,
                    Role.INVESTIGATOR,
                    rng.choice([made.groups[group] for group in sorted(made.groups)]),
                    from_on,
                    until_on,
                )

        for back in range(7, 0, -1):
            year = self.on.year - back
            for _ in range(round(workers * rng.uniform(0.1, 0.22))):
                until_on = date(year, 1, 1) + timedelta(days=rng.randrange(360))
                gone(
                    until_on - timedelta(days=rng.randrange(500, 3000)),
                    until_on,
                    before=self.on - timedelta(days=LIVED),
                    reason=rng.choice(_WHY_LEFT),
                )
            for _ in range(rng.randrange(back // 3, back // 2 + 2)):
                from_on = date(year, rng.choice((1, 2, 8, 9)), rng.randrange(1, 28))
                gone(
                    from_on,
                    from_on + timedelta(days=rng.randrange(100, 330)),
                    before=self.on,
                    form=EmploymentForm.CONSULTANT,
                )

    def unit(
        self,
        rng: Random,
        *,
        code: str,
        name: str,
        department: int,
        administration: int,
        size: Size,
        accounts: dict[str, str],
    ) -> Unit:
        """A unit with its groups and people; `accounts` names those with a demo user name."""
        pk = self.node(Level.UNIT, code, name, department)
        made = Unit(pk, code, size)

        def member(
            role: str, node: int, profession: str, key: str, **more: object
        ) -> PlannedWorker:
            return self.member(
                rng,
                role,
                node,
                administration,
                pk,
                profession,
                username=accounts.get(key, ""),
                **more,  # type: ignore[arg-type]
            )

        made.head = member(Role.UNIT_HEAD, pk, "Enhetschef", "head").id
        for index in range(size.coordinators):
            member(Role.COORDINATOR, pk, "Samordnare", f"coordinator-{index}")
        for index in range(size.administrators):
            member(Role.ADMINISTRATOR, pk, "Administratör", f"administrator-{index}")
        if "familjevard" in size.workers:
            member(Role.PLACEMENT_SECRETARY, pk, "Placeringssekreterare", "placement")
        for group, number in size.workers.items():
            node = self.node(Level.GROUP, group, words.GROUP_NAMES[group], pk, FUNCTIONS[group])
            made.groups[group] = node
            made.leaders[group] = member(
                Role.GROUP_LEADER, node, "Biträdande enhetschef", f"leader-{group}"
            ).id
            role = _GROUP_ROLE.get(group, Role.INVESTIGATOR)
            made.workers[group] = workers = []
            for index in range(number):
                if group == "internt-stod":
                    workers.append(
                        member(Role.DISABILITY_WORKER, pk, SOCIAL_WORKER, f"{group}-{index}")
                    )
                    continue
                form, years = EmploymentForm.PERMANENT, (2.6, 16.0)
                if index == number - 1 and number > 3:
                    years = (0.1, 0.8)
                elif index == number - 2 and number > 3:
                    form, years = EmploymentForm.TEMPORARY, (0.4, 1.6)
                elif group.startswith("ungdom") and index == 0 and number > 4:
                    form, years = EmploymentForm.CONSULTANT, (0.5, 0.9)
                here = Role.CHILD_WORKER if group == "familjevard" and index >= 4 else role
                workers.append(
                    member(here, node, SOCIAL_WORKER, f"{group}-{index}", form=form, years=years)
                )
            if group not in ("familjevard", "internt-stod"):
                workers += [
                    self.former(rng, role, node, administration, pk)
                    for _ in range(2 if number > 4 else 1)
                ]
        made.away = self._absences(rng, made)
        # Chances of its own: whoever left before changes nothing of who is here.
        self.predecessors(Random(f"{code} {self.on} before"), made, administration)  # noqa: S311
        return made

    def _absences(self, rng: Random, unit: Unit) -> frozenset[int]:
        """Some colleagues away right now, each with a stand-in who is there."""
        away = set()
        for group, order, reason, before, after in (
            ("barn-1", 3, AbsenceReason.CARE_OF_CHILD, 1, 2),
            ("mottagning", 2, AbsenceReason.ILLNESS, 3, 4),
            ("ungdom-2", 3, AbsenceReason.PARENTAL_LEAVE, 40, 160),
            ("barn-2", 2, AbsenceReason.HOLIDAY, 4, 9),
        ):
            here = unit.here(group, self.on) if group in unit.groups else []
            if len(here) <= order:
                continue
            person = here[order]
            # In barn-1 the demo account `utredare` stands in, to show what that looks like.
            self.batch.add(
                Absence,
                user_id=person.id,
                from_on=self.on - timedelta(days=before),
                until_on=self.on + timedelta(days=after),
                reason=reason,
                stand_in_id=here[0].id,
            )
            away.add(person.id)
        for group in unit.groups:
            for worker in unit.here(group, self.on):
                # Last summer's holiday, in the past for everybody.
                summer = date(self.on.year, 7, 1 + rng.randrange(14))
                if summer + timedelta(days=28) >= self.on:
                    summer = add_months(summer, -12)
                if worker.from_on < summer and worker.id not in away:
                    self.batch.add(
                        Absence,
                        user_id=worker.id,
                        from_on=summer,
                        until_on=summer + timedelta(days=27),
                        reason=AbsenceReason.HOLIDAY,
                        stand_in_id=None,
                    )
        return frozenset(away)


LIVED = 680
"""Days before the last within which staff with cases have left."""
SOCIAL_WORKER = "Socialsekreterare"
_WHY_LEFT = (
    EndReason.OWN_REQUEST_EXTERNAL,
    EndReason.OWN_REQUEST_EXTERNAL,
    EndReason.OWN_REQUEST_INTERNAL,
    EndReason.RETIREMENT,
)
_PLAIN = str.maketrans("åäöÅÄÖÇçéü -", "aaoaaocceu..")

REFERENCE_ACCOUNTS = {
    "head": "enhetschef",
    "coordinator-0": "samordnare",
    "administrator-0": "administrator",
    "placement": "placering",
    "leader-barn-1": "gruppledare",
    **{f"{group}-{order}": name for (group, order), name in _DEMO_WORKERS.items()},
}
OTHER_ACCOUNTS = {"head": "annan.enhet"}


def build(batch: Batch, rng: Random, *, on: date, password: str) -> tuple[Staff, int, list[Unit]]:
    """The city with the reference unit and the small one; also the city's node, for more."""
    staff = Staff(batch, on=on, password=password)
    city = staff.node(Level.MUNICIPALITY, "STAD", "Mälarvinge stad")
    first = staff.node(
        Level.ADMINISTRATION, "ST", "Stenhaga-Tallbackens stadsdelsförvaltning", city
    )
    department = staff.node(
        Level.DEPARTMENT, "ST-IFO", "Avdelningen för individ- och familjeomsorg", first
    )
    reference = staff.unit(
        rng,
        code="ST-BOU",
        name="Barn- och ungdomsenheten Stenhaga-Tallbacken",
        department=department,
        administration=first,
        size=REFERENCE,
        accounts=REFERENCE_ACCOUNTS,
    )
    staff.member(
        rng,
        Role.DEPARTMENT_HEAD,
        department,
        first,
        None,
        "Avdelningschef",
        username="avdelningschef",
    )
    staff.member(rng, Role.DIRECTOR, first, first, None, "Stadsdelsdirektör")
    staff.member(
        rng,
        Role.SYSTEM_ADMINISTRATOR,
        city,
        first,
        None,
        "Systemförvaltare",
        username="systemadmin",
    )
    second = staff.node(Level.ADMINISTRATION, "EV", "Ekvik-Västerängens stadsdelsförvaltning", city)
    department = staff.node(Level.DEPARTMENT, "EV-IFO", "Individ- och familjeomsorgen", second)
    other = staff.unit(
        rng,
        code="EV-BOU",
        name="Barn- och ungdomsenheten Ekvik-Västeräng",
        department=department,
        administration=second,
        size=SMALL,
        accounts=OTHER_ACCOUNTS,
    )
    return staff, city, [reference, other]


def another(staff: Staff, rng: Random, *, city: int, number: int) -> Unit:
    """One more unit of the reference size, in an administration of its own."""
    code = f"D{number:03d}"
    place = words.PLACES[number % len(words.PLACES)]
    administration = staff.node(
        Level.ADMINISTRATION, code, f"{place}s stadsdelsförvaltning {number}", city
    )
    department = staff.node(
        Level.DEPARTMENT, f"{code}-IFO", "Individ- och familjeomsorgen", administration
    )
    return staff.unit(
        rng,
        code=f"{code}-BOU",
        name=f"Barn- och ungdomsenheten {place} {number}",
        department=department,
        administration=administration,
        size=REFERENCE,
        accounts={},
    )
