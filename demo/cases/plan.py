"""What happens to whom and when in one unit: families, reports, investigations. Pure.

The proportions are those of the reference unit; the sizes come from `units.Size`. Everything lies
before the day `on`, so that the data never runs ahead of the clock.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from cases.enums import (
    MANDATED_REPORTERS,
    ConcernReason,
    InvestigationOutcome,
    InvestigationType,
    OpeningOutcome,
    ReporterCategory,
    ReportKind,
)
from core import calendar
from core.calendar import (
    ONE_DAY,
    STOCKHOLM,
    add_months,
    last_working_day_on_or_before,
    next_working_day,
)
from demo.cases import proportions, words
from demo.cases.people import Family, Inquiry, PlannedChild, PlannedContact, PlannedMatter
from demo.cases.units import Size

# Asked a hundred thousand times a unit about the same thousand days.
is_working_day = cache(calendar.is_working_day)


def working_day(day: date, *, not_before: date) -> date:
    return last_working_day_on_or_before(max(day, not_before), not_before=not_before)


class Planner:
    """Plans one unit's two years; the result is in `contacts` and `inquiries`."""

    def __init__(self, rng: Random, size: Size, groups: list[str], *, on: date) -> None:
        self.rng = rng
        self.size = size
        self.on = on
        self.first = add_months(on, -24)
        self.middle = add_months(on, -12)
        self.contacts: list[PlannedContact] = []
        self.inquiries: list[Inquiry] = []
        self.quiet: list[Family] = []
        self.numbers: set[str] = set()
        self._given: dict[tuple[bool, str], int] = {}
        self.child_groups = [g for g in groups if g.startswith("barn")]
        self.youth_groups = [g for g in groups if g.startswith("ungdom")]
        self._categories = list(proportions.CATEGORIES)
        self._category_weights = list(accumulate(proportions.CATEGORIES.values()))
        # Days with their weights: half a year of forerunners, then the two years.
        start = add_months(self.first, -7)
        self._day0 = start
        total, self._weights = 0.0, [0.0]
        for offset in range((on - start).days):
            day = start + timedelta(days=offset)
            total += proportions.MONTHS[day.month - 1] * proportions.WEEKDAYS[day.weekday()]
            self._weights.append(total)

    def plan(self) -> None:
        size = self.size
        self._fill(size.closed_before, self.first, self.middle)
        before = list(self.inquiries)
        self._come_back(before)
        self._fill(size.closed_last, self.middle, self.on)
        after = [i for i in self.inquiries if i.concluded_on and i.concluded_on >= self.middle]
        self._return_sometimes(after)
        self._fill_open()
        self._join()
        self._earlier()
        self._everything_else()
        self.contacts.sort(key=lambda c: c.received_at)

    # People

    def _number(self, born: date, gender: str) -> str | None:
        """A personal identity number of the series for tests: birth numbers 980-999."""
        serials = list(range(980 + (gender == "boy"), 1000, 2))
        self.rng.shuffle(serials)
        for serial in serials:
            nine = f"{born:%y%m%d}{serial}"
            total = 0
            for index, digit in enumerate(nine):
                doubled = int(digit) * (2 - index % 2)
                total += doubled - 9 if doubled > 9 else doubled
            number = f"{born:%Y%m%d}{serial}{-total % 10}"
            if number not in self.numbers:
                self.numbers.add(number)
                return number
        return None

    def _family(self, day: date, *, ages: tuple[int, int], boys: float, children: int) -> Family:
        rng = self.rng
        family = Family(
            last_name=rng.choice(words.SURNAMES),
            address=(
                f"{rng.choice(words.STREETS)} {rng.randrange(1, 90)}, {rng.choice(words.PLACES)}"
            ),
            language=rng.choice(words.LANGUAGES) if rng.random() < 0.12 else "",
        )
        if rng.random() < 0.08:
            family.last_name = f"{family.last_name}-{rng.choice(words.SURNAMES)}"
        low, high = ages
        age = int(rng.triangular(low, high + 1, low + 0.85 * (high - low)))
        for index in range(children):
            if index:
                age = min(17, max(0, age + rng.choice((-5, -4, -3, -2, -2, 2, 2, 3, 4, 5))))
            gender = "boy" if rng.random() < boys else "girl"
            name = rng.choice(words.BOYS if gender == "boy" else words.GIRLS)
            if rng.random() < 0.006 and not index and low == 0:
                family.children.append(
                    PlannedChild(family, "", "unknown", None, None, day + timedelta(days=100))
                )
                continue
            born = day - timedelta(days=round(age * 365.25) + rng.randrange(20, 345))
            unknown = rng.random() < 0.012
            number = None if unknown else self._number(born, gender)
            family.children.append(
                PlannedChild(family, name, gender, None if unknown else born, number)
            )
        return family

    def _day(self, first: date, until: date) -> date:
        """A day from `first`, before `until`, by season and day of the week."""
        low = self._weights[(first - self._day0).days]
        high = self._weights[(until - self._day0).days]
        offset = bisect_left(self._weights, self.rng.uniform(low, high))
        return min(max(self._day0 + timedelta(days=offset - 1), first), until - ONE_DAY)

    # Contacts

    def _contact(
        self, day: date, family: Family | None = None, children: list[PlannedChild] | None = None
    ) -> PlannedContact:
        rng = self.rng
        category = rng.choices(self._categories, cum_weights=self._category_weights)[0]
        ages = proportions.AGES.get(category, (0, 17))
        offender = False
        if family is None:
            count = rng.choices((1, 2, 3, 4), (70, 20, 8, 2))[0]
            boys = 0.5
            if category == ReporterCategory.POLICE and rng.random() < 0.52:
                offender, count, boys, ages = True, 1, 0.74, (12, 18)
            family = self._family(day, ages=ages, boys=boys, children=count)
            children = family.children
        assert children
        oldest = max(child.age_on(day) for child in children)
        if not ages[0] <= oldest <= ages[1]:
            category = (
                ReporterCategory.SOCIAL_SERVICES if oldest > 17 else ReporterCategory.HEALTH_CARE
            )
        pool = (
            proportions.YOUNG_OFFENDER
            if offender
            else proportions.REASONS.get(category, proportions.HOME)
        )
        reasons = [rng.choice(pool).value]
        if rng.random() < 0.3:
            second = rng.choice(proportions.HOME).value
            if second not in reasons:
                reasons.append(second)
        application = category in (ReporterCategory.PARENT, ReporterCategory.CHILD)
        contact = PlannedContact(
            received_at=self._moment(day, category),
            category=category.value,
            kind=(
                ReportKind.APPLICATION if application and rng.random() < 0.5 else ReportKind.REPORT
            ).value,
            reasons=reasons,
            is_crime_report=ConcernReason.CRIME.value in reasons,
            wants_feedback=category in MANDATED_REPORTERS and rng.random() < 0.55,
        )
        contact.matters = [PlannedMatter(contact, child) for child in children]
        self.contacts.append(contact)
        if family.seen_until is None or family.seen_until < day:
            family.seen_until = day
        return contact

    def _moment(self, day: date, category: str) -> datetime:
        rng = self.rng
        night = category == ReporterCategory.POLICE and rng.random() < 0.45
        if night or not is_working_day(day):
            hour = rng.choice((0, 1, 17, 18, 19, 20, 21, 22, 22))
        else:
            hour = rng.choice((8, 8, 9, 9, 10, 10, 11, 12, 13, 13, 14, 14, 15, 16))
        return datetime.combine(day, time(hour, rng.randrange(60)), tzinfo=STOCKHOLM)

    def _decided_on(self, received_at: datetime, *, slow: bool = True) -> date:
        """The day of the decision: within fourteen days mostly, a working day."""
        rng = self.rng
        received = received_at.date()
        if slow and rng.random() < 0.08:
            day = received + timedelta(days=rng.randint(15, 26))
            return day if is_working_day(day) else next_working_day(day)
        day = received + timedelta(days=round(rng.triangular(0, 14, 9)))
        # What came in the evening is assessed the next day and decided after that.
        earliest = received + ONE_DAY if received_at.hour >= 14 else received
        day = working_day(max(day, earliest), not_before=earliest)
        if not is_working_day(day):
            day = next_working_day(day)
        return day

    def _close(self, contact: PlannedContact, day: date | None = None) -> None:
        """Not opened, if the decision falls before the data ends."""
        day = day or self._decided_on(contact.received_at)
        if day >= self.on:
            return
        for matter in contact.matters:
            matter.decided_on = day
            matter.outcome = OpeningOutcome.DO_NOT_OPEN.value

    # Investigations

    def _course(
        self, opened_on: date, *, short: bool, fate: str = ""
    ) -> tuple[date, list[tuple[date, date, date]]]:
        """The last day of an investigation, and its extensions (decided, from, until)."""
        rng = self.rng
        due_on = add_months(opened_on, 4)
        if short and not fate:
            end = opened_on + timedelta(days=rng.randint(18, 55))
            return self._working(end), []
        fate = fate or rng.choices(("in_time", "late", "extended"), (86, 7, 7))[0]
        if fate == "late":
            return self._working(due_on + timedelta(days=rng.randint(3, 40))), []
        if fate == "extended":
            decided = working_day(due_on - timedelta(days=rng.randint(2, 14)), not_before=opened_on)
            until = add_months(due_on, rng.choice((1, 1, 2)))
            end = until - timedelta(days=rng.randint(0, 12))
            return self._working(end), [(decided, due_on, until)]
        days = (due_on - opened_on).days
        return self._working(
            opened_on + timedelta(days=round(rng.triangular(40, days, days - 8))), before=due_on
        ), []

    def _working(self, day: date, *, before: date | None = None) -> date:
        if is_working_day(day):
            return day
        later = next_working_day(day)
        if before is None or later <= before:
            return later
        return working_day(day, not_before=day - timedelta(days=6))

    def _give(self, made: list[Inquiry]) -> None:
        """The groups that receive a family's investigations: by age, those with fewest first."""
        for inquiry in made:
            if inquiry.type == InvestigationType.SHORT:
                inquiry.group = "mottagning"
                continue
            young = inquiry.child.age_on(inquiry.opened_on) >= 13
            groups = self.youth_groups if young else self.child_groups
            siblings = [i.group for i in made if i.group in groups]
            is_open = inquiry.ends_on >= self.on
            inquiry.group = (
                siblings[0]
                if siblings
                else min(groups, key=lambda group: self._given.get((is_open, group), 0))
            )
            given = (is_open, inquiry.group)
            self._given[given] = self._given.get(given, 0) + 1

    def _open(
        self,
        contact: PlannedContact,
        *,
        decided_on: date | None = None,
        fate: str = "",
    ) -> list[Inquiry]:
        """What opening investigations for all the contact's children would give."""
        rng = self.rng
        opened = decided_on or self._decided_on(contact.received_at)
        short = not fate and rng.random() < 0.1
        type_ = InvestigationType.SHORT if short else InvestigationType.ORDINARY
        if not short and rng.random() < 0.05:
            type_ = InvestigationType.INTENSIVE_HOME
        ends_on, extensions = self._course(opened, short=short, fate=fate)
        outcome = rng.choices(
            (InvestigationOutcome.INTERVENTION, InvestigationOutcome.NO_INTERVENTION), (46, 54)
        )[0]
        moved = rng.random() < 0.025
        made = []
        for matter in contact.matters:
            inquiry = Inquiry(
                child=matter.child,
                matter=matter,
                group="",
                type=type_.value,
                opened_on=opened,
                ends_on=ends_on,
                extended=extensions,
                outcome=(InvestigationOutcome.CHILD_MOVED_COMPLETED if moved else outcome).value,
            )
            made.append(inquiry)
        return made

    def _keep(self, contact: PlannedContact, made: list[Inquiry]) -> None:
        self._give([inquiry for inquiry in made if inquiry.opened_on < self.on])
        for matter, inquiry in zip(contact.matters, made, strict=True):
            if inquiry.opened_on >= self.on:
                continue
            matter.decided_on = inquiry.opened_on
            matter.outcome = OpeningOutcome.OPEN.value
            matter.investigation = inquiry
            inquiry.extended = [e for e in inquiry.extended if e[0] < self.on]
            if inquiry.ends_on < self.on:
                inquiry.concluded_on = inquiry.ends_on
            self.inquiries.append(inquiry)

    def _fill(self, wanted: int, first: date, until: date) -> None:
        """Investigations of `wanted` children, each concluded from `first` and before `until`."""
        left = wanted - sum(
            1 for i in self.inquiries if i.concluded_on and first <= i.concluded_on < until
        )
        while left > 0:
            contact = self._contact(self._day(first - timedelta(days=150), until))
            del contact.matters[left:]
            made = self._open(contact)
            if not first <= made[0].ends_on < until:
                self.contacts.pop()
                continue
            self._keep(contact, made)
            left -= len(made)

    def _fill_open(self) -> None:
        """Investigations open at the end: some past their day, some extended, the rest in time."""
        size, on = self.size, self.on
        scale = size.open / proportions.REFERENCE_OPEN
        for fate, number in (("late", round(11 * scale)), ("extended", round(13 * scale))):
            while number > 0:
                if fate == "late":
                    opened = add_months(on - timedelta(days=self.rng.randint(2, 33)), -4)
                else:
                    opened = add_months(on + timedelta(days=self.rng.randint(-25, 3)), -4)
                opened = working_day(opened, not_before=opened - timedelta(days=7))
                received = working_day(
                    opened - timedelta(days=self.rng.randint(3, 13)), not_before=self._day0
                )
                contact = self._contact(received)
                del contact.matters[number:]
                made = self._open(contact, decided_on=opened, fate=fate)
                if not made[0].ends_on >= on or (
                    fate == "extended" and made[0].extended[0][0] >= on
                ):
                    self.contacts.pop()
                    continue
                self._keep(contact, made)
                number -= len(made)
        left = size.open - sum(1 for i in self.inquiries if i.is_open)
        while left > 0:
            # The latest reports are mostly undecided still.
            contact = self._contact(self._day(on - timedelta(days=128), on - timedelta(days=9)))
            del contact.matters[left:]
            made = self._open(contact)
            inquiry = made[0]
            if not (inquiry.opened_on < on <= inquiry.ends_on) or (
                on > add_months(inquiry.opened_on, 4)
            ):
                self.contacts.pop()
                continue
            self._keep(contact, made)
            left -= len(made)

    # Children who come back

    def _come_back(self, before: list[Inquiry]) -> None:
        """Exactly `came_back` of the children return within a year after their case was closed."""
        rng = self.rng
        families: dict[int, list[Inquiry]] = {}
        for inquiry in before:
            families.setdefault(id(inquiry.matter.contact), []).append(inquiry)
        chosen = list(families.values())
        rng.shuffle(chosen)
        left = self.size.came_back
        for number, siblings in enumerate(chosen):
            siblings = siblings[:left]
            if not siblings:
                break
            ended = siblings[0].concluded_on
            assert ended is not None
            quick = number < 5
            gap = rng.randint(3, 12) if quick else rng.randint(15, 350)
            self._return(siblings, ended + timedelta(days=gap), open_=quick or rng.random() < 0.4)
            left -= len(siblings)

    def _return_sometimes(self, after: list[Inquiry]) -> None:
        rng = self.rng
        for inquiry in after:
            if inquiry.child.family.seen_until and rng.random() < 0.1:
                assert inquiry.concluded_on is not None
                day = inquiry.concluded_on + timedelta(days=rng.randint(4, 300))
                if day < self.on and inquiry.child.family.seen_until < inquiry.concluded_on:
                    self._return([inquiry], day, open_=rng.random() < 0.4)

    def _return(self, siblings: list[Inquiry], day: date, *, open_: bool) -> None:
        day = min(day, self.on - ONE_DAY)
        children = [inquiry.child for inquiry in siblings]
        contact = self._contact(day, children[0].family, children)
        if open_:
            decided = self._decided_on(contact.received_at, slow=False)
            self._keep(contact, self._open(contact, decided_on=decided))
        else:
            self._close(contact)

    # More reports

    def _join(self) -> None:
        """Reports about children whose investigation is open: they join it."""
        rng = self.rng
        for inquiry in list(self.inquiries):
            if rng.random() > 0.25:
                continue
            last = (inquiry.concluded_on or self.on) - timedelta(days=4)
            first = inquiry.opened_on + timedelta(days=3)
            if last <= first:
                continue
            contact = self._contact(self._day(first, last), inquiry.child.family, [inquiry.child])
            matter = contact.matters[0]
            decided = working_day(
                contact.received_at.date() + timedelta(days=rng.randint(1, 9)),
                not_before=contact.received_at.date() + ONE_DAY,
            )
            decided = min(decided, (inquiry.concluded_on or self.on + ONE_DAY) - ONE_DAY)
            if decided < self.on:
                matter.decided_on = decided
                matter.outcome = OpeningOutcome.JOINS_OPEN.value
                matter.investigation = inquiry

    def _earlier(self) -> None:
        """Some children had been reported before, without an investigation."""
        rng = self.rng
        known: set[int] = set()
        for contact in sorted(self.contacts, key=lambda c: c.received_at):
            first = contact.matters[0]
            if id(first.child.family) in known:
                continue
            known.add(id(first.child.family))
            if first.outcome != OpeningOutcome.OPEN or rng.random() > 0.3:
                continue
            day = contact.received_at.date() - timedelta(days=rng.randint(45, 400))
            children = [
                m.child for m in contact.matters if m.child.birth_date and m.child.birth_date < day
            ]
            if day < self.first or not children:
                continue
            self._close(self._contact(day, first.child.family, children))

    def _everything_else(self) -> None:
        """Reports that lead to nothing, until each month has what the season asks for."""
        rng, on = self.rng, self.on
        counted: dict[date, int] = {}
        for contact in self.contacts:
            month = contact.received_at.date().replace(day=1)
            part = max(month, self.middle) if contact.received_at.date() >= self.middle else month
            counted[part] = counted.get(part, 0) + len(contact.matters)
        for wanted, first, until in (
            (self.size.reports[0], self.first, self.middle),
            (self.size.reports[1], self.middle, on),
        ):
            whole = self._weight(first, until)
            start = first
            while start < until:
                end = min(add_months(start.replace(day=1), 1), until)
                key = start if start == self.middle else start.replace(day=1)
                share = wanted * self._weight(start, end) / whole
                left = round(share) - counted.get(key, 0)
                while left > 0:
                    left -= len(self._unopened(start, end, most=left).matters)
                start = end
        # Some are past their fourteen days, which the reception has to see.
        late = round(5 * self.size.open / proportions.REFERENCE_OPEN)
        for contact in rng.sample(self.contacts, len(self.contacts)):
            if late <= 0:
                break
            age = (on - contact.received_at.date()).days
            if 16 <= age <= 24 and contact.matters[0].outcome == OpeningOutcome.DO_NOT_OPEN:
                for matter in contact.matters:
                    matter.decided_on, matter.outcome = None, ""
                    late -= 1

    def _unopened(self, first: date, until: date, *, most: int) -> PlannedContact:
        rng = self.rng
        day = self._day(first, until)
        if self.quiet and rng.random() < 0.25:
            family = rng.choice(self.quiet[-600:])
            children = [c for c in family.children if c.birth_date and c.birth_date < day][:most]
            if children and max(c.age_on(day) for c in children) <= 19:
                contact = self._contact(day, family, children)
                self._close(contact)
                return contact
        contact = self._contact(day)
        del contact.matters[most:]
        self.quiet.append(contact.matters[0].child.family)
        self._close(contact)
        return contact

    def _weight(self, first: date, until: date) -> float:
        return self._weights[(until - self._day0).days] - self._weights[(first - self._day0).days]
