"""The pure arithmetic of points: parts add up, norms shrink with time, no time is no 0 %."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workload import points
from workload.enums import Basis, FactorSource
from workload.points import (
    CONTACT,
    Contact,
    Factor,
    FactorLevel,
    Facts,
    PersonShare,
    Weights,
    apportion,
    available_tenths,
    case_points,
    percent,
    split,
)

PHASE = Factor(
    "phase",
    "Phase",
    FactorSource.PHASE,
    (
        FactorLevel("start", "Start", 2, 0),
        FactorLevel("middle", "Middle", 1, 31),
        FactorLevel("end", "End", 3, 92),
    ),
    "start",
)
RISK = Factor(
    "risk",
    "Risk",
    FactorSource.RISK,
    (
        FactorLevel("low", "Low", 0),
        FactorLevel("medium", "Medium", 1),
        FactorLevel("high", "High", 3),
    ),
    "medium",
)
COURT = Factor(
    "court",
    "Court",
    FactorSource.JUDGED,
    (FactorLevel("no", "No", 0), FactorLevel("yes", "Yes", 4)),
    "no",
)
BASE = Factor("base", "Base", FactorSource.ALWAYS, (FactorLevel("case", "Case", 3),), "case")


def weights(*factors: Factor, main_share: int = 60, contact_tenths: int = 5) -> Weights:
    return Weights(
        id=1,
        unit_id=1,
        name="Set",
        factors=factors or (BASE, PHASE, RISK, COURT),
        main_share=main_share,
        norms={"new": 90, "used": 120, "experienced": 135, "expert": 150},
        contact_tenths=contact_tenths,
        contact_days=28,
        ceiling_percent=110,
        ceiling_new_percent=90,
        intervention_points=2,
    )


def test_a_case_is_explained_line_by_line_and_the_lines_add_up() -> None:
    found = case_points(weights(), Facts(days=91, children=1, risk="high", judged={"court": "yes"}))
    assert [(line.factor, line.level, line.points, line.basis) for line in found.lines] == [
        ("base", "case", 3, Basis.ALWAYS),
        ("phase", "middle", 1, Basis.DERIVED),
        ("risk", "high", 3, Basis.DERIVED),
        ("court", "yes", 4, Basis.ASSESSED),
    ]
    assert found.total == 11 == sum(line.points for line in found.lines)
    assert found.unjudged == ()


def test_what_nobody_has_judged_counts_as_assumed_and_says_so() -> None:
    found = case_points(weights(), Facts(days=0, children=1))
    assert [line.basis for line in found.lines] == [
        Basis.ALWAYS,
        Basis.DERIVED,
        Basis.ASSUMED,
        Basis.ASSUMED,
    ]
    assert found.unjudged == ("Risk", "Court")


def test_a_judgement_goes_before_what_is_derived() -> None:
    found = case_points(weights(), Facts(days=0, children=1, risk="low", judged={"risk": "high"}))
    assert found.lines[2].level == "high"


def test_a_judgement_by_a_code_the_set_lacks_counts_as_none() -> None:
    found = case_points(weights(), Facts(days=0, children=1, judged={"court": "supreme"}))
    assert (found.lines[3].level, found.lines[3].basis) == ("no", Basis.ASSUMED)


@pytest.mark.parametrize(
    ("days", "level"), [(0, "start"), (30, "start"), (31, "middle"), (91, "middle"), (92, "end")]
)
def test_a_measured_level_holds_from_its_number(days: int, level: str) -> None:
    assert case_points(weights(PHASE), Facts(days=days, children=1)).lines[0].level == level


@given(
    total=st.integers(0, 5_000),
    shares=st.lists(st.integers(0, 100), min_size=1, max_size=5).filter(any),
)
def test_shares_add_up_and_none_is_a_whole_part_off(total: int, shares: list[int]) -> None:
    parts = apportion(total, shares)
    assert sum(parts) == total
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - total * share / sum(shares)) < 1


@given(
    total=st.integers(0, 300),
    main_share=st.integers(50, 100),
    moved=st.integers(0, 100),
    contacts=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=12),
    pair=st.sampled_from([[("main", 1)], [("co", 2)], [("main", 1), ("co", 2)]]),
)
def test_the_parts_of_a_pair_add_up_to_the_points_of_the_case(
    total: int,
    main_share: int,
    moved: int,
    contacts: list[tuple[int, int]],
    pair: list[tuple[str, int]],
) -> None:
    parts = split(
        total,
        pair,
        weights(main_share=main_share, contact_tenths=moved),
        [Contact(done_by, done_for) for done_by, done_for in contacts],
    )
    assert sum(part.tenths for part in parts) == total * 10
    assert min(part.tenths for part in parts) >= 0
    assert sum(part.points for part in parts) == Decimal(total)


def test_the_share_of_the_pair_is_to_a_tenth() -> None:
    parts = split(11, [("co", 7), ("main", 3)], weights())
    assert parts == [PersonShare(3, "main", 66), PersonShare(7, "co", 44)]


def test_one_handler_alone_carries_all_and_nobody_carries_what_waits() -> None:
    assert split(11, [("co", 7)], weights()) == [PersonShare(7, "co", 110)]
    assert split(11, [], weights()) == []


def test_a_contact_done_for_another_counts_for_who_did_it() -> None:
    parts = split(10, [("main", 1), ("co", 2)], weights(), [Contact(9, 1), Contact(9, 1)])
    assert parts == [
        PersonShare(1, "main", 50),
        PersonShare(2, "co", 40),
        PersonShare(9, CONTACT, 10),
    ]


def test_contacts_never_move_more_than_the_handler_has() -> None:
    parts = split(1, [("main", 1)], weights(contact_tenths=8), [Contact(9, 1)] * 3)
    assert parts == [PersonShare(1, "main", 0), PersonShare(9, CONTACT, 10)]


@pytest.mark.parametrize(
    ("norm", "hours", "reduced", "tenths"),
    [
        (150, 100, 0, 1500),
        (150, 75, 0, 1125),
        (150, 75, 20, 900),
        (135, 80, 15, 918),
        (120, 100, 100, 0),
        (120, 100, 130, 0),
        (120, 0, 0, 0),
        (90, 33, 33, 199),
    ],
)
def test_available_points_are_norm_times_hours_less_reductions(
    norm: int, hours: int, reduced: int, tenths: int
) -> None:
    assert available_tenths(norm, hours_percent=hours, reduced_percent=reduced) == tenths


@given(
    norm=st.integers(1, 300),
    hours=st.integers(1, 100),
    less=st.integers(0, 99),
    more=st.integers(0, 50),
)
def test_a_larger_reduction_never_gives_more_time(
    norm: int, hours: int, less: int, more: int
) -> None:
    assert available_tenths(norm, hours_percent=hours, reduced_percent=less + more) <= (
        available_tenths(norm, hours_percent=hours, reduced_percent=less)
    )


@pytest.mark.parametrize(
    ("carried", "available", "shown"),
    [
        (1500, 1500, 100),
        (0, 1500, 0),
        (1657, 1500, 110),
        (1658, 1500, 111),
        (10, 0, None),
        (0, 0, None),
    ],
)
def test_capacity_without_time_is_unavailable_and_never_zero(
    carried: int, available: int, shown: int | None
) -> None:
    assert percent(carried, available) == shown


def test_the_new_have_a_lower_ceiling() -> None:
    assert points.ceiling(weights(), "new") == 90
    assert points.ceiling(weights(), "used") == points.ceiling(weights(), None) == 110


def test_a_set_that_cannot_measure_says_what_is_missing() -> None:
    empty = Factor("court", "Court", FactorSource.JUDGED, (), "no")
    adrift = Factor("risk", "Risk", FactorSource.RISK, RISK.levels, "gone")
    late = Factor("phase", "Phase", FactorSource.PHASE, (FactorLevel("x", "X", 1, 5),), "x")
    assert points.problems(weights(empty, adrift, late)) == [
        "no_levels:court",
        "no_assumed:risk",
        "no_zero:phase",
    ]
    assert points.problems(weights()) == []
