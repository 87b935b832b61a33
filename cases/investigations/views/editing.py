"""The way every section of a case is edited: in place with htmx, on a page of its own without.

A section view names its form, what it calls and where it stands. Here is the rest: who may open
it, drafts, errors beside fields, two people on the same text, and what is shown afterwards.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views import View
from django_htmx.http import HttpResponseClientRedirect

from cases.drafts import services as drafts
from cases.investigations.views.case import InvestigationPage
from cases.investigations.views.path import page_url
from core import trail
from core.conflicts import conflict_rows, fingerprint
from core.decisions import Decision
from core.errors import Conflict, Forbidden
from core.web import attempt, form_status
from organisation.rights import Action
from organisation.views.requests import StaffRequest


class SectionView(LoginRequiredMixin, View):
    """Edit one section of an investigation's page."""

    form_class: ClassVar[type[Form]]
    action: ClassVar[Action] = Action.WORK_ON_INVESTIGATION
    anchor: ClassVar[str]
    title: ClassVar[Any]
    icon: ClassVar[str] = "pencil"
    submit: ClassVar[Any] = gettext_lazy("Save")
    saved: ClassVar[Any] = gettext_lazy("Saved.")
    intro: ClassVar[str] = ""
    keeps_draft: ClassVar[bool] = True
    changes_all: ClassVar[bool] = False
    """Whether what may be done in the other sections is no longer what it was."""
    versioned: ClassVar[tuple[str, ...]] = ()
    """Fields of the investigation itself, which somebody else may have changed meanwhile."""

    case: InvestigationPage
    request: StaffRequest

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.case = InvestigationPage(request, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    # For the section to say

    def decision(self) -> Decision:
        return self.case.may_work

    def form_arguments(self) -> dict[str, Any]:
        return {}

    def initial(self) -> dict[str, Any]:
        return {}

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        raise NotImplementedError

    def extra(self) -> dict[str, Any]:
        return {}

    @property
    def pk(self) -> int:
        return int(self.case.investigation.pk)

    @property
    def draft_key(self) -> str:
        return f"{type(self).__name__}-{self.pk}"

    @property
    def by_at(self) -> dict[str, Any]:
        return {"by": self.request.user, "at": self.request.at}

    # The course of it

    def get(self, request: StaffRequest, pk: int) -> HttpResponse:
        decision = self.decision()
        if not decision:
            return self.leave(decision)
        trail.read("investigation.read", [self.case.investigation], **self.by_at)
        initial = self.initial()
        if self.versioned:
            standing = self.standing()
            initial = {**standing, **initial, "seen": fingerprint(standing)}
        return self.show(self.form_class(initial=initial, **self.form_arguments()))

    def post(self, request: StaffRequest, pk: int) -> HttpResponse:
        form = self.form_class(request.POST, **self.form_arguments())
        if not form.is_valid():
            return self.show(form)
        attempt(form, lambda: self.save(form.cleaned_data, self.version_read(form)))
        if form.errors:
            return self.show(form, conflict=self.conflict(form))
        if self.keeps_draft:
            drafts.discard(key=self.draft_key, by=request.user)
        return self.done()

    def leave(self, decision: Decision) -> HttpResponse:
        """Not yours to do is one thing, not possible now another.

        A form opened again after its investigation has ended leads to the case as it stands:
        nothing was to be saved, so nothing is said about that.
        """
        reason = str(getattr(decision, "reason", ""))
        if not self.case.ask(self.action):
            raise Forbidden(reason)
        if self.case.investigation.is_open:
            raise Conflict(reason)
        messages.info(self.request, reason)
        if self.request.htmx:
            return HttpResponseClientRedirect(page_url(self.pk))
        return HttpResponseRedirect(page_url(self.pk, self.anchor))

    def standing(self) -> dict[str, Any]:
        """The versioned fields as they stand now."""
        return {name: getattr(self.case.investigation, name) for name in self.versioned}

    def version_read(self, form: Any) -> int | None:
        """The version the writer had before them, as far as this section goes.

        Another section saved meanwhile is no conflict: only what this form shows counts.
        """
        if not self.versioned:
            return None
        unchanged = form.cleaned_data.get("seen") == fingerprint(self.standing())
        return self.case.investigation.version if unchanged else 0

    def conflict(self, form: Any) -> list[dict[str, str]]:
        current = getattr(form, "conflict", None)
        if current is None or not self.versioned:
            return []
        theirs = {name: getattr(current, name) for name in self.versioned}
        # What is saved next is saved by somebody who has seen both.
        form.data = form.data.copy()
        form.data["seen"] = fingerprint(theirs)
        return conflict_rows(form, theirs)

    def show(self, form: Any, conflict: Any = ()) -> HttpResponse:
        if not form.is_bound:
            first = next((bound for bound in form if not bound.is_hidden), None)
            if first is not None:
                first.field.widget.attrs["autofocus"] = True
        context = {
            "case": self.case,
            "form": form,
            "anchor": self.anchor,
            "title": self.title,
            "icon_name": self.icon,
            "submit": self.submit,
            "intro": self.intro,
            "conflict": conflict,
            "back_url": page_url(self.pk, self.anchor),
            "here_url": self.request.path,
            "draft_key": self.draft_key if self.keeps_draft else "",
            "draft_url": reverse("draft"),
            # On a page of its own it is sent as any form, and leads back to the case.
            "place": f"#{self.anchor}" if self.request.htmx else "",
            **self.extra(),
        }
        fragment = "cases/investigations/_form.html"
        page = "cases/investigations/edit.html"
        status = form_status(form) if form.is_bound else 200
        template = fragment if self.request.htmx else page
        response = render(self.request, template, context, status=status)
        # The address stays that of the case: reloading it shows the case, not a bare form.
        response["HX-Push-Url"] = "false"
        return response

    def done(self) -> HttpResponse:
        if not self.request.htmx:
            messages.success(self.request, str(self.saved))
            return HttpResponseRedirect(page_url(self.pk, self.anchor))
        if self.changes_all:
            messages.success(self.request, str(self.saved))
            # Not a refresh: the browser may stand at the form's own address.
            return HttpResponseClientRedirect(page_url(self.pk))
        case = InvestigationPage(self.request, self.pk)
        return render(
            self.request,
            "cases/investigations/_saved.html",
            {
                "case": case,
                "anchor": self.anchor,
                "section": f"cases/investigations/_{self.anchor}.html",
                "saved": self.saved,
                "fresh": self.anchor,
            },
        )
