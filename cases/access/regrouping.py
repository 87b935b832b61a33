"""Matters of a group that is taken out of use: the group that takes over answers for them.

Number, days, clocks and workers stay; what was closed before stays with the group that had it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from cases.deadlines.models import OPEN_DEADLINE, Deadline
from cases.matters import registry as matters
from cases.matters.models import Matter, MatterRecord
from cases.notices import services as notices
from cases.notices.topics import GROUP_TAKEN_OVER
from core import trail
from core.calendar import local_date
from organisation.enums import INVESTIGATING
from organisation.models import OrgUnit
from organisation.services.contents import Contents, GroupHolding, GroupMove


def _unfinished(group: OrgUnit) -> QuerySet[Matter]:
    """Its matters with something left to do: open ones, and closed ones with a duty that runs."""
    runs = Deadline.objects.filter(OPEN_DEADLINE, matter=OuterRef("pk"))
    found: QuerySet[Matter] = Matter.objects.filter(Q(closed_on__isnull=True) | Exists(runs))
    return found.filter(group=group)


def held(group: OrgUnit, on: date) -> Sequence[GroupHolding]:
    rows = _unfinished(group).order_by().values_list("kind").annotate(count=Count("pk"))
    counts = dict(rows)
    return [
        GroupHolding(str(kind.listing[0] if kind.listing else kind.name), counts[kind.code])
        for kind in matters.KINDS
        if counts.get(kind.code)
    ]


def unfit(group: OrgUnit, to: OrgUnit) -> str:
    """Reports and investigations are answered for by a group that investigates."""
    if to.function in INVESTIGATING or not _unfinished(group).exists():
        return ""
    return _("Choose a group that investigates: there are matters to take over.")


def move(move: GroupMove) -> None:
    on = local_date(move.at)
    rows = _unfinished(move.group).order_by("pk").values_list("pk", "kind")
    moved = [_regroup(pk, code, move) for pk, code in list(rows)]
    if moved:
        notices.tell_topic(
            notices.leaders_of(move.to.pk, on=on),
            GROUP_TAKEN_OVER,
            move.group.pk,
            at=move.at,
            by=move.by,
        )


def _regroup(pk: int, code: str, move: GroupMove) -> MatterRecord:
    kind = matters.kind(code)
    record: MatterRecord = kind.rows.select_for_update(of=("self",)).get(pk=pk)
    record.group = move.to
    record.version += 1
    record.save(update_fields=["group", "version"])
    Deadline.objects.filter(matter=pk).update(group=move.to)
    trail.changed(
        f"{kind.code}.regrouped",
        record,
        by=move.by,
        at=move.at,
        from_group=move.group.pk,
        to_group=move.to.pk,
    )
    return record


CONTENTS = Contents(held=held, unfit=unfit, move=move)
