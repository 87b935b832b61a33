"""The page of one investigation, its notes, and the acts that need no form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import matters, rules, whereabouts
from cases.forms.investigations import NoteChangeForm, NoteForm
from cases.models import Matter, Note
from cases.services import access as access_services
from cases.services import drafts, notes
from cases.services import investigations as services
from cases.views.investigations.case import TABS, Case, page_url
from cases.views.investigations.editing import conflict_rows
from core import trail
from core.errors import Conflict, Forbidden
from core.panels import panels
from core.web import attempt, form_status
from organisation.models import User
from organisation.views.requests import StaffRequest


@login_required
def investigation(request: StaffRequest, pk: int) -> HttpResponse:
    """The case page: one tab at a time, the path and the next step above."""
    case = Case(request, pk)
    tab = request.GET.get("tab", TABS[0])
    if tab not in TABS:
        tab = TABS[0]
    trail.read("investigation.read", [case.investigation], by=request.user, at=request.at)
    # Guardians' contacts and where a child has moved stand on the page.
    whereabouts.open_for(case.child, case.access, by=request.user, at=request.at)
    labels = {"case": _("The investigation"), "events": _("Everything that has happened")}
    base = page_url(pk)
    return render(
        request,
        "cases/investigation.html",
        {
            "case": case,
            "tab": tab,
            "panels": panels("CASE_PANELS", request, investigation=case.investigation)
            if tab == TABS[0]
            else [],
            "tabs": [
                {
                    "label": labels[name],
                    "url": base if name == TABS[0] else f"{base}?tab={name}",
                    "active": name == tab,
                }
                for name in TABS
            ],
        },
    )


# Acts without a form


@login_required
def submit(request: StaffRequest, pk: int) -> HttpResponse:
    """Hand the document to the leader. Opened as a page, it leads to where it is done from."""
    case = Case(request, pk)
    if request.method == "POST":
        services.submit_document(pk, by=request.user, at=request.at)
        messages.success(request, _("The document is handed to the leader."))
    return redirect(page_url(case.investigation.pk, "document"))


@login_required
def sign(request: StaffRequest, pk: int) -> HttpResponse:
    """The leader signs having read the document."""
    case = Case(request, pk)
    if request.method == "POST":
        services.sign_reading(pk, by=request.user, at=request.at)
        messages.success(request, _("Your reading is signed."))
    return redirect(page_url(case.investigation.pk, "document"))


@login_required
@require_POST
def revoke(request: StaffRequest, pk: int, reader: int) -> HttpResponse:
    """Take back the right to read given to one person."""
    case = Case(request, pk)
    person = get_object_or_404(User, pk=reader)
    access_services.revoke_reading(pk, reader=person, by=request.user, at=request.at)
    messages.success(request, _("The right to read is taken back."))
    return redirect(page_url(case.investigation.pk, "readers"))


# Notes


def _note(request: StaffRequest, pk: int) -> Any:
    """The note, when its reader may read the matter it stands in."""
    return get_object_or_404(
        Note.objects.filter(matter__in=Matter.objects.visible_to(request.access)).select_related(
            "author", "matter"
        ),
        pk=pk,
    )


def _matter_url(note: Any) -> str:
    return f"{note.matter.get_absolute_url()}#notes"


NOTE_FIELDS = ("kind", "happened_at", "present", "child", "text")


def _as_form(note: Any) -> dict[str, Any]:
    return {
        "kind": note.kind,
        "happened_at": note.happened_at,
        "present": note.present,
        "child": NoteForm.said(spoken_with=note.child_spoken_with, alone=note.child_alone),
        "text": note.text,
        "version": note.version,
    }


@login_required
def note_change(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a note of one's own; what stood before is kept and can be read."""
    note = _note(request, pk)
    if note.author_id not in request.access.acts_for:
        raise Forbidden(_("Only its author changes a note. Write a new one instead."))
    unlocked = rules.may_change_note(signed=note.is_signed)
    if not unlocked:
        raise Conflict(getattr(unlocked, "reason", ""))
    decision = matters.kind(note.matter.kind).may_write(note.matter.record)
    if not decision:
        raise Conflict(getattr(decision, "reason", ""))
    draft_key = f"note-{note.pk}"
    conflict: list[dict[str, str]] = []
    theirs = None
    if request.method == "POST":
        form = NoteChangeForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            attempt(
                form,
                lambda: notes.change_note(
                    pk,
                    version=data["version"],
                    **NoteForm.values_of(data),
                    reason=data["reason"],
                    by=request.user,
                    at=request.at,
                ),
            )
            theirs = getattr(form, "conflict", None)
            if not form.errors:
                drafts.discard(key=draft_key, by=request.user)
                messages.success(request, _("The note is changed. The earlier version is kept."))
                return HttpResponseRedirect(_matter_url(note))
            if theirs is not None:
                standing = _as_form(theirs)
                conflict = conflict_rows(form, {name: standing[name] for name in NOTE_FIELDS})
                typed = request.POST.copy()
                typed["version"] = str(theirs.version)
                form.data = typed
    else:
        trail.read("note.read", [note], by=request.user, at=request.at)
        form = NoteChangeForm(initial=_as_form(note))
    return render(
        request,
        "cases/investigation_note_change.html",
        {
            "note": note,
            "form": form,
            "conflict": conflict,
            "back_url": _matter_url(note),
            "draft_key": draft_key,
            "draft_url": reverse("draft"),
        },
        status=form_status(form) if form.is_bound else 200,
    )
