"""A party's access in the demo, made by the services themselves: one finished, one to look at."""

from __future__ import annotations

from datetime import datetime, timedelta

from cases.disclosure import services as disclosures
from cases.investigations.models import Investigation
from cases.law import rules
from organisation.acting import access
from organisation.models import User
from organisation.rights import Action

EXAMINED = "Är part i utredningen. Det som rör barnets egna samtal prövas text för text."
WEIGHED = "Känt för båda föräldrarna sedan mötet i mars; ingen uppgift om var någon bor."


def make(*, at: datetime) -> None:
    """In the group of `gruppledare`: one handed over last week, one that is being prepared."""
    leader = User.objects.filter(username="gruppledare").first()
    if leader is None:
        return
    group = leader.role_assignments.order_by("pk").values("node_id")[:1]
    rows = (
        Investigation.objects.visible_to(
            access(leader, at - timedelta(days=9)), Action.PREPARE_DISCLOSURE
        )
        .filter(
            group_id__in=group,
            concluded_on__lt=at.date(),
            child__protected_identity="none",
            child__guardians__isnull=False,
        )
        .order_by("-concluded_on", "pk")
        .distinct()[:2]
    )
    for number, case in enumerate(rows):
        begun = at - timedelta(days=9 - 5 * number)
        guardian = case.child.guardians.order_by("pk")[0]
        grounds = rules.grounds_of_right(
            relation="guardian",
            age=case.child.age_on(begun.date()),
            has_custody=guardian.has_custody,
        )
        row = disclosures.prepare(
            case.child_id,
            matter_ids=[case.pk],
            relation="guardian",
            guardian_id=guardian.pk,
            right=disclosures.RightInput(grounds[0], "part", EXAMINED) if grounds else None,
            requested_on=begun.date() - timedelta(days=1),
            by=leader,
            at=begun,
        )
        if number:
            continue
        for position, flagged in row.pieces.values_list("position", "flagged"):
            weighed = WEIGHED if flagged else ""
            disclosures.review(row.pk, position, weighed=weighed, by=leader, at=begun)
        if disclosures.withholds(row):
            text = disclosures.proposed_refusal(row)
            disclosures.write_refusal(row.pk, text=text, version=1, by=leader, at=begun)
        disclosures.submit(row.pk, by=leader, at=begun)
        disclosures.approve(row.pk, by=leader, at=begun + timedelta(days=1))
        disclosures.deliver(
            row.pk,
            delivered_on=(begun + timedelta(days=1)).date(),
            how="Rekommenderat brev",
            by=leader,
            at=begun + timedelta(days=1),
        )
