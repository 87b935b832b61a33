"""Pages that put right what is written of a child, and of those around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.child import corrections, forms, merging
from cases.matters.models import Matter
from cases.persons import guardians, whereabouts
from cases.persons.models import Guardian, Person, PersonMerge
from core import trail
from core.errors import Forbidden
from core.web import attempt, form_page, form_status
from core.wording import full_day
from organisation.permissions import refusal
from organisation.rights import Action
from organisation.views.requests import StaffRequest


def _child(request: StaffRequest, pk: int, action: Action = Action.CORRECT_PERSON) -> Person:
    child = get_object_or_404(Person.objects.visible_to(request.access), pk=pk)
    if not whereabouts.may_work_with(child, request.access, action):
        raise Forbidden(refusal(action))
    return child


def _form_of(
    request: StaffRequest,
    child: Person,
    form: Any,
    save: Callable[[dict[str, Any]], Any],
    *,
    title: str,
    saved: str,
    intro: str = "",
    button: str = "",
) -> HttpResponse:
    """The page of one form: shown, refused with its reasons, or saved and back to the child."""
    trail.read("child.read", [child], by=request.user, at=request.at)
    back = reverse("child", args=[child.pk])
    valid = request.method == "POST" and form.is_valid()
    if valid and attempt(form, lambda: save(dict(form.cleaned_data))) is not None:
        messages.success(request, saved)
        return redirect(back)
    return form_page(
        request,
        form,
        title=title,
        button=button or _("Save"),
        back=back,
        back_label=_("The child"),
        intro=intro,
    )


def _by_at(request: StaffRequest) -> dict[str, Any]:
    return {"by": request.user, "at": request.at}


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: StaffRequest, pk: int) -> HttpResponse:
    """Name, birth date and gender, with the reason."""
    child = _child(request, pk)
    names = ("first_name", "last_name", "birth_date", "gender", "version")
    form = forms.CorrectForm(
        request.POST or None, initial={name: getattr(child, name) for name in names}
    )
    return _form_of(
        request,
        child,
        form,
        lambda data: corrections.correct(pk, **data, **_by_at(request)),
        title=_("Correct the child's particulars"),
        saved=_("The particulars are corrected."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def number(request: StaffRequest, pk: int) -> HttpResponse:
    """The number that was found, or another instead of the one there is."""
    child = _child(request, pk)
    initial = {"version": child.version}
    if child.personal_identity_number:
        return _form_of(
            request,
            child,
            forms.NumberChangedForm(request.POST or None, initial=initial),
            lambda data: corrections.change_number(pk, **data, **_by_at(request)),
            title=_("Change the number"),
            saved=_("The number is changed."),
            intro=_("Now: %(number)s. Leave names and gender empty where they stay the same.")
            % {"number": child.identity_number},
        )
    return _form_of(
        request,
        child,
        forms.NumberFoundForm(request.POST or None, initial=initial),
        lambda data: corrections.give_number(pk, **data, **_by_at(request)),
        title=_("Write the number that was found"),
        saved=_("The number is written down."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def birth(request: StaffRequest, pk: int) -> HttpResponse:
    """The unborn child of a report is born."""
    child = _child(request, pk)
    return _form_of(
        request,
        child,
        forms.BirthForm(
            request.POST or None,
            initial={"version": child.version, "last_name": child.last_name},
        ),
        lambda data: corrections.register_birth(pk, **data, **_by_at(request)),
        title=_("The child is born"),
        saved=_("The birth is registered."),
        intro=_("The reports about the unborn child stay with the child."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def death(request: StaffRequest, pk: int) -> HttpResponse:
    child = _child(request, pk)
    return _form_of(
        request,
        child,
        forms.DeathForm(request.POST or None, initial={"version": child.version}),
        lambda data: corrections.register_death(pk, **data, **_by_at(request)),
        title=_("Register that the child has died"),
        saved=_("The death is registered. What is open is listed on the child's page."),
        intro=_("Deadlines that are not met by that day end with it, and no reminders are sent."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def death_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    child = _child(request, pk)
    return _form_of(
        request,
        child,
        forms.WhyForm(request.POST or None, initial={"version": child.version}),
        lambda data: corrections.withdraw_death(pk, **data, **_by_at(request)),
        title=_("The death was registered by mistake"),
        saved=_("The registered death is withdrawn."),
        intro=_("The deadlines run again, from where they began."),
    )


# Those around the child


def _around(request: StaffRequest, child: Person, pk: int) -> Guardian:
    one = get_object_or_404(child.guardians.all(), pk=pk)
    whereabouts.open_for(child, request.access, **_by_at(request))
    whereabouts.mark_contacts([one], child, request.access)
    return one


@login_required
@require_http_methods(["GET", "POST"])
def guardian_add(request: StaffRequest, pk: int) -> HttpResponse:
    child = _child(request, pk)
    form = forms.PersonAroundForm(
        request.POST or None, offered=guardians.offered(child, request.access)
    )

    def save(data: dict[str, Any]) -> Guardian:
        data.pop("version")
        if data.get("same_as"):
            other = Guardian.objects.get(pk=data["same_as"])
            data |= {"first_name": other.first_name, "last_name": other.last_name}
        return guardians.add(pk, **data, **_by_at(request))

    return _form_of(
        request,
        child,
        form,
        save,
        title=_("Add a person around the child"),
        saved=_("The person is written down."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def guardian_change(request: StaffRequest, pk: int, guardian_pk: int) -> HttpResponse:
    child = _child(request, pk)
    one = _around(request, child, guardian_pk)
    others = guardians.shared_with(one, request.access)
    names = [
        "relation",
        "first_name",
        "last_name",
        "custody_from",
        "custody_until",
        "interpreter_language",
        "version",
        *(["contact", "protected_identity"] if one.contact_shown else []),
    ]
    form = forms.PersonAroundForm(
        request.POST or None,
        is_new=False,
        hidden=not one.contact_shown,
        shared=", ".join(other.name for other in others),
        initial={name: getattr(one, name) for name in names}
        | {"has_custody": "yes" if one.has_custody else "no"},
    )
    return _form_of(
        request,
        child,
        form,
        lambda data: guardians.change(pk, guardian_pk, **data, **_by_at(request)),
        title=_("Change a person around the child"),
        saved=_("Saved."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def guardian_end(request: StaffRequest, pk: int, guardian_pk: int) -> HttpResponse:
    child = _child(request, pk)
    one = _around(request, child, guardian_pk)
    return _form_of(
        request,
        child,
        forms.EndAroundForm(
            request.POST or None, initial={"version": one.version, "ended_on": request.today}
        ),
        lambda data: guardians.end(pk, guardian_pk, **data, **_by_at(request)),
        title=_("The person is no longer around the child"),
        saved=_("Saved."),
        intro=_("Custody ends the same day. What the person took part in stays."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def guardian_reopen(request: StaffRequest, pk: int, guardian_pk: int) -> HttpResponse:
    child = _child(request, pk)
    one = _around(request, child, guardian_pk)
    return _form_of(
        request,
        child,
        forms.WhyForm(request.POST or None, initial={"version": one.version}),
        lambda data: guardians.reopen(pk, guardian_pk, **data, **_by_at(request)),
        title=_("The person is around the child all the same"),
        saved=_("Saved."),
    )


# Two records of one child


@login_required
@require_http_methods(["GET", "POST"])
def merge(request: StaffRequest, pk: int) -> HttpResponse:
    """Choose the record that is perhaps of the same child: offered, or by a case number."""
    child = _child(request, pk, Action.DECIDE_IDENTITY)
    form = forms.OtherRecordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["number"].strip().upper()
        found = Matter.objects.visible_to(request.access).filter(number=wanted).first()
        if found is not None and found.child_id and found.child_id != pk:
            return redirect("child_merge_with", pk, found.child_id)
        form.add_error("number", _("There is no such matter of another child within your reach."))
    offered = merging.candidates(child, request.access)
    trail.read("child.merge_searched", [child, *offered], **_by_at(request))
    return render(
        request,
        "cases/child/merge.html",
        {"child": child, "offered": offered, "form": form, "today": request.today},
        status=form_status(form) if form.errors else 200,
    )


@login_required
@require_http_methods(["GET", "POST"])
def merge_with(request: StaffRequest, pk: int, other_pk: int) -> HttpResponse:
    """What merging would do, which particulars are right, and the merging itself."""
    child = _child(request, pk, Action.DECIDE_IDENTITY)
    other = _child(request, other_pk, Action.DECIDE_IDENTITY)
    for one in (child, other):
        whereabouts.open_for(one, request.access, **_by_at(request))
    seen = merging.preview(child, other)
    form = forms.MergeForm(
        request.POST or None, differences=seen.differences, initial={"version": child.version}
    )
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: merging.merge(
                pk,
                other_pk,
                chosen=form.chosen(),
                reason=form.cleaned_data["reason"],
                version=form.cleaned_data["version"],
                **_by_at(request),
            ),
        )
        if done is not None:
            messages.success(
                request,
                _("The records are merged. It can be undone until %(day)s.")
                % {"day": full_day(done.undo_until)},
            )
            return redirect("child", pk)
    trail.read("child.merge_previewed", [child, other], **_by_at(request))
    return render(
        request,
        "cases/child/merge_with.html",
        {"child": child, "other": other, "seen": seen, "form": form, "today": request.today},
        status=form_status(form) if form.errors else 200,
    )


@login_required
@require_http_methods(["GET", "POST"])
def merge_undo(request: StaffRequest, pk: int, merge_pk: int) -> HttpResponse:
    child = _child(request, pk, Action.DECIDE_IDENTITY)
    merged = get_object_or_404(PersonMerge, pk=merge_pk, kept=child)
    form = forms.WhyForm(request.POST or None)

    def save(data: dict[str, Any]) -> PersonMerge:
        return merging.undo(merged.pk, reason=data["reason"], **_by_at(request))

    return _form_of(
        request,
        child,
        form,
        save,
        title=_("Undo the merging"),
        saved=_("The merging is undone: there are two records again."),
        intro=_("What was written after the merging stays with this record."),
        button=_("Undo the merging"),
    )
