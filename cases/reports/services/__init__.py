"""Reports of concern: logging, protection assessment, decision, feedback, serious talk."""

from cases.reports.services.assessment import assess_protection, give_feedback, record_serious_talk
from cases.reports.services.decision import decide_opening, open_investigation_of, propose_decision
from cases.reports.services.intake import (
    MOST_CHILDREN,
    ChildInput,
    ReporterInput,
    ReportInput,
    assign_reception_worker,
    log_report,
    reception_of,
)

__all__ = [
    "MOST_CHILDREN",
    "ChildInput",
    "ReportInput",
    "ReporterInput",
    "assess_protection",
    "assign_reception_worker",
    "decide_opening",
    "give_feedback",
    "log_report",
    "open_investigation_of",
    "propose_decision",
    "reception_of",
    "record_serious_talk",
]
