"""The case page of a report, and what is done on it: one address for each act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from cases.drafts import services as drafts
from cases.journal import services as notes
from cases.provisions.lookup import workers_for
from cases.reports import services
from cases.reports.forms.correcting import (
    CorrectReportForm,
    FeedbackCorrection,
    MoveReportForm,
    ReverseReportForm,
    TalkCorrection,
    UndoReportForm,
    WithdrawReportForm,
)
from cases.reports.forms.steps import (
    AdoptForm,
    AskFeedbackForm,
    AssessForm,
    AssignForm,
    DecideForm,
    FeedbackForm,
    JoinForm,
    ProposeForm,
    ReportNoteForm,
    TalkForm,
)
from cases.reports.models import Report
from cases.reports.views.case import ReportPage, draft_key
from core import trail
from core.errors import Conflict
from core.web import attempt, form_status
from organisation.views.requests import StaffRequest


def _found(request: StaffRequest, pk: int) -> Report:
    rows = Report.objects.readable(request.access).with_workers(on=request.today)
    return get_object_or_404(
        rows.select_related(
            "child",
            "unit",
            "group",
            "logged_by",
            "linked_to",
            "investigation",
            "protection_assessment__assessed_by",
            "protection_assessment__signed_by",
            "proposal__proposed_by",
            "proposal__group",
            "decision__decided_by",
            "decision__signed_by",
            "feedback__given_by",
            "serious_talk__recorded_by",
        ),
        pk=pk,
    )


@login_required
@require_GET
def report(request: StaffRequest, pk: int) -> HttpResponse:
    """The case page of one report."""
    found = _found(request, pk)
    trail.read("report.read", [found], by=request.user, at=request.at)
    return ReportPage(request, found).page()


def _act(
    request: StaffRequest,
    pk: int,
    name: str,
    make: Callable[[ReportPage], forms.Form],
    call: Callable[[dict[str, Any]], Any],
    done: str,
    anchor: str,
) -> HttpResponse:
    """Send one form of the page: back to its place when done, else the page with what was typed."""
    case = ReportPage(request, _found(request, pk))
    form = make(case)
    if form.is_valid() and attempt(form, lambda: call(form.cleaned_data)) is not None:
        drafts.discard(key=draft_key(pk, name), by=request.user)
        if not Report.objects.readable(request.access).filter(pk=pk).exists():
            # Moved to a unit or a child whose matters are not the reader's.
            messages.success(request, done)
            return away(request)
        if request.htmx:
            return ReportPage(request, _found(request, pk)).saved(anchor, done)
        messages.success(request, done)
        return redirect(f"{reverse('report', args=[pk])}#{anchor}")
    # The page shows the case as it now stands: a conflict means that it is not what was read.
    fresh = ReportPage(request, _found(request, pk))
    fresh.keep(name, form)
    return fresh.refused(anchor, status=form_status(form))


def away(request: StaffRequest) -> HttpResponse:
    """To the list, from what is no longer the reader's."""
    address = reverse("report_list")
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


@login_required
@require_POST
def report_correct(request: StaffRequest, pk: int) -> HttpResponse:
    """Put right what was logged."""
    forms_read: dict[str, CorrectReportForm] = {}

    def make(case: ReportPage) -> forms.Form:
        form = CorrectReportForm(
            request.POST, prefix="correct", hides_organisation=case.hides_organisation
        )
        forms_read["form"] = form
        return form

    def call(values: dict[str, Any]) -> Any:
        facts = forms_read["form"].facts(_found(request, pk))
        return services.correct_report(
            pk,
            facts,
            reason=values["reason"],
            version=values["version"],
            by=request.user,
            at=request.at,
        )

    return _act(request, pk, "correct", make, call, _("The report is corrected."), "corrections")


@login_required
@require_POST
def report_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Withdraw a report logged by mistake."""
    return _act(
        request,
        pk,
        "withdraw",
        lambda case: WithdrawReportForm(request.POST, prefix="withdraw"),
        lambda values: services.withdraw_report(pk, by=request.user, at=request.at, **values),
        _("The report is withdrawn."),
        "corrections",
    )


@login_required
@require_POST
def report_move(request: StaffRequest, pk: int) -> HttpResponse:
    """Move a report to the right child or unit."""
    forms_read: dict[str, MoveReportForm] = {}

    def make(case: ReportPage) -> forms.Form:
        form = MoveReportForm(request.POST, prefix="move", unit_id=case.report.unit_id)
        forms_read["form"] = form
        return form

    return _act(
        request,
        pk,
        "move",
        make,
        lambda values: services.move_report(
            pk, by=request.user, at=request.at, **forms_read["form"].given()
        ),
        _("The report is moved."),
        "corrections",
    )


@login_required
@require_POST
def report_reverse(request: StaffRequest, pk: int) -> HttpResponse:
    """Reverse a decision taken by mistake."""
    return _act(
        request,
        pk,
        "reverse",
        lambda case: ReverseReportForm(request.POST, prefix="reverse"),
        lambda values: services.reverse_decision(pk, by=request.user, at=request.at, **values),
        _("The decision is reversed. The report waits for a new one."),
        "decision",
    )


def _correct_entry(
    request: StaffRequest, pk: int, code: str, form_class: type[forms.Form], anchor: str
) -> HttpResponse:
    prefix = f"{anchor}_correct"

    def call(values: dict[str, Any]) -> Any:
        given = {name: value for name, value in values.items() if name != "version"}
        reason = given.pop("reason")
        return services.correct_entry(
            pk, code, given, reason=reason, by=request.user, at=request.at
        )

    return _act(
        request,
        pk,
        prefix,
        lambda case: form_class(request.POST, prefix=prefix),
        call,
        _("The entry is corrected."),
        anchor,
    )


@login_required
@require_POST
def report_feedback_correct(request: StaffRequest, pk: int) -> HttpResponse:
    """Put right what was written down of the feedback."""
    return _correct_entry(request, pk, "feedback", FeedbackCorrection, "feedback")


@login_required
@require_POST
def report_talk_correct(request: StaffRequest, pk: int) -> HttpResponse:
    """Put right what was written down of the serious talk."""
    return _correct_entry(request, pk, "serious_talk", TalkCorrection, "talk")


@login_required
@require_POST
def report_undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back the latest withdrawal, move or reversal."""
    return _act(
        request,
        pk,
        "undo",
        lambda case: UndoReportForm(request.POST, prefix="undo"),
        lambda values: services.undo_correction(pk, by=request.user, at=request.at, **values),
        _("The correction is taken back."),
        "corrections",
    )


@login_required
@require_POST
def report_assess(request: StaffRequest, pk: int) -> HttpResponse:
    """Write the immediate protection assessment."""
    return _act(
        request,
        pk,
        "assess",
        lambda case: AssessForm(request.POST, prefix="assess"),
        lambda values: services.assess_protection(pk, by=request.user, at=request.at, **values),
        _("The protection assessment is written down."),
        "protection",
    )


@login_required
@require_POST
def report_propose(request: StaffRequest, pk: int) -> HttpResponse:
    """Write the proposal of the decision, or change it."""
    return _act(
        request,
        pk,
        "propose",
        lambda case: ProposeForm(request.POST, prefix="propose", unit_id=case.report.unit_id),
        lambda values: services.propose_decision(pk, by=request.user, at=request.at, **values),
        _("The proposal is with the one who decides."),
        "proposal",
    )


@login_required
@require_POST
def report_decide(request: StaffRequest, pk: int) -> HttpResponse:
    """Decide to open an investigation or not."""
    return _act(
        request,
        pk,
        "decide",
        lambda case: DecideForm(request.POST, prefix="decide", unit_id=case.report.unit_id),
        lambda values: services.decide_opening(pk, by=request.user, at=request.at, **values),
        _("The decision is taken."),
        "decision",
    )


@login_required
@require_POST
def report_adopt(request: StaffRequest, pk: int) -> HttpResponse:
    """Decide as proposed, in the words of the proposal that was read."""

    def adopt(values: dict[str, Any]) -> Any:
        proposal = getattr(_found(request, pk), "proposal", None)
        if proposal is None or proposal.version != values["proposal_version"]:
            raise Conflict(_("The proposal has been changed meanwhile. Read it and decide anew."))
        return services.decide_opening(
            pk,
            decided_on=request.today,
            outcome=proposal.outcome,
            rationale=proposal.rationale,
            group=proposal.group,
            investigation_type=proposal.investigation_type,
            late_reason=values["late_reason"],
            unassessed_reason=values["unassessed_reason"],
            version=values["version"],
            by=request.user,
            at=request.at,
        )

    return _act(
        request,
        pk,
        "adopt",
        lambda case: AdoptForm(request.POST, prefix="adopt"),
        adopt,
        _("The decision is taken as proposed."),
        "decision",
    )


@login_required
@require_POST
def report_join(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the report join the open investigation about the child."""
    return _act(
        request,
        pk,
        "join",
        lambda case: JoinForm(request.POST, prefix="join"),
        lambda values: services.join_open(pk, by=request.user, at=request.at, **values),
        _("The report has joined the investigation. Those who investigate are told."),
        "decision",
    )


@login_required
@require_POST
def report_ask_feedback(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down that the reporter has asked for feedback since."""
    return _act(
        request,
        pk,
        "ask",
        lambda case: AskFeedbackForm(request.POST, prefix="ask"),
        lambda values: services.ask_feedback(pk, by=request.user, at=request.at, **values),
        _("It is written down that the reporter asks for feedback."),
        "feedback",
    )


@login_required
@require_POST
def report_feedback(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down that the reporter has been told."""
    return _act(
        request,
        pk,
        "feedback",
        lambda case: FeedbackForm(request.POST, prefix="feedback"),
        lambda values: services.give_feedback(pk, by=request.user, at=request.at, **values),
        _("The feedback is written down."),
        "feedback",
    )


@login_required
@require_POST
def report_talk(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down the serious talk offered, and what came of it."""
    return _act(
        request,
        pk,
        "talk",
        lambda case: TalkForm(request.POST, prefix="talk"),
        lambda values: services.record_serious_talk(pk, by=request.user, at=request.at, **values),
        _("The serious talk is written down."),
        "talk",
    )


@login_required
@require_POST
def report_assign(request: StaffRequest, pk: int) -> HttpResponse:
    """Give the report to a reception worker, or take it oneself."""
    return _act(
        request,
        pk,
        "assign",
        lambda case: AssignForm(
            request.POST,
            prefix="assign",
            workers=workers_for(case.report.group_id, case.report.child_id, on=request.today),
        ),
        lambda values: services.assign_reception_worker(
            pk, by=request.user, at=request.at, **values
        ),
        _("The report has a worker."),
        "handlers",
    )


@login_required
@require_POST
def report_note(request: StaffRequest, pk: int) -> HttpResponse:
    """Write a note in the child's journal."""
    return _act(
        request,
        pk,
        "note",
        lambda case: ReportNoteForm(request.POST, prefix="note"),
        lambda values: notes.write_note(pk, by=request.user, at=request.at, **values),
        _("The note is written."),
        "notes",
    )
