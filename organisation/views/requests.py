"""What `AccessMiddleware` and the sign-in give every request, as a type for the views."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from organisation.models import User
    from organisation.permissions import Access


class StaffRequest(HttpRequest):
    """A request of somebody signed in. Never made: a name for what the middleware has added."""

    at: datetime
    today: date
    access: Access
    user: User
    htmx: HtmxDetails
