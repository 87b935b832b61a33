"""What every service does first: lock the row, know the actor, check the version and the words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models
from django.db.models import Model
from django.utils.translation import gettext as _

from core.calendar import local_date
from core.decisions import Decision
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.fields import TEXT_LIMIT
from core.limits import limit
from core.wording import full_day
from organisation.models import User
from organisation.permissions import Access, access_for
from organisation.rights import Action

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


def permit(who: Access, action: Action, **reach: Any) -> None:
    """Forbidden, with the reason, unless the action is the actor's."""
    decision = who.ask(action, **reach)
    if not decision:
        raise Forbidden(decision.reason)


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


def checked_length(name: str, text: str, model: type[Model], column: str) -> None:
    """Invalid, under `name`, when the text is longer than the column holds."""
    most = limit(model, column)
    if len(text) > most:
        raise Invalid({name: _("At most %(limit)s characters.") % {"limit": most}})


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
                % {"what": earliest_is, "day": full_day(earliest)}
            }
        )
    return day


def checked_choice(name: str, value: str, choices: type[models.TextChoices]) -> str:
    if value not in choices.values:
        raise Invalid({name: _("Choose one of the alternatives.")})
    return value
