"""The child's log: who has read and changed what, when and why; as a page and as an extract."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases.access import child_log as readings
from cases.access import direct_changes as outside
from cases.access.forms.child_log import LogFilter
from cases.persons.models import Person
from core import trail, wording
from core.errors import Forbidden
from core.exports import Sheet, xlsx_response
from core.rates import Rate, rated
from organisation.files import about_list
from organisation.rights import Action
from organisation.views.requests import StaffRequest

PAGE = 50
MOST_EXPORTED = 20_000


@login_required
@require_GET
@rated(Rate.EXPORT, when="format")
def child_log(request: StaffRequest, pk: int) -> HttpResponse:
    """The trail of one child and all its matters; `?format=xlsx` gives the same as a file."""
    access, today = request.access, request.today
    child = get_object_or_404(Person.objects.visible_to(access).select_related("unit"), pk=pk)
    allowed = access.ask(Action.SEE_CHILD_LOG, **readings.reach_of(child))
    if not allowed:
        raise Forbidden(allowed.reason)
    everything = readings.of_child(child)
    filters = LogFilter(request.GET or None, people=readings.people_in(everything))
    chosen = filters.chosen() if filters.is_bound else {}
    entries = readings.chosen(everything, **chosen).select_related("actor")
    if request.GET.get("format") == "xlsx":
        trail.exported("child.log_exported", [child], by=request.user, at=request.at)
        rows = readings.lines(list(entries[:MOST_EXPORTED]), child)
        past = [] if filters.is_bound and any(chosen.values()) else outside.of_child(child.pk)
        return xlsx_response(
            f"logg-{today.isoformat()}",
            Sheet(
                _("Log"),
                [_("Time"), _("By"), _("Kind"), _("What"), _("Why"), _("Children in the same act")],
                [
                    *([one.at, _("Direct SQL"), _("Change"), one.what, "", None] for one in past),
                    *(
                        [
                            line.entry.at,
                            line.actor,
                            line.entry.get_kind_display(),
                            line.words,
                            line.why,
                            line.several,
                        ]
                        for line in rows
                    ),
                ],
            ),
            about_list([*past, *rows], on=today, unit_ids=[child.unit_id]),
        )
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    shown = readings.lines(list(page), child)
    trail.read("child.log_read", [child], by=request.user, at=request.at)
    query = request.GET.copy()
    query["format"] = "xlsx"
    query.pop("page", None)
    return render(
        request,
        "cases/access/child_log.html",
        {
            "child": child,
            "today": today,
            "age": child.age_on(today),
            "born": wording.day(child.birth_date, today) if child.birth_date else "",
            "identity_number": child.identity_number,
            "filters": filters,
            "filtered": any(chosen.values()),
            "page": page,
            "lines": shown,
            "outside": outside.of_child(child.pk),
            "export_url": f"?{query.urlencode()}",
        },
    )
