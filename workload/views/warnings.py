"""What the leader is warned of now, each with a first thing to try."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import trail
from core.errors import Forbidden
from organisation.models import OrgUnit
from organisation.permissions import Access, refusal
from organisation.rights import Action
from organisation.views.requests import StaffRequest
from workload.enums import OF_CASE, OF_GROUP, TOLD_IN_CONFIDENCE
from workload.findings import suggestion
from workload.models import LoadWarning
from workload.readers import groups_led as groups_led_oneself
from workload.views.reach import groups_led

PER_PAGE = 50
FIRST = 5
"""Warnings on the pages that are about something else."""


@dataclass(frozen=True, slots=True)
class WarningLine:
    """A warning in words: whom it is about, where to read of it, the first step and its link."""

    row: LoadWarning
    name: str
    url: str
    figures: str
    step: str
    step_url: str
    step_label: str


def shown(rows: Iterable[LoadWarning], access: Access) -> list[WarningLine]:
    """The warnings as pages show them, each with the step the reader can take. One query."""
    reviewed = set(groups_led_oneself(access, Action.REVIEW_CASES).values_list("pk", flat=True))
    return [_shown(row, may_review=row.group_id in reviewed) for row in rows]


def _shown(row: LoadWarning, *, may_review: bool) -> WarningLine:
    step_url, step_label = _step(row, may_review=may_review)
    return WarningLine(
        row=row,
        name=str(row.matter or row.user or row.group.name),
        url=_about(row),
        figures=_figures(row),
        step=suggestion(row.kind),
        step_url=step_url,
        step_label=step_label,
    )


def _about(row: LoadWarning) -> str:
    if row.matter:
        return row.matter.get_absolute_url()
    if row.kind in OF_GROUP:
        return reverse("temperatures")
    return reverse("workload_person", args=[row.user_id])


def _figures(row: LoadWarning) -> str:
    said = []
    if row.experience:
        said.append(
            _("experience %(step)s: %(words)s")
            % {"step": row.experience, "words": row.get_experience_display().lower()}
        )
    if row.percent is not None:
        said.append(f"{row.percent} %")
    return ", ".join(said)


def _step(row: LoadWarning, *, may_review: bool) -> tuple[str, str]:
    """Where the first step is taken; nothing for what is done outside the system."""
    if row.kind in OF_CASE:
        return reverse("investigation_assign", args=[row.matter_id]), _("Choose a worker")
    if row.kind in TOLD_IN_CONFIDENCE and may_review:
        return reverse("review_hold", args=[row.user_id]), _("Write down a case review")
    return "", ""


@require_GET
@login_required
def warnings(request: StaffRequest) -> HttpResponse:
    """Warnings of the groups one leads that are not over, the latest first."""
    if not groups_led(request):
        raise Forbidden(refusal(Action.SEE_GROUP_WORKLOAD))
    standing = LoadWarning.objects.visible_to(request.access).with_page_rows()
    page = Paginator(standing, PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page)
    trail.read("warnings.read", rows, by=request.user, at=request.at)
    return render(
        request,
        "workload/warnings.html",
        {"page": page, "today": request.today, "rows": shown(rows, request.access)},
    )


def panel(request: StaffRequest, *, groups: list[OrgUnit]) -> SafeString | str:
    """The latest warnings, for the pages where leaders look; nothing when there are none."""
    places = [group.pk for group in groups] + [group.parent_id or 0 for group in groups]
    found = LoadWarning.objects.visible_to(request.access).filter(group__in=places).with_page_rows()
    rows = list(found[: FIRST + 1])
    if not rows:
        return ""
    trail.read("warnings.read", rows[:FIRST], by=request.user, at=request.at)
    context: dict[str, Any] = {
        "rows": shown(rows[:FIRST], request.access),
        "more": len(rows) > FIRST,
        "today": request.today,
    }
    return render_to_string("workload/partials/_warnings_panel.html", context, request=request)
