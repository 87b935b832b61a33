"""How much of what a demonstration unit meets: the proportions of the reference unit."""

from __future__ import annotations

from cases.enums import ConcernReason, ReporterCategory

VIOLENT = {"violence", "witnessed_violence", "honour", "sexual_abuse"}
"""Reasons of concern that ask for protection and a police report."""
MONTHS = (1.0, 0.95, 1.03, 0.98, 1.06, 0.93, 0.6, 0.9, 1.15, 1.2, 1.15, 1.05)
WEEKDAYS = (1.15, 1.1, 1.05, 1.05, 1.15, 0.45, 0.4)

CATEGORIES = {
    ReporterCategory.POLICE: 30,
    ReporterCategory.SCHOOL: 23,
    ReporterCategory.SOCIAL_SERVICES: 10,
    ReporterCategory.HEALTH_CARE: 9,
    ReporterCategory.ANONYMOUS: 6,
    ReporterCategory.PSYCHIATRY: 6,
    ReporterCategory.PRESCHOOL: 5,
    ReporterCategory.PRIVATE: 5,
    ReporterCategory.PARENT: 4,
    ReporterCategory.OTHER_AUTHORITY: 3,
    ReporterCategory.DENTAL_CARE: 2,
    ReporterCategory.RELATIVE: 2,
    ReporterCategory.CHILD: 1,
}
AGES: dict[str, tuple[int, int]] = {
    ReporterCategory.SCHOOL: (6, 18),
    ReporterCategory.PRESCHOOL: (1, 5),
    ReporterCategory.CHILD: (11, 18),
    ReporterCategory.DENTAL_CARE: (3, 16),
}
HOME = (
    ConcernReason.NEGLECT,
    ConcernReason.PARENT_SUBSTANCE,
    ConcernReason.PARENT_MENTAL_HEALTH,
    ConcernReason.PARENT_CONFLICT,
    ConcernReason.VIOLENCE,
)
REASONS: dict[str, tuple[ConcernReason, ...]] = {
    ReporterCategory.POLICE: (
        ConcernReason.WITNESSED_VIOLENCE,
        ConcernReason.WITNESSED_VIOLENCE,
        ConcernReason.VIOLENCE,
        ConcernReason.PARENT_SUBSTANCE,
        ConcernReason.PARENT_CONFLICT,
    ),
    ReporterCategory.SCHOOL: (
        ConcernReason.SCHOOL_ABSENCE,
        ConcernReason.SCHOOL_ABSENCE,
        ConcernReason.VIOLENCE,
        ConcernReason.NEGLECT,
        ConcernReason.MENTAL_HEALTH,
        ConcernReason.HONOUR,
        ConcernReason.OTHER,
    ),
    ReporterCategory.PRESCHOOL: (
        ConcernReason.NEGLECT,
        ConcernReason.VIOLENCE,
        ConcernReason.PARENT_MENTAL_HEALTH,
    ),
    ReporterCategory.HEALTH_CARE: (
        ConcernReason.NEGLECT,
        ConcernReason.MENTAL_HEALTH,
        ConcernReason.VIOLENCE,
        ConcernReason.SEXUAL_ABUSE,
        ConcernReason.PARENT_MENTAL_HEALTH,
    ),
    ReporterCategory.PSYCHIATRY: (
        ConcernReason.PARENT_MENTAL_HEALTH,
        ConcernReason.MENTAL_HEALTH,
        ConcernReason.DISABILITY_NEEDS,
    ),
    ReporterCategory.DENTAL_CARE: (ConcernReason.NEGLECT,),
    ReporterCategory.SOCIAL_SERVICES: (
        ConcernReason.FINANCIAL,
        ConcernReason.PARENT_SUBSTANCE,
        ConcernReason.WITNESSED_VIOLENCE,
    ),
    ReporterCategory.PARENT: (
        ConcernReason.DISABILITY_NEEDS,
        ConcernReason.PARENT_CONFLICT,
        ConcernReason.MENTAL_HEALTH,
    ),
    ReporterCategory.CHILD: (ConcernReason.VIOLENCE, ConcernReason.HONOUR),
}
YOUNG_OFFENDER = (
    ConcernReason.CRIME,
    ConcernReason.CRIME,
    ConcernReason.CRIME,
    ConcernReason.OWN_SUBSTANCE,
)
REFERENCE_OPEN = 232
