"""Who has a part in a matter, from a day to a day: giving it and ending it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from cases.matters.models import MatterRecord, MatterWorker
from organisation.models import User


def current(record: MatterRecord) -> dict[str, MatterWorker]:
    """Those with a part now or to come, by part; locked until the transaction ends."""
    rows = MatterWorker.objects.select_for_update(of=("self",)).current().filter(matter=record.pk)
    return {row.part: row for row in rows}


def give(
    record: MatterRecord, user: User, part: str, *, from_on: date, by: User | None, at: datetime
) -> MatterWorker:
    """Give the part, which nobody may have; `by` is None where it comes to them by itself."""
    return MatterWorker.objects.create(
        matter_id=record.pk, user=user, part=part, from_on=from_on, assigned_by=by, assigned_at=at
    )


def end(worker: MatterWorker, *, on: date, reason: str, handover_note: str = "") -> None:
    """The last day is the day before `on`; one that began that day, or later, counts for none."""
    worker.until_on = max(on, worker.from_on) - timedelta(days=1)
    worker.end_reason = reason
    worker.handover_note = handover_note
    worker.save(update_fields=["until_on", "end_reason", "handover_note"])
