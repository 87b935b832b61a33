"""Children and those around them."""

from cases.persons.models.around import Adult, Guardian, GuardianParticipation
from cases.persons.models.child import EarlierNumber, IdentityProtection, Person
from cases.persons.models.corrections import PersonChange, PersonMerge

__all__ = [
    "Adult",
    "EarlierNumber",
    "Guardian",
    "GuardianParticipation",
    "IdentityProtection",
    "Person",
    "PersonChange",
    "PersonMerge",
]
