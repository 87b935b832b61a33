"""What the frame shows of the case area: menu, what waits, the unread count, who one is here.

Named by the settings NAVIGATION_PROVIDERS, WAITING_PROVIDERS, UNREAD_COUNTER, ROLE_TEXT and
UNIT_NAME. A menu item
is there only if the person's rights give something behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db.models import Count, Q, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from cases import texts
from cases.enums import InvestigationStatus
from cases.models import Deadline, EmergencyAccess, Investigation, Notice, Report
from cases.services import signing
from cases.statistics import Scope, scope_for
from core.navigation import Item, Room, Waiting
from organisation.enums import Role
from organisation.models import OrgUnit
from organisation.permissions import Access, Action, Held, Reach
from organisation.roles import RANK
from organisation.views.requests import StaffRequest

PAGES_OF_CASES = (
    *("/children", "/reports", "/investigations", "/interventions", "/deadlines"),
    *("/notes", "/texts", "/matters", "/disclosures"),
)
"""Where the pages of one case lie: in this room, whichever of its lists the person has."""


def by_responsibility(held: Iterable[Held]) -> list[Held]:
    return sorted(held, key=lambda one: RANK[one.role])


def _may(access: Access, action: Action, reach: Reach = Reach.OWN) -> bool:
    return bool(access.units_with(action, reach))


def _reads_cases(access: Access) -> bool:
    return _may(access, Action.READ_REPORT) or _may(access, Action.READ_INVESTIGATION)


def items(request: StaffRequest) -> Iterator[Item]:
    """What the menu offers of the case area."""
    access: Access | None = request.access
    if access is None:
        return
    yield Item(_("Start"), reverse("home"), "house", Room.START)
    yield from _todo_items(access)
    yield from _case_items(access)
    yield from _review_items(access)
    if access.held:
        yield Item(_("Conflicts of interest"), reverse("conflict_list"), "slash-circle", Room.STAFF)
    if _may(access, Action.LOG_REPORT):
        yield Item(_("Log a report"), reverse("report_log"), "plus-lg", room=None)


def _todo_items(access: Access) -> Iterator[Item]:
    yield Item(_("Everything"), reverse("todo"), "check2-square", Room.TODO)
    if scope_for(access, Action.ASSIGN_HANDLERS):
        yield Item(_("To give out"), reverse("allocation"), "person-plus", Room.TODO)
        yield Item(_("To read"), reverse("to_read"), "journal-check", Room.TODO)
    if _reads_cases(access):
        yield Item(_("To sign"), reverse("to_sign"), "pen", Room.TODO)


def _case_items(access: Access) -> Iterator[Item]:
    found: list[Item] = []

    def add(label: str, name: str, icon: str) -> None:
        found.append(Item(label, reverse(name), icon, Room.CASES, () if found else PAGES_OF_CASES))

    if _may(access, Action.READ_REPORT):
        add(_("Reports"), "report_list", "inbox")
    if _may(access, Action.READ_INVESTIGATION):
        add(_("Investigations"), "investigation_list", "folder2-open")
        add(_("Interventions"), "intervention_list", "hand-thumbs-up")
    if _reads_cases(access):
        add(_("Deadlines"), "deadline_list", "calendar-check")
    if _may(access, Action.PREPARE_DISCLOSURE):
        add(_("Access for parties"), "disclosure_list", "file-earmark-lock")
    if _may(access, Action.GRANT_READING):
        add(_("Rights to read"), "grant_list", "eye")
    if _may(access, Action.EMERGENCY_OPEN):
        add(_("Emergency opening"), "emergency", "unlock")
    yield from found


def _review_items(access: Access) -> Iterator[Item]:
    if _may(access, Action.SEE_FORECAST):
        yield Item(_("Forecast"), reverse("forecast"), "graph-up", Room.WORKLOAD)
    if _may(access, Action.SEE_DEADLINE_DASHBOARD):
        yield Item(_("Deadline dashboard"), reverse("dashboard"), "bar-chart-line", Room.QUALITY)
    if _may(access, Action.REVIEW_ACCESS):
        yield Item(_("Emergency openings"), reverse("emergency_list"), "unlock", Room.QUALITY)


# What waits


def waiting(request: StaffRequest) -> Iterator[Waiting]:
    """What of the case area waits for the person, what is most urgent first."""
    access: Access | None = request.access
    if access is None:
        return
    own = _own_waiting(access) if _reads_cases(access) else Counter[str]()
    if _reads_cases(access):
        yield Waiting(
            _("Your overdue deadlines"),
            own["late"],
            f"{reverse('deadline_list')}?status=overdue&handler=me",
            "exclamation-octagon",
        )
    if _may(access, Action.DECIDE_OPENING):
        yield Waiting(
            _("Proposals to decide on"),
            Report.objects.proposed_to(access).count(),
            f"{reverse('report_list')}?status=to_decide",
            "file-earmark-check",
        )
    if leads := scope_for(access, Action.ASSIGN_HANDLERS):
        yield from _leaders_waiting(leads)
    if _reads_cases(access):
        yield Waiting(_("Texts to sign"), own["sign"], reverse("to_sign"), "pen")
    if _may(access, Action.REVIEW_ACCESS):
        opened = EmergencyAccess.objects.to_review().filter(
            unit_id__in=access.units_with(Action.REVIEW_ACCESS)
        )
        yield Waiting(
            _("Emergency openings to review"),
            opened.exclude(child__in=access.blocked).count(),
            reverse("emergency_list"),
            "unlock",
        )


def _own_waiting(access: Access) -> Counter[str]:
    """What waits in the person's own cases, by kind, in one query: it is little."""
    late = (
        Deadline.objects.visible_to(access)
        .overdue(on=access.on)
        .worked_on_by(access.acts_for, on=access.on)
    )
    to_sign = [signing.unsigned(kind, access) for kind in texts.by_author()]
    found = (
        late.order_by()
        .values_list(Value("late"), flat=True)
        .union(
            *(rows.order_by().values_list(Value("sign"), flat=True) for rows in to_sign),
            all=True,
        )
    )
    return Counter(found)


def _leaders_waiting(scope: Scope) -> Iterator[Waiting]:
    """Investigations without handlers and documents to read, in one query by group and state."""
    counts = Investigation.objects.filter(
        scope.of(), status__in=[InvestigationStatus.WAITING, InvestigationStatus.TO_READ]
    ).aggregate(
        to_allocate=Count("pk", filter=Q(status=InvestigationStatus.WAITING)),
        to_read=Count("pk", filter=Q(status=InvestigationStatus.TO_READ)),
    )
    yield Waiting(
        _("Investigations to give out"),
        counts["to_allocate"],
        reverse("allocation"),
        "person-plus",
    )
    yield Waiting(
        _("Documents to read and sign"), counts["to_read"], reverse("to_read"), "journal-check"
    )


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
