"""Named reads of hand-overs."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.enums import HandoverStatus
from organisation.permissions import Access
from organisation.rights import Action


class HandoverQuerySet(models.QuerySet):
    def sent_by(self, access: Access) -> Self:
        """Those of the units and groups whose cases the person may hand over."""
        units, groups = access.units_with(Action.HAND_OVER), access.groups_with(Action.HAND_OVER)
        return self._allowed(access).filter(Q(from_unit__in=units) | Q(from_group__in=groups))

    def received_by(self, access: Access) -> Self:
        """Those that a unit has been asked to take over for which the person answers. One that was
        withdrawn is nothing to them."""
        units = access.units_with(Action.RECEIVE_HANDOVER)
        rows = self._allowed(access).filter(to_unit__in=units)
        return rows.exclude(status=HandoverStatus.WITHDRAWN)

    def visible_to(self, access: Access) -> Self:
        sent = self.sent_by(access).values("pk")
        received = self.received_by(access).values("pk")
        return self.filter(Q(pk__in=sent) | Q(pk__in=received))

    def waiting(self) -> Self:
        return self.filter(status=HandoverStatus.OFFERED)

    def with_cases(self) -> Self:
        """With its cases and their children: what a list and a page show."""
        return self.select_related(
            "from_unit", "from_group", "to_unit", "to_group", "offered_by", "answered_by"
        ).prefetch_related("cases__matter__child", "cases__to_matter")

    def _allowed(self, access: Access) -> Self:
        """Without those about a child the person has a conflict of interest with."""
        if not access.blocked:
            return self
        cases: Any = self.model._meta.get_field("cases").related_model
        of_blocked = cases._default_manager.filter(
            handover=OuterRef("pk"), matter__child__in=access.blocked
        )
        return self.exclude(Exists(of_blocked))
