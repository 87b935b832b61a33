"""When duties fall due: the one definition of due and overdue. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cases.enums import DeadlineKind, DeadlineStatus
from cases.law.time_limits import HOME_CHECK_VALIDITY, Rule, rule_for
from core.calendar import (
    ONE_DAY,
    Span,
    Term,
    add_hours,
    add_span,
    in_stockholm,
    is_after,
    last_working_day_on_or_before,
    local_date,
    term_of_or_next,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A duty's days. Met on ``due_on`` is in time; ``act_by`` is the working day to plan for.

    ``due_at`` is set, in UTC, only where the limit is in hours.
    """

    kind: str
    version: str
    source: str
    starts_on: date
    due_on: date
    act_by: date
    due_at: datetime | None = None
    window_opens_on: date | None = None


def due(
    kind: str,
    anchor: date | datetime,
    *,
    extended_to: date | None = None,
    limit: Span | None = None,
    first: bool = True,
) -> Due:
    """When a duty that counts from ``anchor`` is due, under the rule in force that day.

    ``anchor`` is the aware moment of receipt for protection_assessment and serious_talk; for
    the others a day, or an aware moment of which the Swedish day counts. ``extended_to`` is the
    day stated in a decision to extend and replaces the due day (and hour). ``limit`` is the
    unit's own for complaint_reply and home_check_validity, required for the latter. ``first``
    is False from the second time on, where the rule then has another limit.

    placement_followup falls due on the first half-term's last day on or after ``anchor``: see
    ``placement_followup_dues``.

    Raises LookupError when no rule applied, TypeError for a day where a moment is needed,
    ValueError for a naive moment, an extension not after the day the duty counts from, a limit
    on a rule that is not the unit's to set, or a missing limit.
    """
    starts_on = local_date(anchor) if isinstance(anchor, datetime) else anchor
    rule = rule_for(kind, starts_on)
    if limit is not None and not rule.adjustable:
        raise ValueError(f"{rule.code} has its limit from {rule.source}; a unit cannot set it")
    due_on, due_at = _due_day_and_hour(rule, anchor, starts_on, limit, first=first)
    if extended_to is not None:
        if extended_to <= starts_on:
            raise ValueError(f"Extended to {extended_to}, not after {starts_on} it counts from")
        due_on, due_at = extended_to, None
    return Due(
        kind=rule.kind,
        version=rule.version,
        source=rule.source,
        starts_on=starts_on,
        due_on=due_on,
        act_by=last_working_day_on_or_before(due_on, not_before=starts_on),
        due_at=due_at,
        window_opens_on=(
            add_span(starts_on, rule.window_opens_after) if rule.window_opens_after else None
        ),
    )


def _due_day_and_hour(
    rule: Rule, anchor: date | datetime, starts_on: date, limit: Span | None, *, first: bool
) -> tuple[date, datetime | None]:
    if rule.kind == DeadlineKind.PLACEMENT_FOLLOWUP:
        term = term_of_or_next(starts_on)
        return (term.halfway_on if starts_on <= term.halfway_on else term.ends_on), None
    span = limit or (rule.limit if first else rule.then or rule.limit)
    if span is None:
        raise ValueError(f"{rule.code} has no limit of its own: state one")
    if not rule.counts_from_moment:
        return add_span(starts_on, span), None
    if not isinstance(anchor, datetime):
        raise TypeError(f"{rule.code} counts from a moment; {anchor!r} is only a day")
    if span.hours:
        due_at = add_hours(anchor, span.hours)
        return local_date(due_at), due_at
    due_on = add_span(starts_on, span)
    if rule.next_day_after is not None and in_stockholm(anchor).time() > rule.next_day_after:
        due_on += ONE_DAY
    return due_on, None


def placement_followup_dues(term: Term) -> tuple[Due, Due]:
    """The two follow-ups of a placement a term asks for.

    The first is due in the middle of the term, the second, and thereby both, on its last day.
    The second counts from the day after the middle, so that ``due`` gives each of them again
    from its ``starts_on``; one made earlier still counts.
    """
    kind = DeadlineKind.PLACEMENT_FOLLOWUP
    return due(kind, term.starts_on), due(kind, term.halfway_on + ONE_DAY)


def next_custody_consideration(placed_on: date, last_on: date | None) -> Due:
    """When to consider moving custody next: 2 years in the same home, then yearly.

    Counts a year from the last consideration, but never falls before the two years are out.
    ValueError for a consideration before the placement.
    """
    after_two_years = due(DeadlineKind.CUSTODY_CONSIDERATION, placed_on)
    if last_on is None:
        return after_two_years
    if last_on < placed_on:
        raise ValueError(f"Considered on {last_on}, before the placement on {placed_on}")
    yearly = due(DeadlineKind.CUSTODY_CONSIDERATION, last_on, first=False)
    return max(after_two_years, yearly, key=lambda candidate: candidate.due_on)


def home_check_due(check_type: str, checked_on: date) -> Due:
    """The last day a check on a home is valid. LookupError for a type without a validity."""
    if check_type not in HOME_CHECK_VALIDITY:
        raise LookupError(f"No validity is set for the check type {check_type!r}")
    return due(DeadlineKind.HOME_CHECK_VALIDITY, checked_on, limit=HOME_CHECK_VALIDITY[check_type])


def status(
    *,
    due_on: date,
    on: date,
    met_on: date | None = None,
    cancelled_on: date | None = None,
    missed_on: date | None = None,
    due_at: datetime | None = None,
    met_at: datetime | None = None,
) -> DeadlineStatus:
    """What a deadline is as of a day. The one definition of overdue in Python.

    Overdue is: not met, not cancelled, and ``on`` is after ``due_on``; due today is not overdue.
    Facts dated after ``on`` are not yet known. A duty met on or before the day it was cancelled
    stays met, and one met late stays late. One missed on ``missed_on`` can no longer be done and is
    not overdue from that day. ``met_at`` alone gives ``met_on``; with ``due_at`` it
    decides by the hour. ValueError for a naive moment.
    """
    if met_on is None and met_at is not None:
        met_on = local_date(met_at)
    if cancelled_on is not None and cancelled_on <= on and not (met_on and met_on <= cancelled_on):
        return DeadlineStatus.CANCELLED
    if met_on is not None and met_on <= on:
        late = met_on > due_on
        if due_at is not None and met_at is not None:
            late = late or is_after(met_at, due_at)
        return DeadlineStatus.MET_LATE if late else DeadlineStatus.MET
    if missed_on is not None and missed_on <= on:
        return DeadlineStatus.MISSED
    return DeadlineStatus.OVERDUE if on > due_on else DeadlineStatus.DUE


def days_left(due_on: date, on: date) -> int:
    """Calendar days left: 0 on the due day, negative when it has passed."""
    return (due_on - on).days
