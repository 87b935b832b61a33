"""Log checks of the synthetic units: last month's, begun in the first unit."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

from audits.enums import Judgement, LogRule
from audits.models import LogCheckRound
from audits.services import log_checks
from organisation.enums import Role
from organisation.models import RoleAssignment, User

EXPLAINED = (
    "Frågad. Svar: stöttade en kollega som var sjuk, enligt överenskommelse med gruppledaren."
)


def fill(*, seed: int, on: date, at: datetime) -> None:
    """Draw last month's round in every unit; in ST-BOU the head has judged about half."""
    log_checks.open_last_month(at=at)
    checked = LogCheckRound.objects.filter(unit__code="ST-BOU").first()
    head = RoleAssignment.objects.active(on).filter(node__code="ST-BOU", role=Role.UNIT_HEAD)
    if checked is None or not head.exists():
        return
    by = User.objects.get(pk=head.values("user")[:1])
    chance = Random(f"{seed} log check")  # noqa: S311 (synthetic data)
    for hit in list(checked.hits.exclude(actor=by)):
        if chance.random() < 0.5:
            continue
        asked = LogRule.NO_TIE in hit.rules
        log_checks.judge(
            hit.pk,
            judgement=Judgement.NEEDS_EXPLANATION if asked else Judgement.JUSTIFIED,
            comment=EXPLAINED if asked else "",
            by=by,
            at=at,
        )
