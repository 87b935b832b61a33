"""Builders of named check constraints: the facts a row can never contradict."""

from collections.abc import Iterable

from django.db.models import CheckConstraint, F, Q


def paired(name: str, first: str, second: str) -> CheckConstraint:
    """Both fields are set or neither is: a time has its actor, a decision its day."""
    both = Q(**{f"{first}__isnull": False, f"{second}__isnull": False})
    neither = Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
    return CheckConstraint(name=name, condition=both | neither)


def ordered(name: str, earlier: str, later: str) -> CheckConstraint:
    """`earlier` <= `later` where both are set (SQL lets NULL pass a check)."""
    return CheckConstraint(name=name, condition=Q(**{f"{later}__gte": F(earlier)}))


def state_implies(
    name: str, state: str, values: Iterable[str], *present: str, only: bool = True
) -> CheckConstraint:
    """In the states `values` every field of `present` is set; with `only`, in no other state."""
    inside = Q(**{f"{state}__in": sorted(values)})
    filled, empty = Q(), Q()
    for field in present:
        filled &= Q(**{f"{field}__isnull": False})
        empty &= Q(**{f"{field}__isnull": True})
    condition = (inside & filled) | (~inside & empty) if only else ~inside | filled
    return CheckConstraint(name=name, condition=condition)


def one_of(name: str, field: str, values: Iterable[str]) -> CheckConstraint:
    """The field holds one of the known codes, whoever writes it."""
    return CheckConstraint(name=name, condition=Q(**{f"{field}__in": sorted(values)}))
