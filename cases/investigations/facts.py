"""What of an investigation decides its duties, read off its row."""

from __future__ import annotations

from cases.investigations.models import Investigation
from cases.law.duties import InvestigationFacts


def investigation_facts(investigation: Investigation) -> InvestigationFacts:
    return InvestigationFacts(
        opened_on=investigation.opened_on,
        extended_to=investigation.extended_to,
        concluded_on=investigation.concluded_on,
    )
