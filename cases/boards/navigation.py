"""What the frame shows of the case area: menu, what waits, the unread count, who one is here.

Named by the settings NAVIGATION_PROVIDERS, WAITING_PROVIDERS, UNREAD_COUNTER, ROLE_TEXT and
UNIT_NAME. A menu item
is there only if the person's rights give something behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.deadlines.models import Deadline
from cases.deadlines.querysets import DeadlineQuerySet
from cases.disclosure import services as disclosures
from cases.enums import DeadlineStatus
from cases.handovers.models import Handover
from cases.investigations.models import Investigation
from cases.notices.models import Notice
from cases.provisions.models import EmergencyAccess
from cases.reports.models import Report
from cases.signing import services as signing
from cases.signing import texts
from cases.statistics import scope_for
from core.navigation import Item, Room, Source, Waiting, counted
from organisation.enums import Role
from organisation.models import OrgUnit
from organisation.permissions import Access, Held
from organisation.rights import Action, Reach
from organisation.roles import RANK
from organisation.views.requests import StaffRequest

PAGES_OF_CASES = (
    *("/children", "/reports", "/investigations", "/interventions", "/deadlines"),
    *("/handovers",),
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
    reads = _may(access, Action.READ_INVESTIGATION)
    if reads or access.granted:
        # Whose role reads no cases may have been given one to read: it is in this room, too.
        add(_("Investigations"), "investigation_list", "folder2-open")
    if reads:
        add(_("Interventions"), "intervention_list", "hand-thumbs-up")
    if _reads_cases(access):
        add(_("Deadlines"), "deadline_list", "calendar-check")
    if _may(access, Action.PREPARE_DISCLOSURE):
        add(_("Access for parties"), "disclosure_list", "file-earmark-lock")
    if _may(access, Action.HAND_OVER, Reach.GROUP):
        add(_("Hand-overs"), "handover_list", "box-arrow-right")
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


WITHIN_DAYS = 7
"""How long before its last day a deadline waits for who works on the matter."""


def waiting(request: StaffRequest) -> Iterator[Waiting]:
    """What of the case area waits for the person, what is most urgent first."""
    access: Access | None = request.access
    if access is None:
        return
    yield from counted(_sources(access), reader=access)


def _sources(access: Access) -> Iterator[Source]:
    reads = _reads_cases(access)
    if reads:
        yield from _deadlines(access)
    if _may(access, Action.READ_REPORT):
        yield from _reports(access)
    if scope_for(access, Action.ASSIGN_HANDLERS):
        yield from _leaders(access)
    if _may(access, Action.READ_INVESTIGATION):
        yield Source(
            "documents_returned",
            _("Documents sent back to you"),
            f"{reverse('investigation_list')}?status=returned",
            "arrow-return-left",
            lambda: [Investigation.objects.returned_to(access)],
        )
    if reads:
        yield Source(
            "texts_to_sign",
            _("Texts to sign"),
            reverse("to_sign"),
            "pen",
            lambda: [signing.unsigned(kind, access) for kind in texts.by_author()],
        )
    yield from _reviews(access)


def _deadlines(access: Access) -> Iterator[Source]:
    """Of matters the person has a part in."""
    url = reverse("deadline_list")
    last = access.on + timedelta(days=WITHIN_DAYS)

    def mine(status: DeadlineStatus) -> DeadlineQuerySet:
        rows = Deadline.objects.visible_to(access).worked_on_by(access.acts_for, on=access.on)
        return rows.in_status(status, on=access.on)

    yield Source(
        "deadlines_overdue",
        _("Your overdue deadlines"),
        f"{url}?status=overdue&handler=me",
        "exclamation-octagon",
        lambda: [mine(DeadlineStatus.OVERDUE)],
    )
    yield Source(
        "deadlines_due",
        _("Your deadlines within a week"),
        f"{url}?status=due&handler=me&due_to={last.isoformat()}",
        "calendar-event",
        lambda: [mine(DeadlineStatus.DUE).filter(due_on__lte=last)],
    )


def _reports(access: Access) -> Iterator[Source]:
    url = f"{reverse('report_list')}?status="
    if _may(access, Action.ASSESS_PROTECTION):
        yield Source(
            "reports_to_assess",
            _("Protection assessments to write"),
            f"{url}to_assess",
            "shield-exclamation",
            lambda: [Report.objects.to_assess_by(access)],
        )
    if _may(access, Action.PROPOSE_DECISION):
        yield Source(
            "reports_to_propose",
            _("Reports to propose a decision on"),
            f"{url}to_propose",
            "pencil-square",
            lambda: [Report.objects.to_propose_by(access)],
        )
    if _may(access, Action.DECIDE_OPENING):
        yield Source(
            "proposals_to_decide",
            _("Proposals to decide on"),
            f"{url}to_decide",
            "file-earmark-check",
            lambda: [Report.objects.proposed_to(access)],
        )


def _leaders(access: Access) -> Iterator[Source]:
    """What nobody has, and what has come back to be read, of the groups the person leads."""
    yield Source(
        "reports_to_give",
        _("Reports without a worker"),
        f"{reverse('report_list')}?status=to_give",
        "person-exclamation",
        lambda: [Report.objects.to_be_given_by(access)],
    )
    led = scope_for(access, Action.ASSIGN_HANDLERS)
    yield Source(
        "investigations_to_give",
        _("Investigations to give out"),
        reverse("allocation"),
        "person-plus",
        lambda: [Investigation.objects.waiting().filter(led.of())],
    )
    yield Source(
        "documents_to_read",
        _("Documents to read and sign"),
        reverse("to_read"),
        "journal-check",
        lambda: [Investigation.objects.to_be_read_by(access)],
    )


def _reviews(access: Access) -> Iterator[Source]:
    """Parties' access to the file, and what has been opened in an emergency."""
    url = f"{reverse('disclosure_list')}?status="
    if _may(access, Action.PREPARE_DISCLOSURE):
        yield Source(
            "disclosures_to_prepare",
            _("Parties' access to go through or hand over"),
            f"{url}to_prepare",
            "file-earmark-lock",
            lambda: [disclosures.to_prepare(access)],
        )
    if scope_for(access, Action.APPROVE_DISCLOSURE):
        yield Source(
            "disclosures_to_approve",
            _("Parties' access to approve"),
            f"{url}to_approve",
            "file-earmark-check",
            lambda: [disclosures.to_approve(access)],
        )
    if access.units_with(Action.RECEIVE_HANDOVER):
        yield Source(
            "handovers_to_answer",
            _("Families that another unit asks you to take over"),
            f"{reverse('handover_list')}?show=received",
            "box-arrow-in-right",
            lambda: [Handover.objects.received_by(access).waiting()],
        )
    if _may(access, Action.REVIEW_ACCESS):
        yield Source(
            "emergencies_to_review",
            _("Emergency openings to review"),
            reverse("emergency_list"),
            "unlock",
            lambda: [
                EmergencyAccess.objects.to_review()
                .filter(unit_id__in=access.units_with(Action.REVIEW_ACCESS))
                .exclude(child__in=access.blocked)
            ],
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
