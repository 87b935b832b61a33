"""What every service does first: lock the row, know the actor, check the version and the words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from cases.models import HandlerAssignment, Intervention, Investigation, Report
from cases.models.fields import TEXT_LIMIT
from core.calendar import local_date
from core.decisions import Decision
from core.errors import Conflict, Forbidden, Invalid, Missing
from organisation.models import User
from organisation.permissions import Access, Action, access_for

M = TypeVar("M", bound=models.Model)


def access(by: User, at: datetime) -> Access:
    """The actor's reach on the local day of `at`."""
    return access_for(by, on=local_date(at), at=at)


def lock(queryset: models.QuerySet[M], pk: int, *, version: int | None = None) -> M:
    """The row, locked until the transaction ends; Missing when the queryset does not reach it.

    `version`: what the actor had read. Another one now is a Conflict carrying the row as it is.
    """
    row = queryset.model._default_manager.select_for_update(of=("self",)).filter(pk=pk)
    found = row.filter(pk__in=queryset.filter(pk=pk).values("pk")).first()
    if found is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    if version is not None and found.version != version:  # type: ignore[attr-defined]
        raise Conflict(
            _("Somebody else has changed this meanwhile. Both versions are shown; choose."),
            current=found,
        )
    return found


def report_reach(report: Report) -> dict[str, Any]:
    """The report as `Access.may` wants it."""
    handlers: list[int | None] = [report.handler_id, report.logged_by_id]
    groups: list[int | None] = [report.group_id]
    if report.investigation is not None:
        groups.append(report.investigation.group_id)
    return {
        "unit_id": report.unit_id,
        "group_ids": groups,
        "handler_ids": handlers,
        "intake": not report.is_decided,
        "child_id": report.child_id,
    }


def investigation_reach(investigation: Investigation, *, on: date) -> dict[str, Any]:
    """The investigation, with its handlers of the day, as `Access.may` wants it."""
    return {
        "unit_id": investigation.unit_id,
        "group_ids": [investigation.group_id],
        "handler_ids": list(
            HandlerAssignment.objects.active(on)
            .filter(investigation=investigation)
            .values_list("user_id", flat=True)
        ),
        "child_id": investigation.child_id,
    }


def intervention_reach(intervention: Intervention, *, on: date) -> dict[str, Any]:
    reach = investigation_reach(intervention.investigation, on=on)
    reach["group_ids"] = [intervention.group_id]
    reach["handler_ids"] = [*reach["handler_ids"], intervention.responsible_id]
    return reach


def permit(who: Access, action: Action, **reach: Any) -> None:
    """Forbidden, with the reason, unless the action is the actor's."""
    decision = who.ask(action, **reach)
    if not decision:
        raise Forbidden(decision.reason)


def permit_on(who: Access, action: Action, investigation: Investigation) -> None:
    permit(who, action, **investigation_reach(investigation, on=who.on))


def require(decision: Decision) -> None:
    """Conflict, with the reason, unless the state allows it."""
    if not decision:
        raise Conflict(decision.reason)


def checked_texts(texts: Mapping[str, str], *, required: Iterable[str] = ()) -> dict[str, str]:
    """The texts trimmed; Invalid, field by field, when too long, missing or with NUL in them."""
    wanted = set(required)
    errors: dict[str, str] = {}
    result: dict[str, str] = {}
    for name, text in texts.items():
        trimmed = (text or "").strip()
        if "\x00" in trimmed:
            errors[name] = _("Remove the characters that are not text (NUL).")
        elif len(trimmed) > TEXT_LIMIT:
            errors[name] = _("The text is too long: %(length)s characters, at most %(limit)s.") % {
                "length": len(trimmed),
                "limit": TEXT_LIMIT,
            }
        elif name in wanted and not trimmed:
            errors[name] = _("Write the reasons.")
        result[name] = trimmed
    if errors:
        raise Invalid(errors)
    return result


def checked_day(
    name: str,
    day: date,
    *,
    today: date,
    earliest: date | None = None,
    earliest_is: str = "",
    may_be_future: bool = False,
) -> date:
    """The day; Invalid when it is in the future or before `earliest` (named by `earliest_is`)."""
    if not may_be_future and day > today:
        raise Invalid({name: _("The day cannot be in the future.")})
    if earliest is not None and day < earliest:
        raise Invalid(
            {
                name: _("The day cannot be before %(what)s, %(day)s.")
                % {"what": earliest_is, "day": earliest.isoformat()}
            }
        )
    return day


def checked_choice(name: str, value: str, choices: type[models.TextChoices]) -> str:
    if value not in choices.values:
        raise Invalid({name: _("Choose one of the alternatives.")})
    return value
