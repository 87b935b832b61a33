"""A weight set to begin from. An example: each unit judges for itself what its cases weigh."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from organisation.enums import Experience
from workload.enums import Source
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
        Source.ALWAYS,
        "case",
        (("case", gettext_noop("An open case"), 3, None),),
    ),
    (
        "phase",
        gettext_noop("Phase"),
        Source.PHASE,
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
        Source.CHILDREN,
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
        Source.RISK,
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
        Source.JUDGED,
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
        Source.INTERPRETER,
        "none",
        (
            ("none", gettext_noop("No interpreter"), 0, None),
            ("needed", gettext_noop("Interpreter needed"), 2, None),
        ),
    ),
    (
        "distance",
        gettext_noop("Distance"),
        Source.JUDGED,
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
        Source.JUDGED,
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
        Source.JUDGED,
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
        Source.JUDGED,
        "usual",
        (
            ("usual", gettext_noop("Works"), 0, None),
            ("hard", gettext_noop("Hard to reach or in conflict"), 1, None),
            ("threat", gettext_noop("Threats or violence against staff"), 3, None),
        ),
    ),
)
