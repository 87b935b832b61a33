"""Named reads of children."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, When

from cases.enums import PARENTS_AND_GUARDIANS
from cases.matters import registry as matters
from cases.matters.querysets import allowed, nothing, worked_on
from cases.persons import plausibility
from core import names, rates
from organisation.permissions import Access
from organisation.rights import Action, Reach

if TYPE_CHECKING:
    from cases.persons.models import Person

NAMES = ("first_name", "last_name")


def _earlier(number: str) -> Any:
    from cases.persons.models import EarlierNumber

    return EarlierNumber.objects.filter(number=number)


class GuardianQuerySet(models.QuerySet):
    def present(self) -> Self:
        """Those who still are something to the child."""
        return self.filter(ended_on__isnull=True)

    def asked(self) -> Self:
        """Those whose take-part is asked for: parents and guardians who have not ended.

        Without a name there is nobody to ask, unless it is said to have custody.
        """
        return (
            self.present()
            .filter(relation__in=PARENTS_AND_GUARDIANS)
            .exclude(first_name="", last_name="", has_custody=False)
        )


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
        """The child with that number now or earlier, for whoever looks it up.

        Numbers of changes that must not show are no way to the child; see `once_numbered`.
        """
        rates.required(rates.Rate.SEARCH)
        return self.filter(
            Q(personal_identity_number=number)
            | Q(pk__in=_earlier(number).filter(is_hidden=False).values("child"))
        ).unmerged()

    def once_numbered(self, number: str, access: Access) -> Self:
        """Children with that number before a change that must not show, for those who may know."""
        return self.filter(
            pk__in=_earlier(number).values("child"),
            unit_id__in=access.units_with(Action.DECIDE_IDENTITY, Reach.GROUP),
        ).unmerged()

    def temporarily_numbered(self, text: str) -> Self:
        """Children with that temporary number: none, one, or several from different places."""
        rates.required(rates.Rate.SEARCH)
        return self.filter(temporary_number=text).exclude(temporary_number="").unmerged()

    def expected_near(self, born: date) -> Self:
        """Unborn children that can be the one born on that day, with their guardians."""
        rates.required(rates.Rate.SEARCH)
        return (
            self.unmerged()
            .filter(
                expected_on__gte=born - plausibility.LATE,
                expected_on__lte=born + plausibility.EARLY,
            )
            .prefetch_related("guardians")
        )

    def unmerged(self) -> Self:
        """Without records that were merged into another."""
        return self.filter(merged_into__isnull=True)

    def named(self, text: str) -> Self:
        """Children whose own name is what `text` asks for, however written (`core.names`)."""
        rates.required(rates.Rate.SEARCH)
        return self.unmerged().filter(names.begins(text, *NAMES))

    def called(self, text: str) -> Self:
        """Children so named, or with a guardian who is: a mother rings under her own name.

        What is written exactly so comes first, then by name. `by_own_name` says which it was.
        """
        rates.required(rates.Rate.SEARCH)
        own = self.model._default_manager.filter(names.begins(text, *NAMES))
        guardian: Any = self.model._meta.get_field("guardians").related_model
        theirs = guardian._default_manager.filter(names.begins(text, *NAMES))
        return (
            self.unmerged()
            .filter(pk__in=own.values("pk").union(theirs.values("child")))
            .annotate(
                by_own_name=names.Also(names.Keys(*NAMES), names.NameQuestion(text)),
                _exact=Case(When(names.is_written(text, *NAMES), then=0), default=1),
            )
            .order_by("_exact", *names.in_order(), "pk")
        )

    def nearly(self, text: str, *, apart_from: Iterable[Person] = (), most: int) -> list[Person]:
        """Children of these whose own name is nearly so: to be offered, never to be taken for."""
        rates.required(rates.Rate.SEARCH)
        rows: Any = self.unmerged()
        found = [child.pk for child in apart_from]
        near: list[Person] = names.nearest(rows, text, *NAMES, apart_from=found, most=most)
        for child in near:
            child.is_near = True
        return near
