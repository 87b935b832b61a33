"""The investigator's start page: what to do next in each case, and what this week holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases.deadlines.models import Deadline
from cases.enums import DeadlineStatus, InterventionStatus, InvestigationStatus
from cases.interventions.models import Intervention
from cases.interventions.views import InterventionLine, with_next_follow_up
from cases.interventions.views import lines as intervention_lines
from cases.investigations.models import Investigation
from cases.investigations.progress import LONG_TEXTS, with_progress
from cases.investigations.views.lists import InvestigationTableRow, lines, with_duty
from cases.matters.models import MatterWorker
from cases.notices.lines import latest
from cases.notices.models import Notice
from cases.persons.whereabouts import listed_name
from cases.signing import services as signing
from core import trail
from core.calendar import day_off_name, week_start
from organisation.models import User
from organisation.views.requests import StaffRequest

NOTICES_SHOWN = 5
SIX_DAYS = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Mine:
    """A case of one's own, or of the colleague `stands_in_for`."""

    line: InvestigationTableRow
    part: str
    stands_in_for: User | None


@dataclass(frozen=True, slots=True)
class TodoLine:
    title: str
    number: str
    child: str
    url: str
    deadline: Any = None


@dataclass(slots=True)
class Weekday:
    day: date
    label: str
    is_today: bool
    day_off: str
    todos: list[TodoLine] = field(default_factory=list)


def _cases(request: StaffRequest) -> list[Mine]:
    access = request.access
    rows: Any = with_progress(
        with_duty(
            Investigation.objects.visible_to(access)
            .open()
            .handled_by(access.acts_for, on=access.on)
        )
    )
    shown = list(rows.with_page_rows(on=access.on).defer(*LONG_TEXTS).order_by("due_on", "pk"))
    mine = []
    for line in lines(shown, on=access.on):
        own = [one for one in line.handlers if one.user_id == access.user_id]
        borrowed = [one for one in line.handlers if one.user_id in access.acts_for]
        who = (own or borrowed)[0]
        mine.append(Mine(line, who.get_part_display(), None if own else who.user))
    return mine


def _duties(request: StaffRequest, until: date) -> list[Any]:
    """Deadlines of the reader's own matters that are overdue or fall due by `until`."""
    access = request.access
    return list(
        Deadline.objects.visible_to(access)
        .worked_on_by(access.acts_for, on=access.on)
        .open()
        .filter(act_by__lte=until)
        .with_status(on=access.on)
        .with_matter()
        .order_by("act_by", "due_on", "pk")
    )


def _todo(request: StaffRequest, duty: Any) -> TodoLine:
    return TodoLine(
        title=str(duty.get_kind_display()),
        number=duty.matter.number,
        child=listed_name(duty.child, request) if duty.child else "",
        url=duty.matter.get_absolute_url(),
        deadline=duty,
    )


def _planned(request: StaffRequest, today: date, sunday: date) -> list[tuple[date, TodoLine]]:
    """What is known to begin this week: cases taken over, interventions that start."""
    access = request.access
    coming = (
        MatterWorker.objects.filter(
            user_id__in=access.acts_for, from_on__gt=access.on, from_on__lte=sunday
        )
        .exclude(matter__child__in=access.blocked)
        .select_related("matter")
        .order_by("from_on", "pk")
    )
    starting = (
        Intervention.objects.visible_to(access)
        .worked_on_by(access.acts_for, on=access.on)
        .filter(started_on__gte=today, started_on__lte=sunday)
        .select_related("child")
        .order_by("started_on", "pk")
    )
    planned = [
        (
            row.from_on,
            # The child is named when the case is one's own, not before.
            TodoLine(_("You take over the case"), row.matter.number, "", ""),
        )
        for row in coming
    ]
    planned += [
        (
            row.started_on,
            TodoLine(
                _("The intervention starts: %(kind)s") % {"kind": row.get_kind_display()},
                row.number,
                listed_name(row.child, request),
                reverse("intervention", args=[row.pk]),
            ),
        )
        for row in starting
    ]
    return planned


def _week(request: StaffRequest) -> tuple[list[TodoLine], list[Weekday]]:
    """What is late, and day by day what is to be done: from today to the end of the week.

    At a weekend the week is the one that comes.
    """
    today = request.access.on
    sunday = week_start(today + timedelta(days=2 if today.weekday() >= 5 else 0)) + SIX_DAYS
    week = {
        day: Weekday(
            day=day,
            label=date_format(day, "l j F"),
            is_today=day == today,
            day_off=(day_off_name(day) or "") if day.weekday() < 5 else "",
        )
        for day in (today + timedelta(days=number) for number in range((sunday - today).days + 1))
    }
    late: list[TodoLine] = []
    for duty in _duties(request, sunday):
        if duty.status == DeadlineStatus.OVERDUE:
            late.append(_todo(request, duty))
        else:
            # What should have been acted on by a day that has passed is for today.
            week[max(duty.act_by, today)].todos.append(_todo(request, duty))
    for day, todo in _planned(request, today, sunday):
        week[day].todos.append(todo)
    return late, [one for one in week.values() if one.day.weekday() < 5 or one.todos]


def _follow_ups(request: StaffRequest) -> list[InterventionLine]:
    """Ongoing interventions of one's own whose time to be followed up has come."""
    access = request.access
    rows = with_next_follow_up(
        Intervention.objects.visible_to(access)
        .worked_on_by(access.acts_for, on=access.on)
        .filter(status=InterventionStatus.ONGOING)
        .with_workers(on=access.on)
    ).select_related("child", "group")
    return [
        line
        for line in intervention_lines(list(rows.order_by("next_due_on", "pk")), on=access.on)
        if line.is_open
    ]


@login_required
@require_GET
def worker_start(request: StaffRequest) -> HttpResponse:
    """My cases with the next thing to do and by when; the week; what waits for others."""
    cases = _cases(request)
    late, week = _week(request)
    follow_ups = _follow_ups(request)
    unread = Notice.objects.shown_to(request.access).unread()
    notices = latest(unread, NOTICES_SHOWN, today=request.today)
    with_leader = [
        one for one in cases if one.line.investigation.status == InvestigationStatus.TO_READ
    ]
    returned = [one for one in cases if one.line.investigation.document_returned]
    trail.read(
        "start.read",
        [one.line.investigation for one in cases],
        by=request.user,
        at=request.at,
    )
    return render(
        request,
        "cases/boards/worker_start.html",
        {
            "today": request.today,
            "cases": cases,
            "own_count": sum(one.stands_in_for is None for one in cases),
            "late": late,
            "week": week,
            "this_week": sum(len(one.todos) for one in week),
            "with_leader": with_leader,
            "returned": returned,
            "to_sign": signing.overdue_to_sign(request.access),
            "follow_ups": follow_ups,
            "notices": notices,
        },
    )
