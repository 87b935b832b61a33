"""Who may see where a child with protected identity is: asked here, and nowhere else.

Hidden are address, school and present whereabouts, the guardians' contacts (those of a protected
guardian also where the child is not protected), where the child has moved, and the school or
preschool that reported. A `Person` shows none of it until `mark` has said that this reader may see
it: what nobody asked about stays hidden. Whoever is shown the whereabouts of a protected child
leaves `whereabouts.read` in the trail (`open_for`).

In lists a protected child goes by its initials, but for those who may see where it is: lists lie
open on desks, and those who work with the child know it by its number. Files leave the house, and
there it goes by the case number alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cases.enums import ProtectedIdentity, ReporterCategory
from cases.matters import registry as matters
from cases.persons.models import Guardian, Person
from core import trail
from organisation.models import User
from organisation.permissions import Access
from organisation.rights import Action

if TYPE_CHECKING:
    from organisation.views.requests import StaffRequest

AT_SCHOOL = frozenset({ReporterCategory.SCHOOL, ReporterCategory.PRESCHOOL})
"""Reporters whose name tells where the child spends its days."""


def mark(children: Iterable[Person], access: Access) -> list[Person]:
    """Say of each child whether this reader may see where it is; one query, none if none is
    protected. Returns the protected children whose whereabouts are shown."""
    people = list(children)
    protected = [child for child in people if child.is_protected]
    if not protected:
        return []
    open_to = set(
        Person.objects.filter(pk__in={child.pk for child in protected})
        .whereabouts_shown_to(access)
        .values_list("pk", flat=True)
    )
    for child in protected:
        child.whereabouts_shown = child.pk in open_to
    return [child for child in protected if child.whereabouts_shown]


def open_to(request: StaffRequest) -> frozenset[int]:
    """Protected children whose whereabouts the reader of the page may see; one query a request."""
    kept: frozenset[int] | None = getattr(request, "_whereabouts", None)
    if kept is None:
        kept = open_ids(request.access)
        request._whereabouts = kept  # type: ignore[attr-defined]
    return kept


def open_ids(access: Access) -> frozenset[int]:
    """Protected children, of the units where one works, whose whereabouts one may see."""
    units = {held.unit_id for held in access.held if held.unit_id is not None}
    people = Person.objects.filter(unit_id__in=units).exclude(
        protected_identity=ProtectedIdentity.NONE
    )
    return frozenset(people.whereabouts_shown_to(access).values_list("pk", flat=True))


def listed_name(child: Person, request: StaffRequest) -> str:
    """The child's name in a list on a page."""
    if not child.is_protected or child.pk in open_to(request):
        return child.name
    return child.initials


def name_in_file(child: Person) -> str:
    """The child's name in a file that leaves the house: not for a protected child."""
    return str(_("Protected identity")) if child.is_protected else child.name


def may_see(child: Person, access: Access) -> bool:
    """Whether this reader may see where the child is."""
    mark([child], access)
    return not child.hides_whereabouts


def open_for(child: Person, access: Access, *, by: User, at: datetime) -> Whereabouts:
    """What a page may show of where the child is; shown, it is written in the trail."""
    if mark([child], access):
        trail.read("whereabouts.read", [child], by=by, at=at)
    return shown(child)


def mark_contacts(guardians: Iterable[Guardian], child: Person, access: Access) -> bool:
    """Say of each of those around the child whether this reader may see the contact.

    Hidden with the child's whereabouts, and where the person's own identity is protected: then it
    is for those who may see where a protected child is. The child has been marked. At most one
    query. True when the contact of somebody protected is shown.
    """
    people = list(guardians)
    protected = [one for one in people if one.is_protected]
    may = (
        bool(protected)
        and not child.hides_whereabouts
        and Person.objects.filter(pk=child.pk).whereabouts_shown_to(access).exists()
    )
    for one in people:
        one.contact_shown = not child.hides_whereabouts and (may or not one.is_protected)
    return may


def may_see_contacts(guardians: Iterable[Guardian], access: Access) -> bool:
    """Whether this reader may see the contacts of all of them, of one child."""
    people = list(guardians)
    for child in {one.child for one in people}:
        mark([child], access)
        mark_contacts([one for one in people if one.child_id == child.pk], child, access)
    return all(one.contact_shown for one in people)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a child is, as this reader may see it. All empty when `hidden`."""

    hidden: bool
    address: str = ""
    school: str = ""
    staying_at: str = ""


def shown(child: Person) -> Whereabouts:
    """The child's whereabouts as `mark` has left them."""
    if child.hides_whereabouts:
        return Whereabouts(hidden=True)
    return Whereabouts(False, child.address, child.school, child.whereabouts)


def told(child: Person, text: str) -> str:
    """A text that tells where the child is, or nothing when it is hidden from this reader."""
    return "" if child.hides_whereabouts else text


def moved_to(investigation: Any) -> str:
    """Where the child of an investigation has moved, if this reader may see it."""
    return told(investigation.child, investigation.child_moved_to)


def reporter_organisation(report: Any) -> str:
    """Who reported; a school or preschool is where the child can be found."""
    text = str(report.reporter_organisation)
    return told(report.child, text) if report.reporter_category in AT_SCHOOL else text


def may_work_with(child: Person, access: Access, action: Action) -> bool:
    """Whether `action` reaches any matter of the child."""
    return any(
        kind.rows.visible_to(access, action).filter(child=child).exists() for kind in matters.KINDS
    )


def hides_organisation(report: Any, access: Access) -> bool:
    """Whether who reported, now or before a correction, can tell where a protected child is, and
    is not the actor's to see."""
    return bool(report.child.is_protected and not may_see(report.child, access))
