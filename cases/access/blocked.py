"""Attempts at cases one has a conflict of interest in: answered as nothing, and kept in the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from cases.disclosure.models import Disclosure
from cases.journal.models import Note
from cases.matters import registry as matters
from cases.matters.addresses import what_of
from cases.matters.models import Matter
from cases.notices.models import Notice
from cases.persons.models import Person
from cases.provisions.models import EmergencyAccess, ReadingGrant
from cases.signing import texts
from core import trail
from organisation.permissions import Access

ROWS: dict[str, tuple[type[Model] | str, str]] = {
    "child": (Person, "pk"),
    "matter": (Matter, "child_id"),
    "note": (Note, "child_id"),
    "disclosure": (Disclosure, "child_id"),
    "emergency": (EmergencyAccess, "child_id"),
    "grant": (ReadingGrant, "content_object__child_id"),
    "notice": (Notice, "matter__child_id"),
    # A room above, and of several children.
    "handover": ("cases.Handover", "cases__matter__child_id"),
}
"""What the `pk` of an address is of, by what the address says (`cases.matters.addresses.about`),
and the way to the child. A kind of matter is said by the name of its page."""


class BlockedAttempts:
    """Keep what a person with a conflict of interest has tried to open and was not shown.

    Whoever has none is not looked at: nothing is asked, and no answer takes longer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404 and request.user.is_authenticated:
            access: Access | None = request.access  # type: ignore[attr-defined]
            if access is not None and access.blocked:
                self._note(request, access)
        return response

    def _note(self, request: Any, access: Access) -> None:
        match = request.resolver_match
        if match is None or "pk" not in match.kwargs:
            return
        what = what_of(match.func)
        if what == "text" and match.kwargs.get("code") in texts.KINDS:
            kind = texts.KINDS[match.kwargs["code"]]
            model: type[Model] | str = kind.model
            way = kind.child_column
        elif what in {kind.address for kind in matters.KINDS}:
            model, way = Matter, "child_id"
        elif what in ROWS:
            model, way = ROWS[what]
        else:
            return
        table: Any = apps.get_model(model) if isinstance(model, str) else model
        rows = table._default_manager.filter(pk=match.kwargs["pk"])
        children = access.blocked.intersection(rows.values_list(way, flat=True))
        units = {held.unit_id for held in access.held}
        for child in Person.objects.filter(pk__in=children, unit_id__in=units):
            note_attempt(request, child, what)


def note_attempt(request: Any, child: Person, what: str) -> None:
    """One line in the log: who tried to reach what of a child they are blocked from."""
    trail.refused(
        "conflict.refused", by=request.user, at=request.at, targets=[child], attempted=what
    )
