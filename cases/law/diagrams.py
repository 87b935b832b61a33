"""State diagrams in Mermaid, written from the tables of allowed transitions. Pure."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import override

from cases.enums import (
    INTERVENTION_TRANSITIONS,
    INVESTIGATION_TRANSITIONS,
    REPORT_TRANSITIONS,
    InterventionStatus,
    InvestigationStatus,
    ReportStatus,
)


def _diagram(
    title: str, states: type[TextChoices], table: Mapping[str, frozenset[str]], start: str
) -> list[str]:
    lines = [f"## {title}", "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {state.value}: {state.label}" for state in states]
    lines.append(f"    [*] --> {start}")
    for state in states:
        following = [other for other in states if other.value in table[state.value]]
        lines += [f"    {state.value} --> {other.value}" for other in following]
        if not following:
            lines.append(f"    {state.value} --> [*]")
    return [*lines, "```", ""]


def markdown() -> str:
    """The text of docs/states.md."""
    with override("en"):
        lines = [
            "# States and their transitions",
            "",
            "Generated from the tables in `cases/enums.py`; change them there, not here. A service",
            "asks `cases.law.rules` before it follows an arrow.",
            "",
            *_diagram("Report", ReportStatus, REPORT_TRANSITIONS, ReportStatus.RECEIVED),
            *_diagram(
                "Investigation",
                InvestigationStatus,
                INVESTIGATION_TRANSITIONS,
                InvestigationStatus.WAITING,
            ),
            *_diagram(
                "Intervention",
                InterventionStatus,
                INTERVENTION_TRANSITIONS,
                InterventionStatus.ONGOING,
            ),
        ]
    return "\n".join(lines)
