"""Reports of concern: logging, protection assessment, decision, feedback, serious talk."""

from cases.reports.facts import open_investigation_of
from cases.reports.services.assessment import (
    ask_feedback,
    assess_protection,
    give_feedback,
    record_serious_talk,
)
from cases.reports.services.children import ChildInput
from cases.reports.services.correction import (
    ReportSays,
    action_to_correct,
    correct_report,
    facts_of,
    told,
    withdraw_report,
)
from cases.reports.services.decision import decide_opening, join_open, propose_decision
from cases.reports.services.entries import correct_entry, entry_standing
from cases.reports.services.intake import (
    MOST_CHILDREN,
    ReporterInput,
    ReportInput,
    assign_reception_worker,
    log_report,
    reception_of,
)
from cases.reports.services.moving import move_report
from cases.reports.services.reversal import reverse_decision
from cases.reports.services.undoing import undo_correction

__all__ = [
    "MOST_CHILDREN",
    "ChildInput",
    "ReportInput",
    "ReportSays",
    "ReporterInput",
    "action_to_correct",
    "ask_feedback",
    "assess_protection",
    "assign_reception_worker",
    "correct_entry",
    "correct_report",
    "decide_opening",
    "entry_standing",
    "facts_of",
    "give_feedback",
    "join_open",
    "log_report",
    "move_report",
    "open_investigation_of",
    "propose_decision",
    "reception_of",
    "record_serious_talk",
    "reverse_decision",
    "told",
    "undo_correction",
    "withdraw_report",
]
