"""Keys to the API: one's own to make and take back, and everybody's to who runs the system."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.web import attempt, form_status
from organisation import tokens
from organisation.enums import TokenScope
from organisation.forms import TokenForm
from organisation.models import ApiToken
from organisation.views.pages import PER_PAGE, system_administrator
from organisation.views.requests import StaffRequest


def _said(rows: list[ApiToken]) -> list[ApiToken]:
    """The rows with their scopes in words."""
    for row in rows:
        row.scope_labels = [TokenScope(scope).label for scope in row.scopes]  # type: ignore[attr-defined]
    return rows


@require_GET
@login_required
def own_tokens(request: StaffRequest) -> HttpResponse:
    """One's own tokens that can be used."""
    rows = _said(list(tokens.valid_tokens(request.user, at=request.at)))
    return render(request, "organisation/tokens.html", {"tokens": rows})


@require_http_methods(["GET", "POST"])
@login_required
@reauthentication_required
def token_new(request: StaffRequest) -> HttpResponse:
    """Make a token of one's own; the answer is the only page that ever shows it.

    It outlives the session, so whoever found one open has to know the password, too.
    """
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token = attempt(
            form,
            lambda: tokens.issue(request.user, **form.cleaned_data, by=request.user, at=request.at),
        )
        if token is not None:
            return render(request, "organisation/token_made.html", {"token": token})
    return render(
        request,
        "organisation/form.html",
        {
            "form": form,
            "title": _("Make an API token"),
            "button": _("Make the token"),
            "back": "token_list",
            "back_label": _("Your API tokens"),
        },
        status=form_status(form) if form.errors else 200,
    )


@require_POST
@login_required
def token_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(ApiToken.objects.select_related("user"), pk=pk)
    tokens.revoke(row.user, row.prefix, by=request.user, at=request.at)
    messages.success(request, _("The token %(prefix)s has been taken back.") % {"prefix": row})
    return redirect("token_list" if row.user_id == request.user.pk else "token_list_all")


@require_GET
@system_administrator
def all_tokens(request: StaffRequest) -> HttpResponse:
    """Everybody's tokens that can be used."""
    page = Paginator(tokens.all_valid_tokens(at=request.at), PER_PAGE).get_page(
        request.GET.get("page")
    )
    _said(list(page))
    return render(request, "organisation/tokens_all.html", {"page": page, "tokens": page})
