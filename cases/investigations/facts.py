"""What of an investigation decides its duties, read off its row."""

from __future__ import annotations

from cases.investigations.models import Investigation
from cases.law.duties import Duty, InvestigationFacts, investigation_duties


def investigation_duties_of(investigation: Investigation) -> list[Duty]:
    """The duties of the investigation; one that should not have been opened has none."""
    if investigation.is_withdrawn():
        return []
    return investigation_duties(investigation_facts(investigation))


def investigation_facts(investigation: Investigation) -> InvestigationFacts:
    return InvestigationFacts(
        opened_on=investigation.opened_on,
        extended_to=investigation.extended_to,
        concluded_on=investigation.concluded_on,
        handed_over_on=investigation.handed_over_on,
    )
