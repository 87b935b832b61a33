"""The system administrator's page about one person's login."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.web import attempt, form_status
from organisation.forms import ReasonForm
from organisation.login import accounts, attempts, second_factor, sessions
from organisation.models import User
from organisation.tokens import valid_tokens
from organisation.views.pages import system_administrator
from organisation.views.requests import StaffRequest


@require_GET
@system_administrator
def login_state(request: StaffRequest, pk: int) -> HttpResponse:
    """Whether the person can sign in, by what, and from how many places just now."""
    user = get_object_or_404(User, pk=pk)
    factors = list(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    return render(
        request,
        "organisation/login_state.html",
        {
            "person": user,
            "locked_until": attempts.locked_until(user, at=request.at),
            "has_password": user.has_usable_password(),
            "app": Authenticator.Type.TOTP in factors,
            "keys": factors.count(Authenticator.Type.WEBAUTHN),
            "has_factor": any(one in factors for one in second_factor.FACTORS),
            "required": second_factor.required(),
            "linked": SocialAccount.objects.filter(user_id=user.pk).exists(),
            "sessions": len(sessions.living(user, at=request.at)),
            "tokens": valid_tokens(user, at=request.at).count(),
            "oneself": user.pk == request.user.pk,
        },
    )


@require_POST
@system_administrator
def login_unlock(request: StaffRequest, pk: int) -> HttpResponse:
    get_object_or_404(User, pk=pk)
    accounts.unlock(pk, by=request.user, at=request.at)
    messages.success(request, _("The account is open again."))
    return redirect("login_state", pk)


@require_POST
@system_administrator
def login_sessions_end(request: StaffRequest, pk: int) -> HttpResponse:
    get_object_or_404(User, pk=pk)
    ended = accounts.end_sessions(pk, by=request.user, at=request.at)
    messages.success(
        request,
        ngettext("%(count)d session has ended.", "%(count)d sessions have ended.", ended)
        % {"count": ended},
    )
    return redirect("login_state", pk)


@require_http_methods(["GET", "POST"])
@system_administrator
def login_reset(request: StaffRequest, pk: int) -> HttpResponse:
    """Take away a lost second factor, with the reason."""
    user = get_object_or_404(User, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: accounts.reset_second_factor(
                user.pk, **form.cleaned_data, by=request.user, at=request.at
            ),
        )
        if done is not None:
            messages.success(
                request, _("The second factor is gone. The next sign-in asks for a new one.")
            )
            return redirect("login_state", user.pk)
    return render(
        request,
        "organisation/form.html",
        {
            "form": form,
            "title": _("Reset the second factor"),
            "button": _("Reset"),
            "back": "login_state",
            "back_label": _("Sign-in"),
            "person": user,
        },
        status=form_status(form) if form.errors else 200,
    )
