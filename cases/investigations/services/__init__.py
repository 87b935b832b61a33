"""Investigations: allocation, time, the written record, the decision document, the end."""

from cases.investigations.services.allocation import (
    assign_handlers,
    cancel_planned,
    may_be_handler,
)
from cases.investigations.services.course import conclude, extend, record_move
from cases.investigations.services.document import (
    communicate,
    empty_parts,
    return_document,
    sign_reading,
    submit_document,
    write_document,
)
from cases.investigations.services.entries import ENTRIES, correct_entry, entry_of, needs_reason
from cases.investigations.services.ground import due_on
from cases.investigations.services.paper import document_pdf
from cases.investigations.services.record import (
    add_guardian,
    assess_risk,
    rate_safety,
    record_instrument,
    record_participation,
    write_plan,
    write_protection,
)
from cases.investigations.services.reversal import (
    annul,
    reverse_conclusion,
    unannul,
    undo_reversal,
)
from cases.investigations.services.righting import (
    EXTENSION,
    PLAN,
    PROTECTION,
    correct_extension,
    correct_plan,
    correct_protection,
    extension_of,
    undo_correction,
    undoable,
)

__all__ = [
    "ENTRIES",
    "EXTENSION",
    "PLAN",
    "PROTECTION",
    "add_guardian",
    "annul",
    "assess_risk",
    "assign_handlers",
    "cancel_planned",
    "communicate",
    "conclude",
    "correct_entry",
    "correct_extension",
    "correct_plan",
    "correct_protection",
    "document_pdf",
    "due_on",
    "empty_parts",
    "entry_of",
    "extend",
    "extension_of",
    "may_be_handler",
    "needs_reason",
    "rate_safety",
    "record_instrument",
    "record_move",
    "record_participation",
    "return_document",
    "reverse_conclusion",
    "sign_reading",
    "submit_document",
    "unannul",
    "undo_correction",
    "undo_reversal",
    "undoable",
    "write_document",
    "write_plan",
    "write_protection",
]
