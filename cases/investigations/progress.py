"""What is left to do in an investigation: its facts counted in SQL, and the path they give.

A list, a start page and the case page all show the same next step, at the same number of queries
whatever number of rows.
"""

from __future__ import annotations

from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from cases.enums import PARENTS_AND_GUARDIANS, InvestigationStatus
from cases.investigations.models import (
    DOCUMENT_PARTS,
    Communication,
    DecisionDocument,
    Investigation,
    RiskAssessment,
)
from cases.journal.models import Note
from cases.law.rules import Step, StepState, investigation_steps
from cases.persons.models import Guardian, GuardianParticipation

LONG_TEXTS = (
    "plan",
    "protection_needs",
    "violence_description",
    "police_report_reason",
    "conclusion_rationale",
)
"""Fields a list never shows and need not read."""


def _number_of(queryset: QuerySet[Any], per: str, counted: str = "pk") -> Coalesce:
    """How many of `counted` there are, as a column; `per` joins them to the investigation."""
    numbers = queryset.order_by().values(per).annotate(number=Count(counted, distinct=True))
    return Coalesce(Subquery(numbers.values("number")), 0, output_field=IntegerField())


def with_progress(investigations: QuerySet[Investigation]) -> QuerySet[Investigation]:
    """Annotate what `steps` needs, one sub-query each and no further query."""
    mine: dict[str, Any] = {"investigation": OuterRef("pk")}
    document = DecisionDocument.objects.filter(**mine)
    parts_left: Any = Value(0)
    for part in DOCUMENT_PARTS:
        parts_left = parts_left + Case(
            When(**{part: ""}, then=Value(1)), default=Value(0), output_field=IntegerField()
        )
    return investigations.annotate(
        conversations=_number_of(
            Note.objects.filter(matter=OuterRef("pk"), child_spoken_with=True), "matter"
        ),
        guardian_count=_number_of(
            Guardian.objects.asked().filter(child=OuterRef("child")), "child"
        ),
        guardians_asked=_number_of(
            GuardianParticipation.objects.filter(
                guardian__ended_on__isnull=True,
                guardian__relation__in=PARENTS_AND_GUARDIANS,
                **mine,
            ),
            "investigation",
            "guardian",
        ),
        risk_assessed=Exists(RiskAssessment.objects.filter(**mine)),
        communicated=Exists(Communication.objects.filter(**mine)),
        parts_left=Coalesce(
            Subquery(document.annotate(left=parts_left).values("left")),
            len(DOCUMENT_PARTS),
            output_field=IntegerField(),
        ),
        document_submitted_at=Subquery(document.values("submitted_at")),
        document_read_at=Subquery(document.values("read_at")),
        document_returned=Exists(
            document.filter(submitted_at__isnull=True).exclude(return_comment="")
        ),
    )


def steps(investigation: Any) -> list[Step]:
    """The path of an investigation read `with_progress`."""
    status = investigation.status
    return investigation_steps(
        allocated=status != InvestigationStatus.WAITING,
        planned=investigation.planned_on is not None,
        child_conversations=investigation.conversations,
        guardians=investigation.guardian_count,
        guardians_heard=min(investigation.guardians_asked, investigation.guardian_count),
        violence=investigation.violence,
        police_report=investigation.police_report,
        risk_assessed=investigation.risk_assessed,
        document_parts_left=investigation.parts_left,
        submitted=status == InvestigationStatus.TO_READ,
        document_read=investigation.document_read_at is not None,
        communicated=investigation.communicated,
        concluded=status == InvestigationStatus.CONCLUDED,
    )


def next_step(investigation: Any) -> Step | None:
    """The step to take now, None when there is nothing more to do.

    The first that is left; while the document is with the leader, what only the leader can do.
    """
    left = [step for step in steps(investigation) if step.state in (StepState.NOW, StepState.LEFT)]
    if investigation.status == InvestigationStatus.TO_READ:
        left = [step for step in left if step.code in ("read", "concluded")]
    return left[0] if left else None
