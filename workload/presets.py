"""A weight set to begin from. An example: each unit judges for itself what its cases weigh."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from organisation.enums import Experience
from workload.enums import FactorSource
from workload.points import FULL_NORM

EXAMPLE_NAME = gettext_noop("Example set, to be adapted by the unit")

NORMS: dict[str, int] = {
    Experience.NEW: 90,
    Experience.USED: 120,
    Experience.EXPERIENCED: 135,
    Experience.EXPERT: FULL_NORM,
}

# code, name, source, assumed level, levels (code, name, points, from value)
EXAMPLE: tuple[
    tuple[str, str, str, str, tuple[tuple[str, str, int, int | None], ...]],
    ...,
] = (
    (
        "base",
        gettext_noop("Every case"),
        FactorSource.ALWAYS,
        "case",
        (("case", gettext_noop("An open case"), 3, None),),
    ),
    (
        "phase",
        gettext_noop("Phase"),
        FactorSource.PHASE,
        "start",
        (
            ("start", gettext_noop("The first month"), 2, 0),
            ("middle", gettext_noop("Month two and three"), 1, 31),
            ("end", gettext_noop("The fourth month: writing"), 3, 92),
            ("over", gettext_noop("After the fourth month"), 2, 124),
        ),
    ),
    (
        "children",
        gettext_noop("Children in the family"),
        FactorSource.CHILDREN,
        "one",
        (
            ("one", gettext_noop("One child"), 0, 0),
            ("two", gettext_noop("Two children"), 1, 2),
            ("more", gettext_noop("Three children or more"), 2, 3),
        ),
    ),
    (
        "risk",
        gettext_noop("Risk"),
        FactorSource.RISK,
        "medium",
        (
            ("low", gettext_noop("Low risk"), 0, None),
            ("medium", gettext_noop("Medium risk"), 1, None),
            ("high", gettext_noop("High risk"), 3, None),
        ),
    ),
    (
        "complexity",
        gettext_noop("Complexity"),
        FactorSource.JUDGED,
        "usual",
        (
            ("simple", gettext_noop("Simple"), 0, None),
            ("usual", gettext_noop("Usual"), 1, None),
            ("complex", gettext_noop("Complex"), 3, None),
        ),
    ),
    (
        "interpreter",
        gettext_noop("Language"),
        FactorSource.INTERPRETER,
        "none",
        (
            ("none", gettext_noop("No interpreter"), 0, None),
            ("needed", gettext_noop("Interpreter needed"), 2, None),
        ),
    ),
    (
        "distance",
        gettext_noop("Distance"),
        FactorSource.JUDGED,
        "near",
        (
            ("near", gettext_noop("Within an hour"), 0, None),
            ("far", gettext_noop("Half a day's journey"), 1, None),
            ("very_far", gettext_noop("A day's journey or more"), 2, None),
        ),
    ),
    (
        "placement",
        gettext_noop("Placement"),
        FactorSource.JUDGED,
        "none",
        (
            ("none", gettext_noop("Lives at home"), 0, None),
            ("placed", gettext_noop("Placed"), 2, None),
            ("emergency", gettext_noop("Placed at once, home being sought"), 4, None),
        ),
    ),
    (
        "court",
        gettext_noop("Court"),
        FactorSource.JUDGED,
        "none",
        (
            ("none", gettext_noop("No court"), 0, None),
            ("custody", gettext_noop("Custody dispute"), 1, None),
            ("care", gettext_noop("Care under LVU applied for"), 4, None),
        ),
    ),
    (
        "cooperation",
        gettext_noop("Cooperation"),
        FactorSource.JUDGED,
        "usual",
        (
            ("usual", gettext_noop("Works"), 0, None),
            ("hard", gettext_noop("Hard to reach or in conflict"), 1, None),
            ("threat", gettext_noop("Threats or violence against staff"), 3, None),
        ),
    ),
)

# Days from the first day, step.
INTRODUCTION: tuple[tuple[int, str], ...] = (
    (0, gettext_noop("Welcome by the leader and the mentor; keys, card and accounts")),
    (3, gettext_noop("Go through secrecy, safety and the routine at threats")),
    (7, gettext_noop("Learn the case system and the unit's routines")),
    (14, gettext_noop("Sit in at reception: reports and protection assessments")),
    (21, gettext_noop("Follow the mentor to a conversation with a child and a home visit")),
    (30, gettext_noop("First case as co-worker, with the mentor")),
    (42, gettext_noop("First talk on workload and well-being with the leader")),
    (60, gettext_noop("Write a decision document together with the mentor")),
    (90, gettext_noop("First case as main handler, an experienced colleague as co-worker")),
    (120, gettext_noop("Course in conversations with children")),
    (180, gettext_noop("Half-time talk: what is learnt, what remains, the ceiling reconsidered")),
    (270, gettext_noop("Course in risk instruments (SAVRY or EARL)")),
    (350, gettext_noop("Closing talk: the introduction evaluated, experience level set")),
)
"""The steps of a first year to begin from. An example: each plan is changed as it needs to be."""
