"""What the frame shows of the case area: the menu by role, the unread count, who one is here.

Named by the settings NAVIGATION_PROVIDERS, UNREAD_COUNTER, ROLE_TEXT and UNIT_NAME. A menu item
is there only if the person's rights give something behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from cases.enums import InvestigationStatus
from cases.models import EmergencyAccess, Investigation, Notice
from cases.statistics import Scope, scope_for
from core.navigation import Item
from organisation.enums import Role
from organisation.models import OrgUnit
from organisation.permissions import Access, Action, Held, Reach
from organisation.roles import RANK
from organisation.views.requests import StaffRequest


def by_responsibility(held: Iterable[Held]) -> list[Held]:
    return sorted(held, key=lambda one: RANK[one.role])


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a leader has to act on: investigations without handlers, documents to read."""

    to_allocate: int = 0
    to_read: int = 0


def waiting_for(scope: Scope) -> Waiting:
    """One query, served by the indexes on group and state."""
    if not scope:
        return Waiting()
    counts = Investigation.objects.filter(
        scope.of(), status__in=[InvestigationStatus.WAITING, InvestigationStatus.TO_READ]
    ).aggregate(
        to_allocate=Count("pk", filter=Q(status=InvestigationStatus.WAITING)),
        to_read=Count("pk", filter=Q(status=InvestigationStatus.TO_READ)),
    )
    return Waiting(**counts)


def _may(access: Access, action: Action, reach: Reach = Reach.OWN) -> bool:
    return bool(access.units_with(action, reach))


def items(request: StaffRequest) -> Iterator[Item]:
    """The menu of the case area."""
    access: Access | None = request.access
    if access is None:
        return
    yield Item(_("Start"), reverse("home"), "house")
    yield Item(_("Notices"), reverse("notices"), "bell")
    yield from _case_items(access)
    yield from _leader_items(access)
    yield from _access_items(access)


def _case_items(access: Access) -> Iterator[Item]:
    section = _("Cases")
    if _may(access, Action.LOG_REPORT):
        yield from _optional(_("Log a report"), "report_log", "plus-square", section)
    if _may(access, Action.READ_REPORT):
        yield from _optional(_("Reports"), "report_list", "inbox", section)
    if _may(access, Action.READ_INVESTIGATION):
        yield from _optional(_("Investigations"), "investigation_list", "folder2-open", section)
        yield from _optional(_("Interventions"), "intervention_list", "hand-thumbs-up", section)
    if _may(access, Action.READ_REPORT) or _may(access, Action.READ_INVESTIGATION):
        yield Item(_("Deadlines"), reverse("deadline_list"), "calendar-check", section=section)
    if _may(access, Action.PREPARE_DISCLOSURE):
        yield Item(
            _("Access for parties"),
            reverse("disclosure_list"),
            "file-earmark-lock",
            section=section,
        )


def _access_items(access: Access) -> Iterator[Item]:
    section = _("Access")
    if _may(access, Action.EMERGENCY_OPEN):
        yield Item(_("Emergency opening"), reverse("emergency"), "unlock", section=section)
    if _may(access, Action.REVIEW_ACCESS):
        waiting = EmergencyAccess.objects.to_review().filter(
            unit_id__in=access.units_with(Action.REVIEW_ACCESS)
        )
        yield Item(
            _("Emergency openings"),
            reverse("emergency_list"),
            "unlock",
            waiting.exclude(child__in=access.blocked).count(),
            section,
        )
    if _may(access, Action.GRANT_READING):
        yield Item(_("Rights to read"), reverse("grant_list"), "eye", section=section)
    if access.held:
        yield Item(
            _("Conflicts of interest"), reverse("conflict_list"), "slash-circle", section=section
        )


def _leader_items(access: Access) -> Iterator[Item]:
    leads = scope_for(access, Action.ASSIGN_HANDLERS)
    if leads:
        waiting = waiting_for(leads)
        section = _("To lead")
        yield Item(
            _("To give out"), reverse("allocation"), "person-plus", waiting.to_allocate, section
        )
        yield Item(_("To read"), reverse("to_read"), "journal-check", waiting.to_read, section)
    if _may(access, Action.SEE_FORECAST):
        yield from _optional(_("Forecast"), "forecast", "graph-up", _("To lead"))
    if _may(access, Action.SEE_DEADLINE_DASHBOARD):
        yield Item(
            _("Deadline dashboard"), reverse("dashboard"), "bar-chart-line", section=_("To lead")
        )


def _optional(label: str, name: str, icon: str, section: str) -> Iterator[Item]:
    try:
        yield Item(label, reverse(name), icon, section=section)
    except NoReverseMatch:
        return


def unread(request: StaffRequest) -> int:
    """The number on the bell. One query on the partial index of unread notices."""
    return Notice.objects.shown_to(request.access).unread().count()


# Who one is here


def _places(request: StaffRequest) -> dict[int, str]:
    """Names of the nodes where the person's roles are held, and of their units; kept a request."""
    kept: dict[int, str] | None = getattr(request, "_places", None)
    if kept is None:
        access = request.access
        ids = {held.node_id for held in access.held} | {
            held.unit_id for held in access.held if held.unit_id is not None
        }
        kept = dict(OrgUnit.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
        request._places = kept  # type: ignore[attr-defined]
    return kept


def _own(request: StaffRequest) -> Held | None:
    access = request.access
    own = by_responsibility(one for one in access.held if one.for_user_id == access.user_id)
    return own[0] if own else None


def role_text(request: StaffRequest) -> str:
    """The person's most responsible role and where it is held."""
    first = _own(request)
    if first is None:
        return ""
    place = _places(request).get(first.node_id, "")
    label = str(Role(first.role).label)
    return f"{label}, {place}" if place else label


def unit_name(request: StaffRequest) -> str:
    """The unit on printed pages; nothing for those who belong to none."""
    first = _own(request)
    return _places(request).get(first.unit_id, "") if first and first.unit_id else ""
