"""The decision document: written in seven parts, compared when two write, read and printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases.disclosure import masking_terms as hiding
from cases.drafts import services as drafts
from cases.investigations import services
from cases.investigations.forms import DocumentForm
from cases.investigations.models import DOCUMENT_PARTS, DecisionDocument
from cases.investigations.services.paper import parts_for_parties
from cases.investigations.views.case import InvestigationPage
from cases.investigations.views.path import page_url
from core import trail
from core.conflicts import conflict_rows, fingerprint
from core.rates import Rate, rated
from core.web import attempt, form_status
from organisation.views.requests import StaffRequest


def _marks(document: DecisionDocument | None) -> list[str]:
    """A mark of each part as it was read, in order."""
    return [
        fingerprint({name: getattr(document, name) if document else ""}) for name in DOCUMENT_PARTS
    ]


def _initial(document: DecisionDocument | None) -> dict[str, Any]:
    parts = {name: getattr(document, name) if document else "" for name in DOCUMENT_PARTS}
    return {
        **parts,
        "version": document.version if document else 0,
        "seen": ",".join(_marks(document)),
    }


def _untouched(parts: Mapping[str, str], seen: str) -> set[str]:
    """The parts that the writer has left as they were when the form was opened."""
    marks = dict(zip(DOCUMENT_PARTS, seen.split(","), strict=False))
    return {name for name in parts if fingerprint({name: parts[name]}) == marks.get(name)}


def _meet(form: DocumentForm, theirs: DecisionDocument) -> list[dict[str, str]]:
    """Put the saved version beside what was typed, and make the form ready to be saved again.

    A part the writer had not touched takes the saved text: keeping the old would undo what the
    other wrote. Every other part keeps what was typed.
    """
    mine = form.parts()
    rows = [
        row
        for row in conflict_rows(form, {name: getattr(theirs, name) for name in DOCUMENT_PARTS})
        if row["yours"] != row["theirs"]
    ]
    untouched = _untouched(mine, form.cleaned_data.get("seen") or "")
    data: Any = form.data
    form.data = data = data.copy()
    for name in untouched:
        data[name] = getattr(theirs, name)
    data["version"] = str(theirs.version)
    data["seen"] = ",".join(_marks(theirs))
    return rows


@login_required
def document(request: StaffRequest, pk: int) -> HttpResponse:
    """Write the document, or read it where it may not be written in now."""
    case = InvestigationPage(request, pk)
    may_write = case.may_write_document
    draft_key = f"document-{pk}"
    conflict: list[dict[str, str]] = []
    theirs: Any = None
    if request.method == "POST":
        form = DocumentForm(request.POST)
        if form.is_valid():
            version = form.cleaned_data.get("version") or 0
            attempt(
                form,
                lambda: services.write_document(
                    pk, parts=form.parts(), version=version, by=request.user, at=request.at
                ),
            )
            if not form.errors:
                drafts.discard(key=draft_key, by=request.user)
                messages.success(request, _("The document is saved."))
                if "close" in request.POST:
                    return HttpResponseRedirect(page_url(pk, "document"))
                return HttpResponseRedirect(reverse("investigation_document", args=[pk]))
            theirs = getattr(form, "conflict", None)
            if theirs is not None:
                conflict = _meet(form, theirs)
    else:
        trail.read("document.read", [case.investigation], by=request.user, at=request.at)
        if not may_write:
            return render(
                request,
                "cases/investigations/document_read.html",
                {"case": case, "back_url": page_url(pk, "document")},
            )
        form = DocumentForm(initial=_initial(case.document))
    return render(
        request,
        "cases/investigations/document.html",
        {
            "case": case,
            "form": form,
            "conflict": conflict,
            "theirs": theirs,
            "draft_key": draft_key,
            "draft_url": reverse("draft"),
            "back_url": page_url(pk, "document"),
        },
        status=form_status(form) if form.is_bound else 200,
    )


@login_required
def document_print(request: StaffRequest, pk: int) -> HttpResponse:
    """The document as it goes on paper."""
    case = InvestigationPage(request, pk)
    trail.read("document.printed", [case.investigation], by=request.user, at=request.at)
    return render(
        request,
        "cases/investigations/document_print.html",
        {
            "case": case,
            "parts": parts_for_parties(case.document, hiding.for_everybody(case.child)),
            "back_url": page_url(pk, "document"),
        },
    )


@login_required
@require_GET
@rated(Rate.EXPORT)
def document_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    """The document as a file, with who reported left out."""
    case = InvestigationPage(request, pk)
    made = services.document_pdf(pk, by=request.user, at=request.at)
    name = f"{case.investigation.number}.pdf"
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
