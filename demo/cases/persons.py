"""The children of a demonstration unit, some of them with protected identity."""

from __future__ import annotations

from cases.enums import NumberChange, ProtectedIdentity, ProtectionSource
from cases.persons.models import EarlierNumber, IdentityProtection, Person
from demo.cases.book import Chapter
from demo.cases.papers import Paper
from demo.cases.people import Inquiry


def coordination(number: str) -> str:
    """The coordination number of the same birth and serial: the day and sixty (SKV 707)."""
    digits = f"{number[:6]}{int(number[6:8]) + 60}{number[8:11]}"
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(digits[2:]))
    return f"{digits}{-total % 10}"


class Persons(Chapter):
    """The children, as those who logged the reports wrote them down."""

    def protect(self, inquiries: list[Inquiry]) -> None:
        """A few families have protected identity, some of them with an open investigation."""
        rng = self.rng
        shown = [i for i in inquiries if i.is_open and i.child.number]
        for inquiry in rng.sample(shown, min(3, len(shown))) + rng.sample(inquiries, 3):
            kind = rng.choice(
                (ProtectedIdentity.SECRECY_MARKING, ProtectedIdentity.PROTECTED_REGISTRATION)
            )
            for child in inquiry.child.family.children:
                child.protected = kind.value

    def write(self, papers: list[Paper]) -> None:
        for paper in papers:
            for matter in paper.contact.matters:
                child = matter.child
                if child.id:
                    continue
                # An unborn child has no name yet.
                born = child.expected_on is None
                child.id = self.batch.add(
                    Person,
                    unit_id=self.unit.id,
                    personal_identity_number=child.number,
                    first_name=child.first_name,
                    last_name=child.family.last_name if born else "",
                    birth_date=child.birth_date,
                    expected_on=child.expected_on,
                    gender=child.gender,
                    protected_identity=child.protected,
                    address=child.family.address,
                    school="",
                    whereabouts="",
                    interpreter_language=child.family.language,
                    created_at=paper.logged_at,
                )
                if child.number and child.id % 23 == 0:
                    self.batch.add(
                        EarlierNumber,
                        child_id=child.id,
                        number=coordination(child.number),
                        reason=NumberChange.COORDINATION.value,
                        replaced_by_id=paper.logged_by,
                        replaced_at=paper.logged_at,
                    )
                if child.protected != ProtectedIdentity.NONE:
                    self.batch.add(
                        IdentityProtection,
                        child_id=child.id,
                        kind=child.protected,
                        source=ProtectionSource.REGISTER.value,
                        authority="Skatteverket",
                        decided_on=None,
                        from_on=paper.logged_at.date(),
                        reconsider_on=None,
                        registered_by_id=paper.logged_by,
                        registered_at=paper.logged_at,
                        ended_on=None,
                        ended_by_id=None,
                        end_reason="",
                    )
