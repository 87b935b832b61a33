"""Pages of reports: logging one, its case page, lists, the child, search, reception's start."""

from cases.views.reports.child import child, search
from cases.views.reports.child_log import child_log
from cases.views.reports.inbox import reception_start
from cases.views.reports.listing import report_list
from cases.views.reports.log import child_lookup, draft, report_log
from cases.views.reports.page import (
    report,
    report_adopt,
    report_assess,
    report_assign,
    report_decide,
    report_feedback,
    report_note,
    report_propose,
    report_talk,
)

__all__ = [
    "child",
    "child_log",
    "child_lookup",
    "draft",
    "reception_start",
    "report",
    "report_adopt",
    "report_assess",
    "report_assign",
    "report_decide",
    "report_feedback",
    "report_list",
    "report_log",
    "report_note",
    "report_propose",
    "report_talk",
    "search",
]
