"""Log checks (loggkontroll): drawing a month's round, judging what was drawn, closing it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits import drawing
from audits.drawing import Reading
from audits.enums import Judgement
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
from organisation.acting import access, checked_choice, checked_texts
from organisation.enums import Level, Role
from organisation.models import OrgUnit, RoleAssignment, User
from organisation.permissions import Access, refusal
from organisation.rights import Action

_READINGS = """
SELECT actor_id, children[1], (at AT TIME ZONE 'Europe/Stockholm')::date AS day,
       min(at), max(at), count(*),
       bool_or(kind IN ('read', 'export')), bool_or(action LIKE 'emergency.%%'),
       bool_or(kind = 'refused')
FROM core_trailentry
WHERE at >= %(first)s AND at < %(last)s AND actor_id IS NOT NULL
  AND (
      unit_id = %(unit)s AND (
          (kind IN ('read', 'export') AND cardinality(children) = 1
           AND target_type <> 'logcheckround')
          OR action LIKE 'emergency.%%' OR kind = 'refused'
      )
      OR unit_id IS NULL AND kind = 'refused' AND actor_id = ANY(%(staff)s)
  )
GROUP BY 1, 2, 3
ORDER BY 3, 4
"""
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
        made = LogCheckRound.objects.create(
            unit=unit,
            from_on=first,
            until_on=last,
            seed=secrets.token_hex(16),
            readings=sum(row.opened for row in readings),
            drawn_at=at,
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
                    rules=[rule.value for rule in rules],
                )
                for row, rules in found.items()
            ],
            batch_size=1_000,
        )
        trail.changed("log_check.opened", made, by=by, at=at, hits=len(found))
        heads = RoleAssignment.objects.active(local_date(at)).filter(
            node=unit, role=Role.UNIT_HEAD, user__is_active=True
        )
        tell_topic(heads.values_list("user_id", flat=True), LOG_CHECK_OPENED, made.pk, at=at, by=by)
    return made


def open_last_month(*, at: datetime) -> int:
    """Draw last month's round in every unit that has none; how many were made."""
    month = local_date(at).replace(day=1) - timedelta(days=1)
    done = LogCheckRound.objects.filter(from_on=month.replace(day=1)).values("unit")
    made = 0
    for unit in OrgUnit.objects.filter(level=Level.UNIT, active=True).exclude(pk__in=done):
        try:
            open_round(unit, month=month, at=at)
        except Conflict:
            # Another was quicker.
            continue
        made += 1
    return made


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
            },
        )
        return [Reading(*row) for row in cursor.fetchall()]


def _reasons(readings: Sequence[Reading], *, seed: str) -> dict[Reading, list[drawing.LogRule]]:
    children = {row.child_id for row in readings if row.child_id}
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
    if checked.unit_id not in who.units_with(Action.CHECK_LOGS):
        raise Forbidden(refusal(Action.CHECK_LOGS))
    works_here = RoleAssignment.objects.active(who.on).filter(
        user=reviewer, node__path__startswith=checked.unit.path
    )
    if reviewer.pk == by.pk or not works_here.exists():
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
    if checked.unit_id not in who.units_with(Action.CHECK_LOGS):
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
