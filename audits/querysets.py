"""Named reads of the self-audits."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Count, Q

from audits.enums import Judgement
from organisation.permissions import Access
from organisation.rights import Action


class LogCheckRoundQuerySet(models.QuerySet):
    def visible_to(self, access: Access) -> Self:
        """Rounds of the units whose logs the person checks, and those they are named for or own."""
        units = access.units_with(Action.CHECK_LOGS)
        return self.filter(
            Q(unit_id__in=units) | Q(reviewer_id=access.user_id) | Q(owner_id=access.user_id)
        )

    def with_results(self, access: Access) -> Self:
        """Annotate how many the reader sees that were drawn, judged, and judged in each way."""
        seen = _reviewable(access, "hits__child")
        return self.annotate(
            drawn=Count("hits", filter=seen),
            judged=Count("hits", filter=seen & Q(hits__judged_at__isnull=False)),
            **{
                value: Count("hits", filter=seen & Q(hits__judgement=value))
                for value in Judgement.values
            },
        )


def _reviewable(access: Access, child: str = "child") -> Q:
    """Not of children the reader has a conflict of interest with: another reviews those."""
    if not access.blocked:
        return Q(pk__isnull=False)
    return Q(**{f"{child}__isnull": True}) | ~Q(**{f"{child}__in": access.blocked})


class LogCheckHitQuerySet(models.QuerySet):
    def visible_to(self, access: Access) -> Self:
        """Readings of the rounds one sees, but of no child one is blocked from."""
        from audits.models import LogCheckRound

        rounds = LogCheckRound.objects.visible_to(access)
        return self.filter(_reviewable(access), round__in=rounds)

    def to_judge(self) -> Self:
        return self.filter(judged_at__isnull=True)
