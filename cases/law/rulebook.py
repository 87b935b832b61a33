"""The text of docs/rules.md, made from the tables of duties and of the ladder."""

from cases.law.ladder import WORKING_DAYS_OF_WARNING
from cases.law.time_limits import HOME_CHECK_VALIDITY, RULEBOOK, Rule
from core.calendar import Span


def _period(rule: Rule) -> str:
    if rule.applies_from is None and rule.applies_to is None:
        return "always"
    if rule.applies_to is None:
        return f"from {rule.applies_from}"
    if rule.applies_from is None:
        return f"to {rule.applies_to}"
    return f"{rule.applies_from} to {rule.applies_to}"


def _span_text(span: Span) -> str:
    parts = (
        (span.years, "years"),
        (span.months, "months"),
        (span.weeks, "weeks"),
        (span.days, "days"),
        (span.hours, "hours"),
    )
    return ", ".join(f"{number} {unit}" for number, unit in parts if number)


def markdown() -> str:
    """The text of docs/rules.md, made from the rule table."""
    by_kind: dict[str, list[Rule]] = {}
    for rule in RULEBOOK.rules:
        by_kind.setdefault(rule.kind, []).append(rule)
    duties = [
        f"| `{rules[-1].code}` | {rules[-1].name} ({rules[-1].name_sv}) "
        f"| {rules[-1].anchor} ({rules[-1].anchor_sv}) "
        f"| {rules[-1].counting} ({rules[-1].counting_sv}) |"
        for rules in by_kind.values()
    ]
    versions = [
        f"| `{rule.code}` | {rule.version} | {rule.source} | {_period(rule)} |"
        for rule in RULEBOOK.rules
    ]
    checks = [f"| `{code}` | {_span_text(span)} |" for code, span in HOME_CHECK_VALIDITY.items()]
    return "\n".join(
        [
            "# Rules with time limits (tidsfrister)",
            "",
            "Generated from `cases/law/time_limits.py`; change the table there, not here.",
            "",
            "## Duties",
            "",
            "| Code | Duty | Counts from | Limit |",
            "|---|---|---|---|",
            *duties,
            "",
            "## Sources and periods",
            "",
            "The version in force on the day a duty counts from governs it to its end. SoL is the",
            "Social Services Act (socialtjänstlagen), LVU the Care of Young Persons Act (1990:52).",
            "",
            "| Code | Version | Source | Counts from a day in |",
            "|---|---|---|---|",
            *versions,
            "",
            "## Validity of checks on a home (kontroller av hem)",
            "",
            "| Check | Valid |",
            "|---|---|",
            *checks,
            "",
            "## Counting",
            "",
            "- Days are calendar days in Europe/Stockholm; the day a duty counts from is day 0.",
            "- Weeks, months and years end on the same weekday or day number; where the month has",
            "  no such day, on its last day (31 October + 4 months = 28 or 29 February).",
            "- The due day (förfallodag) is never moved for weekends and holidays. Beside it",
            "  stands the day to act by (agera senast): the last working day on or before it,",
            "  never earlier than the day the duty counts from. Where there is no working day",
            "  between them, it is the due day.",
            "- Saturdays, Sundays, public holidays, Midsummer Eve, Christmas Eve and New Year's",
            "  Eve are not working days.",
            "- An extension (förlängning) replaces the due day by the day stated in the decision.",
            "",
            "## Status",
            "",
            "- Overdue (försenad): not met and not cancelled, and today is after the due day. Due",
            "  today is not overdue.",
            "- Missed (missad): not met, and it can no longer be done, as the assessment at once",
            "  of a decided report. It counts as not in time, and is not overdue from that day.",
            "- A duty met late stays met late. A duty met on or before the day it was cancelled",
            "  stays met.",
            "",
            "## Escalation (eskalering) of an unmet duty",
            "",
            "| Step | When | Tells |",
            "|---|---|---|",
            f"| `before` | {WORKING_DAYS_OF_WARNING} working days before the due day | handlers |",
            "| `due` | the due day | handlers, group leader |",
            "| `after` | the day after | group leader, unit head |",
            "| `weekly-1`, `weekly-2`, ... | every seventh day after that "
            "| group leader, unit head |",
            "",
        ]
    )
