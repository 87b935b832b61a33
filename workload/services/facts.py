"""What is known of the weight of a case: judged, noted from the record, helped by colleagues."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from cases.matters import registry as matters
from cases.matters.models import Matter, MatterRecord, MatterWorker
from cases.matters.working import lock_to_write, permit_on
from cases.persons.models import Guardian
from cases.provisions.lookup import blocked_from
from core import trail
from core.errors import Conflict, Invalid, Missing
from core.names import in_order
from organisation.acting import access, checked_day
from organisation.models import OrgUnit, RoleAssignment, User
from organisation.permissions import Access
from workload import capacity
from workload.enums import FactorSource
from workload.models import CaseFactor, ContactForOther

NEEDED, NONE = "needed", "none"
"""The levels of a factor that the record's need of an interpreter sets."""

LATEST_CONTACT = 31
"""Days back a contact for a colleague can be written down."""


def _lock(who: Access, matter_id: int) -> MatterRecord:
    """The row of a matter that weighs and the actor may write in now, locked."""
    record = lock_to_write(who, matter_id)
    if not matters.kind(record.KIND).weighs:
        raise Missing(_("It does not exist, or is not yours to see."))
    return record


@transaction.atomic
def judge(matter_id: int, *, levels: Mapping[str, str], by: User, at: datetime) -> list[CaseFactor]:
    """Judge factors of a case (factor code -> level code), from today on.

    By whoever works on it or leads its group. What is judged as it already counts is written too
    when nobody had judged it: then somebody has.
    """
    who = access(by, at)
    record = _lock(who, matter_id)
    weights = capacity.weights_in_use([record.unit_id], on=who.on).get(record.unit_id)
    if weights is None:
        raise Conflict(_("The unit has no weight set in use. The unit head takes one into use."))
    factors = {factor.code: factor for factor in weights.factors}
    errors = {}
    for code, level in levels.items():
        factor = factors.get(code)
        if factor is None or factor.source == FactorSource.ALWAYS or factor.level(level) is None:
            errors[code] = _("Choose one of the alternatives.")
    if errors:
        raise Invalid(errors)
    counting = {row.factor_code: row for row in CaseFactor.objects.counting([matter_id], on=who.on)}
    made = CaseFactor.objects.bulk_create(
        CaseFactor(
            matter_id=matter_id,
            factor_code=code,
            level_code=level,
            from_on=who.on,
            assessed_by=by,
            assessed_at=at,
        )
        for code, level in levels.items()
        if code not in counting
        or counting[code].level_code != level
        or counting[code].assessed_by_id is None
    )
    if made:
        trail.changed(
            "workload.judged",
            record,
            by=by,
            at=at,
            factors=sorted(row.factor_code for row in made),
        )
    return made


@transaction.atomic
def note_from_records(*, on: date, at: datetime) -> int:
    """Write down, with the day, which open cases need an interpreter; return how many changed.

    What a person has judged is left alone. Safe to run twice, and after a missed day.
    """
    guardians = (
        Guardian.objects.present().filter(child=OuterRef("child")).exclude(interpreter_language="")
    )
    cases = capacity.weighing_on(on).annotate(_interpreter=Exists(guardians))
    weights = capacity.weights_in_use(
        cases.order_by().values_list("unit_id", flat=True).distinct(), on=on
    )
    codes = {
        unit_id: factor.code
        for unit_id, one in weights.items()
        for factor in one.factors
        if factor.source == FactorSource.INTERPRETER and factor.level(NEEDED) and factor.level(NONE)
    }
    rows = list(
        cases.filter(unit_id__in=codes).values_list(
            "pk", "unit_id", "_interpreter", "child__interpreter_language"
        )
    )
    counting = {
        (row.matter_id, row.factor_code): row
        for row in CaseFactor.objects.counting([pk for pk, *_rest in rows], on=on).filter(
            factor_code__in=set(codes.values())
        )
    }
    made = []
    for pk, unit_id, of_guardian, of_child in rows:
        level = NEEDED if of_guardian or of_child else NONE
        said = counting.get((pk, codes[unit_id]))
        if said is None or (said.assessed_by_id is None and said.level_code != level):
            made.append(
                CaseFactor(
                    matter_id=pk,
                    factor_code=codes[unit_id],
                    level_code=level,
                    from_on=on,
                    assessed_at=at,
                )
            )
    return len(CaseFactor.objects.bulk_create(made, batch_size=2_000))


@transaction.atomic
def record_contact(
    matter_id: int,
    *,
    done_by: User,
    done_for: User,
    contact_on: date,
    by: User,
    at: datetime,
) -> ContactForOther:
    """Write down that a colleague did a contact in the case for one of its handlers."""
    who = access(by, at)
    record = _lock(who, matter_id)
    checked_day(
        "contact_on",
        contact_on,
        today=who.on,
        earliest=max(record.opened(), who.on - timedelta(days=LATEST_CONTACT)),
        earliest_is=_("the day the case was opened, or a month ago"),
    )
    if done_by.pk == done_for.pk:
        raise Invalid({"done_by": _("Choose somebody else than who it was done for.")})
    handlers = MatterWorker.objects.active(who.on).filter(matter=matter_id)
    if not handlers.filter(user=done_for).exists():
        raise Invalid({"done_for": _("Choose one of the handlers of the case.")})
    if not colleagues(record, on=who.on).filter(pk=done_by.pk).exists():
        raise Invalid({"done_by": _("Choose a worker of the unit or its department.")})
    contact = ContactForOther.objects.create(
        matter_id=matter_id,
        done_by=done_by,
        done_for=done_for,
        contact_on=contact_on,
        recorded_on=who.on,
        recorded_by=by,
    )
    trail.changed(
        "workload.contact_recorded",
        record,
        by=by,
        at=at,
        done_by=done_by.pk,
        done_for=done_for.pk,
    )
    return contact


def colleagues(matter: Matter | MatterRecord, *, on: date) -> QuerySet[User]:
    """Who may have helped: workers of the matter's unit that day, then of its department; by name.

    Without those who have a conflict of interest with the child.
    """
    unit_id = matter.unit_id
    roles = RoleAssignment.objects.active(on).filter(role__in=capacity.WORKERS)
    here = roles.filter(Q(node_id=unit_id) | Q(node__parent_id=unit_id))
    department = OrgUnit.objects.filter(children=unit_id).values_list("path", flat=True)
    near = roles.filter(node__in=OrgUnit.objects.below(*department))
    workers: QuerySet[User] = User.objects.filter(is_active=True).filter(
        Q(pk__in=here.values("user")) | Q(pk__in=near.values("user"))
    )
    if matter.child_id is not None:
        workers = workers.exclude(pk__in=blocked_from(matter.child_id, on=on))
    return workers.alias(
        elsewhere=Case(When(pk__in=here.values("user"), then=Value(0)), default=Value(1))
    ).order_by("elsewhere", *in_order(), "pk")


@transaction.atomic
def withdraw_contact(contact_id: int, *, by: User, at: datetime) -> None:
    """Take back what was written down by mistake, from today on."""
    contact = (
        ContactForOther.objects.select_for_update(of=("self",))
        .select_related("matter")
        .filter(pk=contact_id, withdrawn_on__isnull=True)
        .first()
    )
    who = access(by, at)
    if contact is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    kind = matters.kind(contact.matter.kind)
    record = kind.rows.visible_to(who).filter(pk=contact.matter_id).first()
    if record is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    permit_on(who, kind.works, record)
    contact.withdrawn_on = who.on
    contact.save(update_fields=["withdrawn_on"])
    trail.changed("workload.contact_withdrawn", record, by=by, at=at)
