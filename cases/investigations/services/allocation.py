"""Giving an investigation to a pair, and changing the pair."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.enums import HandlerPart, InvestigationStatus, NoticeKind
from cases.investigations.models import Investigation
from cases.investigations.services.ground import visible
from cases.law import rules
from cases.matters import workers
from cases.matters.models import MatterWorker
from cases.matters.working import permit_on
from cases.notices import services as notices
from cases.provisions.lookup import blocked_from, workers_for
from core import trail
from core.errors import Conflict, Invalid
from core.names import in_order
from organisation.acting import access, checked_day, checked_length, checked_texts, lock, require
from organisation.models import User
from organisation.rights import Action

NOT_TO_BE_GIVEN = gettext_lazy("%(name)s cannot be given this case. Choose somebody else.")
"""Said of a conflict of interest: that it is so, and never why."""


def may_be_handler(investigation: Investigation, *, on: date) -> QuerySet[User]:
    """The workers who can be chosen for the investigation on the day."""
    eligible = workers_for(investigation.group_id, investigation.child_id, on=on)
    return eligible.order_by(*in_order())


def _fit_before(investigation: Investigation, part: str, from_on: date) -> None:
    """Let nobody keep the part beside the worker who has it from the day.

    What was to end later, for a planned change that is no more, ends the day before.
    """
    last_day = from_on - timedelta(days=1)
    for row in MatterWorker.objects.select_for_update(of=("self",)).filter(
        matter=investigation.pk, part=part, until_on__gte=from_on
    ):
        row.until_on = max(last_day, row.from_on - timedelta(days=1))
        row.save(update_fields=["until_on"])


@transaction.atomic
def cancel_planned(
    investigation_id: int, *, reason: str, by: User, at: datetime, version: int | None = None
) -> Investigation:
    """Cancel a change of the pair that has not begun: those who have it now keep it.

    Conflict when none is planned.
    """
    who = access(by, at)
    investigation = lock(visible(who), investigation_id, version=version)
    permit_on(who, Action.ASSIGN_HANDLERS, investigation)
    text = checked_texts({"reason": reason})["reason"]
    if not text:
        raise Invalid({"reason": _("Give the reason for the change of worker.")})
    checked_length("reason", text, MatterWorker, "end_reason")
    planned = [row for row in workers.current(investigation).values() if row.from_on > who.on]
    if not planned:
        raise Conflict(_("No change of the pair is planned."))
    for row in planned:
        workers.end(row, on=who.on, reason=text)
        before = (
            MatterWorker.objects.select_for_update(of=("self",))
            .filter(
                matter=investigation.pk, part=row.part, until_on=row.from_on - timedelta(days=1)
            )
            .exclude(pk=row.pk)
            .filter(until_on__gte=F("from_on"))
            .first()
        )
        if before is not None:
            before.until_on = None
            before.end_reason = before.handover_note = ""
            before.save(update_fields=["until_on", "end_reason", "handover_note"])
    has_pair = MatterWorker.objects.current().filter(matter=investigation.pk).exists()
    if not has_pair and investigation.status == InvestigationStatus.ONGOING:
        investigation.status = InvestigationStatus.WAITING
    investigation.version += 1
    investigation.save(update_fields=["status", "version"])
    trail.changed("investigation.plan_cancelled", investigation, by=by, at=at, reason=text)
    return investigation


@transaction.atomic
def assign_handlers(
    investigation_id: int,
    *,
    main: User,
    co: User,
    from_on: date,
    by: User,
    at: datetime,
    reason: str = "",
    handover_note: str = "",
    version: int | None = None,
) -> list[MatterWorker]:
    """Give the investigation to a pair, or change the pair.

    A change of someone needs `reason`; who leaves ends the day before `from_on`. One that would
    have begun that day or later counts for none: a part given to the wrong person a minute ago is
    gone at once, a planned one is cancelled, and whoever has the part until then keeps it so long.
    Both must be workers of the group, there on the day. Invalid for the same person twice.
    """
    who = access(by, at)
    investigation = lock(visible(who), investigation_id, version=version)
    permit_on(who, Action.ASSIGN_HANDLERS, investigation)
    require(rules.may_assign(status=investigation.status))
    texts = checked_texts({"reason": reason, "handover_note": handover_note})
    checked_length("reason", texts["reason"], MatterWorker, "end_reason")
    if main.pk == co.pk:
        raise Invalid({"co": _("The pair has to be two different people.")})
    checked_day(
        "from",
        from_on,
        today=who.on,
        earliest=investigation.opened_on,
        earliest_is=_("the day the investigation was opened"),
        may_be_future=True,
    )
    if (from_on - who.on).days > 60:
        raise Invalid({"from": _("The day is more than two months ahead.")})
    current = workers.current(investigation)
    if any(row.from_on > from_on for row in current.values()) and not texts["reason"]:
        raise Invalid({"reason": _("Give the reason for the change of worker.")})
    wanted = {HandlerPart.MAIN.value: main, HandlerPart.CO.value: co}
    changing = {
        part: user
        for part, user in wanted.items()
        if part not in current or current[part].user_id != user.pk
    }
    # Whoever stays may be away today; only a new handler has to be there to take it.
    staying = {row.user_id for row in current.values()}
    eligible = User.objects.workers_in(investigation.group_id, on=max(from_on, who.on))
    blocked = blocked_from(investigation.child_id, on=max(from_on, who.on))
    for name, user in (("main", main), ("co", co)):
        if user.pk in blocked:
            raise Invalid({name: NOT_TO_BE_GIVEN % {"name": user}})
        if user.pk not in staying and not eligible.filter(pk=user.pk).exists():
            raise Invalid(
                {name: _("Choose a worker of the receiving group who is there on that day.")}
            )
    if not changing:
        return list(current.values())
    replaced = [current[part] for part in changing if part in current]
    if replaced and not texts["reason"]:
        raise Invalid({"reason": _("Give the reason for the change of worker.")})
    for row in replaced:
        # One that begins that day or later counts for none: it was given out by mistake, or only
        # planned. The part it took over is then carried on to the new worker's first day.
        workers.end(row, on=from_on, reason=texts["reason"], handover_note=texts["handover_note"])
    for part in changing:
        _fit_before(investigation, part, from_on)
    made = [
        workers.give(investigation, user, part, from_on=from_on, by=by, at=at)
        for part, user in changing.items()
    ]
    if investigation.status == InvestigationStatus.WAITING:
        investigation.status = InvestigationStatus.ONGOING
    investigation.version += 1
    investigation.save(update_fields=["status", "version"])
    trail.changed(
        "investigation.assigned",
        investigation,
        by=by,
        at=at,
        reason=texts["reason"],
        main=main.pk,
        co=co.pk,
        from_on=from_on.isoformat(),
    )
    notices.tell(
        [row.user_id for row in made],
        NoticeKind.ASSIGNED,
        at=at,
        on=who.on,
        by=by,
        about=investigation,
    )
    stay = {row.pk for row in replaced}
    return [*made, *(row for row in current.values() if row.pk not in stay)]
