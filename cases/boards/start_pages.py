"""The start pages: which view shows the page a role begins at.

`organisation.roles` gives each role the code of its page; the setting START_PAGES names the view
of each code, so that apps above can have pages here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.http import HttpResponse
from django.utils.module_loading import import_string

from organisation.roles import ROLES, StartPage
from organisation.views.requests import StaffRequest

View = Callable[[StaffRequest], HttpResponse]


def view_of(page: StartPage) -> View:
    """The view that shows the page. KeyError when nobody provides it (see `check`)."""
    return cast(View, import_string(settings.START_PAGES[page]))


def check(**_asked: Any) -> list[CheckMessage]:
    """System check: every role has a start page, provided by a view that exists."""
    found: list[CheckMessage] = []
    for role, spec in ROLES.items():
        try:
            view_of(spec.start)
        except (KeyError, ImportError) as error:
            found.append(
                Error(
                    f"The role {role} has no start page: nobody provides {spec.start}.",
                    hint=f"Name its view in the setting START_PAGES ({error!r}).",
                    id="cases.E001",
                )
            )
    return found
