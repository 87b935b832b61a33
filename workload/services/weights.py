"""Weight sets: begun from the example or the set in use, changed as a draft, taken into use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import trail
from core.errors import Conflict, Invalid, Missing
from core.limits import limit
from organisation.acting import access, permit
from organisation.models import OrgUnit, User
from organisation.rights import Action
from workload import points, presets
from workload.capacity import weights_of
from workload.enums import MEASURED
from workload.models import WeightFactor, WeightLevel, WeightSet

LONGEST_AHEAD = 366
"""Days ahead a set can be planned for."""

NUMBERS: Mapping[str, tuple[int, int]] = {
    "main_share": (50, 100),
    "norm_new": (1, 1000),
    "norm_used": (1, 1000),
    "norm_experienced": (1, 1000),
    "norm_expert": (1, 1000),
    "contact_tenths": (0, 100),
    "contact_days": (1, 366),
    "ceiling_percent": (1, 200),
    "ceiling_new_percent": (1, 200),
    "intervention_points": (0, 100),
}
"""The numbers of a set, each with the least and the most it can be."""


@dataclass(frozen=True, slots=True)
class LevelInput:
    """A level as it is to be; `from_value` for measured factors only."""

    code: str
    name: str
    points: int
    from_value: int | None = None


def _permit(weight_set: WeightSet, by: User, at: datetime) -> None:
    who = access(by, at)
    if weight_set.unit_id not in who.units_with(Action.SEE_GROUP_WORKLOAD):
        raise Missing(_("It does not exist, or is not yours to see."))
    permit(who, Action.MANAGE_WEIGHTS, unit_id=weight_set.unit_id)


def _draft(pk: int, *, version: int | None, by: User, at: datetime) -> WeightSet:
    """The draft, locked; Conflict when it is in use or another has changed it."""
    weight_set = WeightSet.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if weight_set is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    _permit(weight_set, by, at)
    if not weight_set.is_draft:
        raise Conflict(_("A weight set in use stays as it is. Begin a new draft from it."))
    if version is not None and weight_set.version != version:
        raise Conflict(
            _("Somebody else has changed this meanwhile. Both versions are shown; choose."),
            current=weight_set,
        )
    return weight_set


@transaction.atomic
def begin_draft(*, unit: OrgUnit, by: User, at: datetime) -> WeightSet:
    """A draft for the unit: a copy of its latest set, or of the example when it has none."""
    permit(access(by, at), Action.MANAGE_WEIGHTS, unit_id=unit.pk)
    # One at a time: two who begin at once would make two drafts.
    OrgUnit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    if WeightSet.objects.drafts().in_unit(unit.pk).exists():
        raise Conflict(_("There is a draft already. Change that one."))
    latest = (
        WeightSet.objects.in_unit(unit.pk)
        .filter(from_on__isnull=False)
        .order_by("-from_on")
        .first()
    )
    made = copy_of(latest, by=by, at=at) if latest else example(unit=unit, by=by, at=at)
    trail.changed("weights.begun", made, by=by, at=at, copied=latest.pk if latest else None)
    return made


def example(*, unit: OrgUnit, by: User | None, at: datetime) -> WeightSet:
    """The example set as a draft of the unit, its names in the actor's language."""
    weight_set = WeightSet.objects.create(
        unit=unit,
        name=_(presets.EXAMPLE_NAME),
        made_by=by,
        made_at=at,
        **{f"norm_{level}": norm for level, norm in presets.NORMS.items()},
    )
    for position, (code, name, source, assumed, levels) in enumerate(presets.EXAMPLE):
        factor = WeightFactor.objects.create(
            weight_set=weight_set,
            code=code,
            name=_(name),
            source=source,
            assumed=assumed,
            position=position,
        )
        WeightLevel.objects.bulk_create(
            WeightLevel(
                factor=factor,
                code=level,
                name=_(title),
                points=value,
                from_value=from_value,
                position=place,
            )
            for place, (level, title, value, from_value) in enumerate(levels)
        )
    return weight_set


def copy_of(original: WeightSet, *, by: User | None, at: datetime) -> WeightSet:
    """A draft with the same factors, levels and codes."""
    made = WeightSet.objects.create(
        unit_id=original.unit_id,
        name=original.name,
        made_by=by,
        made_at=at,
        **{name: getattr(original, name) for name in NUMBERS},
    )
    for factor in original.factors.prefetch_related("levels"):
        levels = list(factor.levels.all())
        factor.pk, factor.weight_set = None, made
        factor._state.adding = True
        factor.save()
        WeightLevel.objects.bulk_create(
            WeightLevel(
                factor=factor,
                code=level.code,
                name=level.name,
                points=level.points,
                from_value=level.from_value,
                position=level.position,
            )
            for level in levels
        )
    return made


@transaction.atomic
def change_draft(
    weight_set_id: int,
    *,
    name: str,
    numbers: Mapping[str, int],
    by: User,
    at: datetime,
    version: int | None = None,
) -> WeightSet:
    """Change a draft's name and numbers (`NUMBERS`); those left out stay."""
    weight_set = _draft(weight_set_id, version=version, by=by, at=at)
    errors: dict[str, str] = {}
    if not name.strip():
        errors["name"] = _("Write a name.")
    for field, value in numbers.items():
        least, most = NUMBERS[field]
        if not least <= value <= most:
            errors[field] = _("Between %(least)s and %(most)s.") % {"least": least, "most": most}
        setattr(weight_set, field, value)
    norms = [getattr(weight_set, f"norm_{level}") for level in presets.NORMS]
    if norms != sorted(norms):
        errors.setdefault("norm_expert", _("More experience cannot have a lower norm."))
    if weight_set.ceiling_new_percent > weight_set.ceiling_percent:
        errors.setdefault(
            "ceiling_new_percent", _("The ceiling for new workers cannot be the higher one.")
        )
    if errors:
        raise Invalid(errors)
    weight_set.name = name.strip()[: limit(WeightSet, "name")]
    weight_set.version += 1
    weight_set.save()
    trail.changed("weights.changed", weight_set, by=by, at=at)
    return weight_set


@transaction.atomic
def change_factor(
    weight_set_id: int,
    *,
    code: str,
    name: str,
    levels: Sequence[LevelInput],
    assumed: str,
    by: User,
    at: datetime,
    version: int | None = None,
    source: str | None = None,
) -> WeightFactor:
    """Set a factor of a draft to these levels; a code the draft lacks makes a factor (`source`)."""
    weight_set = _draft(weight_set_id, version=version, by=by, at=at)
    factor = weight_set.factors.filter(code=code).first()
    if factor is None and source is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    measured = (factor.source if factor else source) in MEASURED
    _check_levels(name, levels, assumed, measured=measured)
    if factor is None:
        last = weight_set.factors.order_by("-position").first()
        factor = WeightFactor(
            weight_set=weight_set,
            code=code,
            source=source or "",
            position=last.position + 1 if last else 0,
        )
    factor.name, factor.assumed = name.strip()[: limit(WeightFactor, "name")], assumed
    factor.save()
    factor.levels.all().delete()
    WeightLevel.objects.bulk_create(
        WeightLevel(
            factor=factor,
            code=level.code,
            name=level.name.strip()[: limit(WeightLevel, "name")],
            points=level.points,
            from_value=level.from_value if measured else None,
            position=position,
        )
        for position, level in enumerate(levels)
    )
    weight_set.version += 1
    weight_set.save(update_fields=["version"])
    trail.changed("weights.factor_changed", weight_set, by=by, at=at, factor=code)
    return factor


def _check_levels(name: str, levels: Sequence[LevelInput], assumed: str, *, measured: bool) -> None:
    errors: dict[str, Any] = {}
    if not name.strip():
        errors["name"] = _("Write a name.")
    if not levels:
        errors["levels"] = _("A factor has at least one level.")
    codes = [level.code for level in levels]
    if len(set(codes)) != len(codes):
        errors["levels"] = _("Two levels cannot have the same code.")
    if any(not level.name.strip() for level in levels):
        errors["levels"] = _("Every level has a name.")
    if any(not 0 <= level.points <= 100 for level in levels):
        errors["levels"] = _("The points are between %(least)s and %(most)s.") % {
            "least": 0,
            "most": 100,
        }
    if levels and assumed not in codes:
        errors["assumed"] = _("Choose what counts until somebody has judged.")
    if measured and levels:
        values = [level.from_value for level in levels]
        if None in values or len(set(values)) != len(values) or 0 not in values:
            errors["levels"] = _(
                "Every level begins at a number of its own, the lowest of them at 0."
            )
    if errors:
        raise Invalid(errors)


@transaction.atomic
def remove_factor(
    weight_set_id: int, *, code: str, by: User, at: datetime, version: int | None = None
) -> None:
    """Take a factor out of a draft."""
    weight_set = _draft(weight_set_id, version=version, by=by, at=at)
    factor = weight_set.factors.filter(code=code).first()
    if factor is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    factor.delete()
    weight_set.version += 1
    weight_set.save(update_fields=["version"])
    trail.changed("weights.factor_removed", weight_set, by=by, at=at, factor=code)


@transaction.atomic
def take_into_use(
    weight_set_id: int, *, from_on: date, by: User, at: datetime, version: int | None = None
) -> WeightSet:
    """Measure with the draft from a day on, today at the earliest; the present set ends before it.

    What has been measured stays: no set begins in the past. A set planned for a later day stays
    planned, and this one ends the day before it.
    """
    weight_set = _draft(weight_set_id, version=version, by=by, at=at)
    today = access(by, at).on
    if from_on < today:
        raise Invalid({"from_on": _("What has been measured stays: choose today or a later day.")})
    if (from_on - today).days > LONGEST_AHEAD:
        raise Invalid({"from_on": _("Choose a day within a year.")})
    if points.problems(weights_of(weight_set)):
        raise Conflict(_("The draft cannot measure yet: every factor needs its levels."))
    put_in_use(weight_set, from_on=from_on)
    trail.changed("weights.in_use", weight_set, by=by, at=at, from_on=from_on.isoformat())
    return weight_set


def put_in_use(weight_set: WeightSet, *, from_on: date) -> None:
    """Give the set its days between its neighbours. Conflict when one begins the same day."""
    others = WeightSet.objects.select_for_update(of=("self",)).in_unit(weight_set.unit_id)
    if others.filter(from_on=from_on).exists():
        raise Conflict(_("Another weight set begins that day. Choose another day."))
    before = others.filter(from_on__lt=from_on).order_by("-from_on").first()
    if before is not None and (before.until_on is None or before.until_on >= from_on):
        before.until_on = from_on - timedelta(days=1)
        before.save(update_fields=["until_on"])
    after = others.filter(from_on__gt=from_on).order_by("from_on").first()
    weight_set.from_on = from_on
    weight_set.until_on = (
        after.from_on - timedelta(days=1) if after is not None and after.from_on else None
    )
    weight_set.version += 1
    weight_set.save(update_fields=["from_on", "until_on", "version"])


@transaction.atomic
def discard_draft(weight_set_id: int, *, by: User, at: datetime) -> None:
    """Throw a draft away; its history stays."""
    weight_set = _draft(weight_set_id, version=None, by=by, at=at)
    trail.changed("weights.discarded", weight_set, by=by, at=at)
    weight_set.delete()
