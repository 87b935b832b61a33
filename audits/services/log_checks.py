"""Log checks (loggkontroll): drawing a month's round, judging what was drawn, closing it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits import drawing
from audits.drawing import Reading
from audits.enums import Judgement, LogAct
from audits.models import LogCheckHit, LogCheckRound
from audits.topics import LOG_CHECK_OPENED, LOG_CHECK_REVIEWER
from cases.access.child_log import Ties
from cases.enums import ProtectedIdentity
from cases.notices.services import tell_topic
from cases.persons.models import Guardian, Person
from core import trail
from core.calendar import add_months, day_start, local_date
from core.decisions import Allowed, Decision, Denied
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.models import TrailEntry
from organisation.acting import access, checked_choice, checked_texts
from organisation.enums import Level, Role
from organisation.models import OrgUnit, RoleAssignment, User
from organisation.permissions import Access, refusal
from organisation.rights import Action

SEARCHES = ("search.read", "emergency.searched", "child.merge_searched")
LOOK_UPS = ("child.looked_up",)
LISTS = (
    *("start.read", "to_read.read", "allocation.read", "allocation.proposal_read"),
    *("review.cases_read", "deadline.list_read", "deadline.listed", "deadline.list_exported"),
    *("emergency.list_read", "disclosure.listed"),
)
"""Lists by name; what ends as the lists of every kind of matter do, and what showed several
children at once, is one as well."""

_ACT = """
CASE WHEN kind NOT IN ('read', 'export') OR action LIKE 'emergency.%%'
          AND action <> ALL(%(searches)s) AND action <> ALL(%(lists)s) THEN 'case'
     WHEN action = ANY(%(searches)s) THEN 'search'
     WHEN action = ANY(%(look_ups)s) THEN 'look_up'
     WHEN action = ANY(%(lists)s) OR action ~ '[.](list_read|listed|list_exported)$'
          OR cardinality(children) > 1 THEN 'list'
     ELSE 'case' END
"""
_NAMED: dict[str, list[str]] = {
    "searches": list(SEARCHES),
    "look_ups": list(LOOK_UPS),
    "lists": list(LISTS),
}

_READINGS = f"""
WITH acts AS (
    SELECT id, actor_id, at, kind, action, children, {_ACT} AS act,
           CASE WHEN cardinality(children) = 1 OR kind = 'refused' THEN children[1] END AS child,
           (at AT TIME ZONE 'Europe/Stockholm')::date AS day
    FROM core_trailentry
    WHERE at >= %(first)s AND at < %(last)s AND actor_id IS NOT NULL
      AND (
          unit_id = %(unit)s AND (
              (kind IN ('read', 'export') AND action NOT LIKE 'log_check.%%'
               AND (cardinality(children) > 0 OR action = ANY(%(searches)s)))
              OR action LIKE 'emergency.%%' OR kind = 'refused'
          )
          OR unit_id IS NULL AND kind = 'refused' AND actor_id = ANY(%(staff)s)
      )
)
SELECT actor_id, child, day, min(at), max(at), count(DISTINCT id),
       bool_or(kind IN ('read', 'export')), bool_or(action LIKE 'emergency.%%'),
       bool_or(kind = 'refused'), act,
       coalesce(array_agg(DISTINCT one) FILTER (WHERE one IS NOT NULL AND act <> 'list'), '{{}}'),
       count(DISTINCT one)
FROM acts LEFT JOIN LATERAL unnest(children) AS one ON true
GROUP BY actor_id, child, day, act
ORDER BY day, min(at)
"""  # noqa: S608 (of constants here)
# What a check itself shows of a child is no reading to check again.

OWN_READING = gettext_lazy(
    "Nobody reviews their own readings. Name a second reviewer for this one."
)


def open_round(
    unit: OrgUnit, *, month: date, at: datetime, by: User | None = None
) -> LogCheckRound:
    """Draw the round of the calendar month that `month` lies in; the month must be over.

    Without `by` the system does it. Conflict when the month has its round already.
    """
    if by is not None and unit.pk not in access(by, at).units_with(Action.CHECK_LOGS):
        raise Forbidden(refusal(Action.CHECK_LOGS))
    first = month.replace(day=1)
    last = add_months(first, 1) - timedelta(days=1)
    if last >= local_date(at):
        raise Invalid({"month": _("The month is not over yet.")})
    with transaction.atomic():
        OrgUnit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
        if LogCheckRound.objects.filter(unit=unit, from_on=first).exists():
            raise Conflict(_("The month already has its log check."))
        readings = _readings(unit, first, last)
        heads = _heads(unit, local_date(at))
        owner = None if heads else _owner(unit, local_date(at))
        made = LogCheckRound.objects.create(
            unit=unit,
            from_on=first,
            until_on=last,
            seed=secrets.token_hex(16),
            readings=sum(row.opened for row in readings),
            drawn_at=at,
            owner_id=owner,
        )
        found = _reasons(readings, seed=made.seed)
        LogCheckHit.objects.bulk_create(
            [
                LogCheckHit(
                    round=made,
                    actor_id=row.actor_id,
                    child_id=row.child_id,
                    day=row.day,
                    first_at=row.first_at,
                    last_at=row.last_at,
                    entries=row.entries,
                    act=row.act,
                    children=row.count,
                    rules=[rule.value for rule in rules],
                )
                for row, rules in found.items()
            ],
            batch_size=1_000,
        )
        trail.changed("log_check.opened", made, by=by, at=at, hits=len(found))
        told = heads or [pk for pk in [owner] if pk is not None]
        tell_topic(told, LOG_CHECK_OPENED, made.pk, at=at, by=by)
    return made


def _heads(unit: OrgUnit, on: date) -> list[int]:
    heads = RoleAssignment.objects.active(on).filter(
        node=unit, role=Role.UNIT_HEAD, user__is_active=True
    )
    return list(heads.order_by("pk").values_list("user_id", flat=True))


def _owner(unit: OrgUnit, on: date) -> int | None:
    """Who sees to the round of a unit without a head: its last one, if still a member of the staff,
    else the head of another unit of the same department, else of the same administration."""
    working = RoleAssignment.objects.active(on).filter(user__is_active=True)
    last = RoleAssignment.objects.filter(
        node=unit, role=Role.UNIT_HEAD, user__in=working.values("user")
    )
    if (found := last.order_by("-from_on", "-pk").first()) is not None:
        return found.user_id
    above = unit.parent
    while above is not None:
        heads = working.filter(
            role=Role.UNIT_HEAD, node__path__startswith=above.path, node__active=True
        )
        if (found := heads.order_by("node__path", "pk").first()) is not None:
            return found.user_id
        above = above.parent
    return None


MOST_MONTHS = 12
"""Months back that are drawn when nothing was for a while."""


def open_last_month(*, at: datetime) -> int:
    """Draw last month's round in every unit that has none, and the months before it that were left
    out since the unit's first; how many were made.

    A unit put out of use has its rounds up to the month it was put out, and of each later one in
    which anything of it was read.
    """
    last = (local_date(at).replace(day=1) - timedelta(days=1)).replace(day=1)
    done: dict[int, set[date]] = {}
    for unit_id, month in LogCheckRound.objects.filter(
        from_on__gte=add_months(last, -MOST_MONTHS)
    ).values_list("unit", "from_on"):
        done.setdefault(unit_id, set()).add(month)
    made = 0
    for unit in OrgUnit.objects.filter(level=Level.UNIT).order_by("pk"):
        drawn = done.get(unit.pk, set())
        month = min(drawn, default=last)
        used_until = None if unit.active else _put_out(unit)
        while month <= last:
            if month not in drawn and (unit.active or _is_due(unit, month, used_until)):
                try:
                    open_round(unit, month=month, at=at)
                    made += 1
                except Conflict:
                    pass  # another was quicker
            month = add_months(month, 1)
    return made


def _put_out(unit: OrgUnit) -> date | None:
    """The day the unit was put out of use, as the trail has it."""
    acts = TrailEntry.objects.filter(
        action="organisation.node_changed", targets=[unit.pk], details__active=False
    )
    at = acts.order_by("-at").values_list("at", flat=True).first()
    return local_date(at) if at is not None else None


def _is_due(unit: OrgUnit, month: date, used_until: date | None) -> bool:
    """Whether a unit now out of use was in use that month, or anything was read of it then."""
    if used_until is not None and month <= used_until:
        return True
    return TrailEntry.objects.filter(
        unit_id=unit.pk,
        at__gte=day_start(month),
        at__lt=day_start(add_months(month, 1)),
        kind__in=["read", "export", "refused"],
    ).exists()


def _readings(unit: OrgUnit, first: date, last: date) -> list[Reading]:
    staff = RoleAssignment.objects.filter(node__path__startswith=unit.path, from_on__lte=last)
    with connection.cursor() as cursor:
        cursor.execute(
            _READINGS,
            {
                "first": day_start(first),
                "last": day_start(last + timedelta(days=1)),
                "unit": unit.pk,
                "staff": list(staff.values_list("user_id", flat=True)),
                **_NAMED,
            },
        )
        rows: list[list[Any]] = [list(row) for row in cursor.fetchall()]
    for row in rows:
        row[10] = tuple(row[10])
    return [Reading(*row) for row in rows]


def acts_of(hit: LogCheckHit) -> QuerySet[TrailEntry]:
    """The acts behind what was drawn, as the trail has them."""
    rows = TrailEntry.objects.filter(
        actor=hit.actor_id,
        at__gte=day_start(hit.day),
        at__lt=day_start(hit.day + timedelta(days=1)),
    ).exclude(action__startswith="log_check.")
    shown = Q(kind__in=["read", "export"])
    named_list = Q(action__in=LISTS) | Q(action__regex=r"[.](list_read|listed|list_exported)$")
    several = Q(children__len__gt=1)
    found = {
        LogAct.SEARCH.value: shown & Q(action__in=SEARCHES),
        LogAct.LOOK_UP.value: shown & Q(action__in=LOOK_UPS),
        LogAct.LIST.value: shown
        & ~Q(action__in=[*SEARCHES, *LOOK_UPS])
        & (named_list | several & ~Q(action__startswith="emergency.")),
    }
    if hit.act != LogAct.CASE:
        rows = rows.filter(found[hit.act], unit_id=hit.round.unit_id)
        single = rows.filter(children__len=1)
        return (
            single.filter(children=[hit.child_id])
            if hit.child_id
            else rows.exclude(pk__in=single.values("pk"))
        )
    for other in found.values():
        rows = rows.exclude(other)
    if hit.child_id:
        return rows.filter(children=[hit.child_id])
    return rows.filter(children=[], kind="refused")


def _reasons(readings: Sequence[Reading], *, seed: str) -> dict[Reading, list[drawing.LogRule]]:
    children = {child for row in readings for child in row.children}
    people = {row.actor_id for row in readings}
    names: dict[int, list[str]] = {}
    protected = set()
    for pk, name, kind in Person.objects.filter(pk__in=children).values_list(
        "pk", "last_name", "protected_identity"
    ):
        names.setdefault(pk, []).append(name)
        if kind != ProtectedIdentity.NONE:
            protected.add(pk)
    for pk, name in Guardian.objects.filter(child__in=children).values_list("child", "last_name"):
        names.setdefault(pk, []).append(name)
    duty: dict[int, list[tuple[date, date | None]]] = {}
    for user, from_on, until_on in RoleAssignment.objects.filter(
        user__in=people, role=Role.ON_DUTY
    ).values_list("user", "from_on", "until_on"):
        duty.setdefault(user, []).append((from_on, until_on))
    ties = Ties(children, people)
    return drawing.reasons(
        readings,
        seed=seed,
        staff_names=dict(User.objects.filter(pk__in=people).values_list("pk", "last_name")),
        family_names=names,
        protected=protected,
        on_duty=lambda user, day: any(
            first <= day and (last is None or day <= last) for first, last in duty.get(user, [])
        ),
        is_tied=lambda user, child, day: bool(ties.of(user, child, day)),
    )


def owns(checked: LogCheckRound, who: Access) -> bool:
    """Whether the person leads the round: the unit's head, or who was given it for want of one."""
    return checked.unit_id in who.units_with(Action.CHECK_LOGS) or checked.owner_id == who.user_id


def staff_of(checked: LogCheckRound, on: date) -> QuerySet[User]:
    """Who can be second reviewer: who works in the unit, or in the one above it when it is out of
    use."""
    unit = checked.unit
    path = unit.path if unit.active or unit.parent is None else unit.parent.path
    here = RoleAssignment.objects.active(on).filter(node__path__startswith=path)
    people: QuerySet[User] = User.objects.filter(pk__in=here.values("user"), is_active=True)
    return people


def may_close(checked: LogCheckRound, who: Access) -> Decision:
    """Whether all is judged; readings one may not review oneself are said to be the other's."""
    waiting = checked.hits.filter(judged_at__isnull=True)
    left = LogCheckHit.objects.visible_to(who).to_judge().filter(round=checked).count()
    if left:
        return Denied(_("%(count)d readings are still to be judged.") % {"count": left})
    if waiting.exists():
        return Denied(_("The second reviewer has readings left to judge."))
    return Allowed()


def _open(who: Access, pk: int) -> LogCheckRound:
    found = (
        LogCheckRound.objects.select_for_update(of=("self",)).filter(pk=pk).first()
        if LogCheckRound.objects.visible_to(who).filter(pk=pk).exists()
        else None
    )
    if found is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    if found.is_closed:
        raise Conflict(_("The log check is closed and stands as it is."), current=found)
    return found


@transaction.atomic
def judge(hit_id: int, *, judgement: str, comment: str, by: User, at: datetime) -> LogCheckHit:
    """Judge one reading; signed by `by`, who never judges their own.

    An earlier judgement may be changed until the round is closed; its history keeps it.
    """
    who = access(by, at)
    hit = LogCheckHit.objects.visible_to(who).filter(pk=hit_id).first()
    if hit is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    checked = _open(who, hit.round_id)
    hit = LogCheckHit.objects.select_for_update(of=("self",)).get(pk=hit_id)
    if hit.actor_id == by.pk:
        raise Forbidden(OWN_READING)
    checked_choice("judgement", judgement, Judgement)
    required = [] if judgement == Judgement.JUSTIFIED else ["comment"]
    texts = checked_texts({"comment": comment}, required=required)
    hit.judgement, hit.comment = judgement, texts["comment"]
    hit.judged_at, hit.judged_by = at, by
    hit.save(update_fields=["judgement", "comment", "judged_at", "judged_by"])
    trail.changed("log_check.judged", checked, by=by, at=at, hit=hit.pk, judgement=judgement)
    return hit


@transaction.atomic
def justify(round_id: int, hits: Iterable[LogCheckHit], *, by: User, at: datetime) -> int:
    """Judge several readings to have been justified, in one act; how many that became.

    What another has judged meanwhile stands as it is. Forbidden, and nothing is judged, when one of
    them is a reading of `by`.
    """
    who = access(by, at)
    checked = _open(who, round_id)
    chosen = {hit.pk for hit in hits}
    found = LogCheckHit.objects.visible_to(who).filter(round=checked, pk__in=chosen)
    if found.count() < len(chosen):
        raise Missing(_("It does not exist, or is not yours to see."))
    if found.filter(actor=by).exists():
        raise Forbidden(OWN_READING)
    waiting = list(found.to_judge().order_by("pk").values_list("pk", flat=True))
    LogCheckHit.objects.filter(pk__in=waiting).update(
        judgement=Judgement.JUSTIFIED, comment="", judged_at=at, judged_by=by
    )
    if waiting:
        trail.changed(
            "log_check.judged", checked, by=by, at=at, hits=waiting, judgement=Judgement.JUSTIFIED
        )
    return len(waiting)


@transaction.atomic
def name_reviewer(round_id: int, *, reviewer: User, by: User, at: datetime) -> LogCheckRound:
    """Name who reviews the readings that the unit head cannot judge: the head's own."""
    who = access(by, at)
    checked = _open(who, round_id)
    if not owns(checked, who):
        raise Forbidden(refusal(Action.CHECK_LOGS))
    if reviewer.pk == by.pk or not staff_of(checked, who.on).filter(pk=reviewer.pk).exists():
        raise Invalid({"reviewer": _("Choose another member of the unit's staff.")})
    checked.reviewer = reviewer
    checked.save(update_fields=["reviewer"])
    trail.changed("log_check.reviewer_named", checked, by=by, at=at, reviewer=reviewer.pk)
    tell_topic([reviewer.pk], LOG_CHECK_REVIEWER, checked.pk, at=at, by=by)
    return checked


@transaction.atomic
def close(round_id: int, *, conclusion: str, by: User, at: datetime) -> LogCheckRound:
    """Close the round when all is judged; it cannot be changed after that."""
    who = access(by, at)
    checked = _open(who, round_id)
    if not owns(checked, who):
        raise Forbidden(refusal(Action.CHECK_LOGS))
    allowed = may_close(checked, who)
    if not allowed:
        raise Conflict(allowed.reason)
    texts = checked_texts({"conclusion": conclusion}, required=["conclusion"])
    checked.conclusion = texts["conclusion"]
    checked.closed_at, checked.closed_by = at, by
    checked.save(update_fields=["conclusion", "closed_at", "closed_by"])
    trail.changed("log_check.closed", checked, by=by, at=at)
    return checked
