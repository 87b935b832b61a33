"""The room of versions, signing, and corrections of what is signed: the same for every text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.drafts import services as drafts
from cases.law import rules
from cases.matters import registry as matters
from cases.signing import services as signing
from cases.signing import texts
from cases.signing.forms import AdditionForm
from core import trail
from core.calendar import local_date
from core.errors import Conflict, Forbidden, Invalid
from core.web import attempt, form_status
from organisation.views.requests import StaffRequest

PER_PAGE = 50


def _found(request: StaffRequest, code: str, pk: int) -> tuple[texts.TextKind, Any]:
    kind = texts.KINDS.get(code)
    if kind is None:
        raise Http404
    return kind, get_object_or_404(texts.visible(kind, request.access), pk=pk)


def matter_url(kind: texts.TextKind, row: Any) -> str:
    """Where on the page of its matter the text stands."""
    matter = texts.record_of(kind, row)
    anchor, query = kind.anchor, ""
    if kind.code == "note":
        anchor, query = f"note-{row.pk}", matters.kind(matter.KIND).notes_query
    return f"{matters.address(matter.KIND, matter.pk)}{query}#{anchor}"


def _number(asked: str | None, otherwise: int, most: int) -> int:
    if asked is None or not asked.isascii() or not asked.isdigit():
        return otherwise
    return min(max(int(asked[:6]), 1), most)


@login_required
@require_GET
def text_versions(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """Every version of a text: who, when, why; and two of them compared word by word."""
    kind, row = _found(request, code, pk)
    every = texts.versions(kind, row)
    trail.read(f"{code}.versions_read", [row], by=request.user, at=request.at)
    last = len(every)
    after = _number(request.GET.get("after"), last, last) if every else 0
    before = _number(request.GET.get("before"), max(after - 1, 1), last) if every else 0
    compared = texts.compare(every[before - 1], every[after - 1]) if before != after else []
    return render(
        request,
        "cases/signing/versions.html",
        {
            "kind": kind,
            "row": row,
            "today": request.today,
            "number": texts.record_of(kind, row).number,
            "back_url": matter_url(kind, row),
            "versions": list(reversed(every)),
            "in_order": every,
            "before": before,
            "after": after,
            "shown": every[after - 1] if every else None,
            "compared": compared,
            "nothing_differs": compared and not any(one.differs for one in compared),
            "may_add": signing.may_add(request.access, code, row)
            if texts.is_signable(code)
            else None,
        },
    )


@login_required
@require_POST
def text_sign(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """The author signs the text."""
    kind, row = _found(request, code, pk)
    signing.sign(code, pk, by=request.user, at=request.at)
    messages.success(request, _("The text is signed and locked."))
    back = request.headers.get("Referer", "")
    if reverse("to_sign") in back and _is_own(request, back):
        return redirect("to_sign")
    return redirect(matter_url(kind, row))


def _is_own(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(url, {request.get_host()})


@login_required
@require_http_methods(["GET", "POST"])
def text_addition(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """Write a correction of, or an addition to, a signed text."""
    kind, row = _found(request, code, pk)
    if not texts.is_signable(code):
        raise Http404
    permitted = signing.may_add(request.access, code, row)
    if not permitted:
        raise Forbidden(getattr(permitted, "reason", ""))
    possible = rules.may_add(signed=row.is_signed)
    if not possible:
        raise Conflict(getattr(possible, "reason", ""))
    draft_key = f"addition-{code}-{pk}"
    form = AdditionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = attempt(
            form,
            lambda: signing.add(code, pk, **form.cleaned_data, by=request.user, at=request.at),
        )
        if made is not None:
            drafts.discard(key=draft_key, by=request.user)
            messages.success(request, _("It is written and signed, and stands with the text."))
            return redirect(matter_url(kind, row))
    if not form.is_bound:
        trail.read(f"{code}.read", [row], by=request.user, at=request.at)
    every = texts.versions(kind, row)
    return render(
        request,
        "cases/signing/addition.html",
        {
            "kind": kind,
            "row": row,
            "today": request.today,
            "number": texts.record_of(kind, row).number,
            "shown": every[-1] if every else None,
            "form": form,
            "back_url": matter_url(kind, row),
            "draft_key": draft_key,
            "draft_url": reverse("draft"),
        },
        status=form_status(form) if form.is_bound else 200,
    )


def _line(request: StaffRequest, kind: texts.TextKind, row: Any) -> dict[str, Any]:
    at: datetime = getattr(row, kind.written_column)
    return {
        "code": kind.code,
        "row": row,
        "title": kind.named(row),
        "matter": texts.record_of(kind, row),
        "at": at,
        "late": (request.today - local_date(at)).days > rules.SIGN_WITHIN_DAYS,
        "text": getattr(row, kind.body),
        "url": matter_url(kind, row),
    }


def _with_matter(kind: texts.TextKind, rows: Any) -> Any:
    """The texts with their matters and children."""
    if kind.matter != "matter":
        return rows.select_related(kind.matter, f"{kind.matter}__child")
    return rows.select_related("child", *(f"matter__{one.code}" for one in matters.KINDS))


def _unsigned(request: StaffRequest) -> list[dict[str, Any]]:
    """One's own texts without a signature, those that have waited longest first."""
    rows = [
        _line(request, kind, row)
        for kind in texts.by_author()
        for row in _with_matter(kind, signing.unsigned(kind, request.access))
    ]
    return sorted(rows, key=lambda one: (one["at"], one["code"], one["row"].pk))


def _chosen(values: list[str]) -> list[tuple[str, int]]:
    """`note-12` and the like; Invalid for anything else, or nothing."""
    chosen = []
    known = {kind.code for kind in texts.by_author()}
    for value in values:
        code, _dash, number = value.partition("-")
        if code not in known or not number.isascii() or not number.isdigit():
            raise Invalid({"texts": _("Choose among the texts on the page.")})
        chosen.append((code, int(number[:18])))
    if not chosen:
        raise Invalid({"texts": _("Choose at least one text to sign.")})
    return chosen


@login_required
@require_http_methods(["GET", "POST"])
def to_sign(request: StaffRequest) -> HttpResponse:
    """One's own texts that wait for one's signature; several are signed at once."""
    if request.method == "POST":
        try:
            number = signing.sign_many(
                _chosen(request.POST.getlist("texts")), by=request.user, at=request.at
            )
        except Invalid as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                ngettext(
                    "%(number)s text is signed and locked.",
                    "%(number)s texts are signed and locked.",
                    number,
                )
                % {"number": number},
            )
        return redirect("to_sign")
    page = Paginator(_unsigned(request), PER_PAGE).get_page(request.GET.get("page"))
    for kind in texts.by_author():
        shown = [one["row"] for one in page if one["code"] == kind.code]
        trail.read(f"{kind.code}.read", shown, by=request.user, at=request.at)
    return render(
        request,
        "cases/signing/to_sign.html",
        {"page": page, "today": request.today, "days": rules.SIGN_WITHIN_DAYS},
    )
