"""What a service asks of a matter first: whose it is, and whether it may be written in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cases.law import rules
from cases.matters import registry as matters
from cases.matters.models import Matter, MatterRecord, MatterWorker
from core.errors import Missing
from organisation.acting import permit, require
from organisation.permissions import Access
from organisation.rights import Action


def workers_of(record: MatterRecord) -> list[int]:
    """Ids of those who have a part in the matter now; no query where they were fetched with it."""
    fetched = record._state.fields_cache.get("matter")
    today = getattr(fetched, "workers_today", None)
    if today is not None:
        return [row.user_id for row in today]
    return list(
        MatterWorker.objects.current().filter(matter=record.pk).values_list("user_id", flat=True)
    )


def reach(record: MatterRecord, *, on: date) -> dict[str, Any]:
    """A matter of any kind as `Access.may` wants it."""
    return matters.kind(record.KIND).reach(record, on)


def lock_to_write(who: Access, matter_id: int, *, late: bool = False) -> MatterRecord:
    """The kind's row of a matter the actor may write in now, locked; `late`: of a closed one."""
    matter = Matter.objects.visible_to(who).filter(pk=matter_id).first()
    if matter is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    kind = matters.kind(matter.kind)
    record: MatterRecord = kind.rows.select_for_update(of=("self",)).get(pk=matter_id)
    permit(who, kind.works, **reach(record, on=who.on))
    require(
        rules.may_write_late(closed=record.closed() is not None) if late else kind.may_write(record)
    )
    return record


def permit_on(who: Access, action: Action, record: MatterRecord) -> None:
    """As `permit`, of a matter of any kind."""
    permit(who, action, **reach(record, on=who.on))
