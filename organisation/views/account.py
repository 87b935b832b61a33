"""One's own way in: password, second factors, sessions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from organisation.login import accounts, second_factor, sessions
from organisation.views.requests import StaffRequest

BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its owner recognises it."""

    pk: int
    where: str
    address: str
    began_at: datetime
    current: bool


def browser(agent: str) -> str:
    """`Firefox, Windows` of what a browser says of itself; nothing more exact is shown."""
    program = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if re.search(re.escape(sign), agent)), "")
    return ", ".join(filter(None, [program, system])) or _("unknown browser")


def open_sessions(request: StaffRequest) -> list[OpenSession]:
    return [
        OpenSession(
            pk=row.pk,
            where=browser(row.user_agent),
            address=str(row.ip),
            began_at=row.created_at,
            current=row.session_key == request.session.session_key,
        )
        for row in sessions.living(request.user, at=request.at)
    ]


@login_required
@require_GET
def account(request: StaffRequest) -> HttpResponse:
    """Everything about one's own way in, on one page."""
    factors = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    codes = next((one for one in factors if one.type == Authenticator.Type.RECOVERY_CODES), None)
    return render(
        request,
        "organisation/account.html",
        {
            "app": next((one for one in factors if one.type == Authenticator.Type.TOTP), None),
            "keys": [
                {"name": one.wrap().name, "row": one}
                for one in factors
                if one.type == Authenticator.Type.WEBAUTHN
            ],
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
            "required": second_factor.required(),
            "has_password": request.user.has_usable_password(),
            "linked": SocialAccount.objects.filter(user=request.user).exists(),
            "sessions": open_sessions(request),
            "today": request.today,
        },
    )


@login_required
@require_POST
def sessions_end(request: StaffRequest) -> HttpResponse:
    """Sign out everywhere else, or (`session=<id>`) one of one's sessions."""
    chosen = request.POST.get("session", "")
    if chosen and not (chosen.isascii() and chosen.isdigit() and len(chosen) < 19):
        raise Http404
    ended = accounts.end_own_sessions(
        request.user,
        keep=request.session.session_key or "",
        at=request.at,
        only=int(chosen) if chosen else None,
    )
    messages.success(
        request,
        ngettext("%(count)d session has ended.", "%(count)d sessions have ended.", ended)
        % {"count": ended},
    )
    return redirect("own_account")


def not_offered(request: HttpRequest, **_arguments: str) -> HttpResponse:
    """Pages of django-allauth that this product does not have."""
    raise Http404
