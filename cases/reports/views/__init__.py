"""Pages of reports: logging one, its case page, lists, reception's start."""

from cases.reports.views.inbox import reception_start
from cases.reports.views.listing import report_list
from cases.reports.views.log import child_lookup, report_log
from cases.reports.views.page import (
    report,
    report_adopt,
    report_ask_feedback,
    report_assess,
    report_assign,
    report_correct,
    report_decide,
    report_feedback,
    report_feedback_correct,
    report_join,
    report_move,
    report_note,
    report_propose,
    report_reverse,
    report_talk,
    report_talk_correct,
    report_undo,
    report_withdraw,
)

__all__ = [
    "child_lookup",
    "reception_start",
    "report",
    "report_adopt",
    "report_ask_feedback",
    "report_assess",
    "report_assign",
    "report_correct",
    "report_decide",
    "report_feedback",
    "report_feedback_correct",
    "report_join",
    "report_list",
    "report_log",
    "report_move",
    "report_note",
    "report_propose",
    "report_reverse",
    "report_talk",
    "report_talk_correct",
    "report_undo",
    "report_withdraw",
]
