"""Named reads of children."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower

from cases.matters import registry as matters
from cases.matters.querysets import allowed, nothing, worked_on
from core import rates
from organisation.permissions import Access
from organisation.rights import Action, Reach


class PersonQuerySet(models.QuerySet):
    def visible_to(self, access: Access) -> Self:
        """Children with at least one matter the actor may read."""
        own = nothing()
        for kind in matters.KINDS:
            own |= Q(Exists(kind.rows.visible_to(access).filter(child=OuterRef("pk"))))
        reachable = Q(unit_id__in=access.units) & own
        if access.opened:
            reachable |= Q(pk__in=access.opened)
        return self.filter(reachable & allowed(access, "pk"))

    def whereabouts_shown_to(self, access: Access) -> Self:
        """Children whose whereabouts the actor may see although their identity is protected.

        Those who work today on an open matter of theirs, those who answer for it, and those to
        whom it was given by name. See `cases.persons.whereabouts`.
        """
        from cases.matters.models import Matter

        action = Action.SEE_PROTECTED_WHEREABOUTS
        answers = Q(worked_on("pk", access))
        if groups := access.groups_with(action):
            answers |= Q(group_id__in=groups)
        open_matters = Matter.objects.open().filter(
            answers, unit_id__in=access.units_with(action, Reach.OWN)
        )
        reachable = Q(unit_id__in=access.units_with(action)) | Q(
            Exists(open_matters.filter(child=OuterRef("pk")))
        )
        if given := access.provisions.whereabouts:
            reachable |= Q(pk__in=given)
        return self.filter(reachable & allowed(access, "pk"))

    def numbered(self, number: str) -> Self:
        """The child with that personal identity number, for whoever looks it up."""
        rates.required(rates.Rate.SEARCH)
        return self.filter(personal_identity_number=number)

    def named(self, text: str) -> Self:
        """Children whose first or last names begin with the words of `text`, in any order."""
        rates.required(rates.Rate.SEARCH)
        found = self.annotate(_first=Lower("first_name"), _last=Lower("last_name"))
        for word in text.lower().split():
            found = found.filter(
                Q(_first__startswith=word)
                | Q(_last__startswith=word)
                | Q(_first__contains=f" {word}")
                | Q(_last__contains=f" {word}")
            )
        return found
