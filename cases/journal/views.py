"""Changing a note of one's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.drafts import services as drafts
from cases.journal import services as notes
from cases.journal.forms import NoteChangeForm, NoteForm
from cases.journal.models import Note
from cases.law import rules
from cases.matters import registry as matters
from cases.matters.models import Matter
from core import trail
from core.conflicts import conflict_rows
from core.errors import Conflict, Forbidden
from core.web import attempt, form_status
from organisation.views.requests import StaffRequest

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
        "cases/journal/note_change.html",
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
