"""The children of a demonstration unit, some of them with protected identity."""

from __future__ import annotations

from cases.enums import ProtectedIdentity, ProtectionSource
from cases.persons.models import IdentityProtection, Person
from demo.cases.book import Chapter
from demo.cases.papers import Paper
from demo.cases.people import Inquiry


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
