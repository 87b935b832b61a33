"""What all pages share in meeting a domain error: the right status, the reason, nothing lost."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.away import is_away, unavailable
from core.errors import Conflict, DomainError, Forbidden, Invalid, Missing

T = TypeVar("T")
logger = logging.getLogger(__name__)

STATUS: dict[type[DomainError], int] = {Invalid: 400, Forbidden: 403, Missing: 404, Conflict: 409}


class DomainErrorMiddleware:
    """Show a domain error that a view let through as a page of its own (the API has its own)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if is_away(error):
            return unavailable(request, error)
        if isinstance(error, IntegrityError):
            error = same_moment(error)
        if not isinstance(error, DomainError):
            return None
        status = STATUS.get(type(error), 400)
        return render(
            request,
            f"errors/{status}.html",
            {"reason": error.message, "current": getattr(error, "current", None)},
            status=status,
        )


def same_moment(error: IntegrityError) -> Conflict:
    """The conflict that a constraint's refusal is to the person.

    Services look before they write; between the look and the writing another has written. That a
    service lets through what it should not is the other possibility, and so it is logged.
    """
    logger.error("a constraint refused what a service let through", exc_info=error)
    return Conflict(_("Somebody else saved at the same moment. Try again."))


def attempt(form: BaseForm, call: Callable[[], T]) -> T | None:
    """Make the service call of a valid form; put what it refuses on the form and return None.

    Invalid goes beside its fields (a field the form does not have goes on top), Conflict on top,
    with the row as it stands in `form.conflict` for showing both versions. Forbidden and Missing
    are pages of their own.
    """
    try:
        return call()
    except Invalid as error:
        for name, message in error.fields.items():
            field = name.replace(".", "_")
            form.add_error(field if field in form.fields else None, message)
    except Conflict as error:
        form.add_error(None, error.message)
        form.conflict = error.current  # type: ignore[attr-defined]
    return None


def form_status(form: Any) -> int:
    """The status to answer a refused form with: 409 for a conflict, 422 for bad input.

    htmx swaps both in (see `templates/base.html`), and browsers show them as any page.
    """
    return 409 if getattr(form, "conflict", None) is not None else 422


def form_page(request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
    """A page with one form: `title`, `button`, `back` (an address), `back_label`, `intro`."""
    status = form_status(form) if form.errors else 200
    return render(request, "core/form.html", {"form": form, **context}, status=status)
