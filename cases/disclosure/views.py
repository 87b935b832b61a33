"""A party's access to the file: the list, the preparation, what goes out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Case, Count, Q, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.disclosure import forms, redaction, services
from cases.disclosure import paper as disclosure_paper
from cases.disclosure.models import Disclosure, DisclosurePiece
from cases.drafts import services as drafts
from cases.enums import DisclosureStatus, SecrecyGround
from cases.law import rules
from cases.matters import registry as matters
from cases.matters.models import Matter
from core import trail
from core.decisions import both
from core.errors import Forbidden
from core.rates import Rate, rated
from core.web import attempt, form_status
from organisation.rights import Action
from organisation.views.requests import StaffRequest

PER_PAGE = 50
PROMPT_DAYS = 7
"""After so many days a request is marked: it is met promptly (TF 2 kap. 15 §; unit routine)."""

OPEN = (DisclosureStatus.DRAFT, DisclosureStatus.SUBMITTED, DisclosureStatus.APPROVED)
TONES: dict[str, str] = {
    DisclosureStatus.DRAFT: "info",
    DisclosureStatus.SUBMITTED: "soon",
    DisclosureStatus.APPROVED: "soon",
    DisclosureStatus.DELIVERED: "ok",
    DisclosureStatus.WITHDRAWN: "muted",
    DisclosureStatus.REFUSED: "muted",
}
FOUND_BY = {
    "reporter": gettext_lazy("found: the reporter"),
    "sibling": gettext_lazy("found: a sibling"),
    "other_guardian": gettext_lazy("found: the other guardian's contact"),
    "whereabouts": gettext_lazy("found: where the child is"),
    "identity_number": gettext_lazy("found: an identity number"),
    "phone": gettext_lazy("found: a telephone number"),
    "email": gettext_lazy("found: an e-mail address"),
    "titled": gettext_lazy("found: a title and a surname"),
    "field": gettext_lazy("found: by the table of fields"),
}


def _found(request: StaffRequest, pk: int) -> Any:
    rows = services.visible(request.access).select_related(
        "child",
        "unit",
        "guardian",
        "prepared_by",
        "submitted_by",
        "approved_by",
        "delivered_by",
        "right_examined_by",
    )
    return get_object_or_404(rows, pk=pk)


def waited(disclosure: Disclosure, today: date) -> dict[str, Any]:
    """How many days the party has waited, or waited in the end."""
    days = ((disclosure.delivered_on or today) - disclosure.requested_on).days
    waiting = disclosure.status in OPEN
    return {"days": days, "late": waiting and days > PROMPT_DAYS, "waiting": waiting}


@login_required
@require_GET
def disclosure_list(request: StaffRequest) -> HttpResponse:
    """Every disclosure the reader may prepare, those that wait first."""
    form = forms.DisclosureFilter(request.GET)
    status = form.cleaned_data.get("status") if form.is_valid() else ""
    rows: Any
    if status == form.TO_PREPARE:
        rows = services.to_prepare(request.access)
    elif status == form.TO_APPROVE:
        rows = services.to_approve(request.access)
    else:
        rows = services.visible(request.access)
        rows = rows.filter(status=status) if status else rows
    rows = (
        rows.select_related("child", "prepared_by")
        .annotate(waits=Case(When(status__in=OPEN, then=Value(0)), default=Value(1)))
        .order_by("waits", "requested_on", "pk")
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    trail.read("disclosure.listed", list(page), by=request.user, at=request.at)
    return render(
        request,
        "cases/disclosure/list.html",
        {
            "page": page,
            "lines": [
                {"row": row, "tone": TONES[row.status], **waited(row, request.today)}
                for row in page
            ],
            "form": form,
            "today": request.today,
            "filtered": bool(status),
        },
    )


def _matter(request: StaffRequest, pk: int) -> Matter:
    rows = Matter.objects.visible_to(request.access).filter(child__isnull=False)
    matter: Matter = get_object_or_404(rows.select_related("child"), pk=pk)
    if matter.child is None or matter not in services.matters_for(matter.child, request.access):
        raise Forbidden(_("Those who work on the matter prepare a party's access to it."))
    return matter


@login_required
@require_http_methods(["GET", "POST"])
def disclosure_new(request: StaffRequest, pk: int) -> HttpResponse:
    """Choose matters and party; the texts are collected when it is sent."""
    matter = _matter(request, pk)
    child = matter.child
    assert child is not None
    reached = services.matters_for(child, request.access)
    names = matters.named(reached)
    choices = [(str(row.pk), names[row.pk]) for row in reversed(reached)]
    form = forms.PrepareForm(
        request.POST if request.method == "POST" else None,
        matters=choices,
        guardians=child.guardians.order_by("relation", "pk"),
        initial={"matters": [str(pk)], "requested_on": request.today},
    )
    if form.is_valid():
        data = form.cleaned_data
        made = attempt(
            form,
            lambda: services.prepare(
                child.pk,
                matter_ids=[int(chosen) for chosen in data["matters"]],
                relation=data["relation"],
                guardian_id=data["guardian"],
                recipient_name=data["recipient_name"],
                requested_on=data["requested_on"],
                right=form.given(),
                by=request.user,
                at=request.at,
            ),
        )
        if made is not None:
            if made.status == DisclosureStatus.REFUSED:
                messages.success(request, _("The right is examined. The refusal is written."))
            else:
                messages.success(request, _("The texts are collected. Look through each of them."))
            return redirect("disclosure", pk=made.pk)
    if not form.is_bound:
        trail.read("child.read", [child], by=request.user, at=request.at)
    return render(
        request,
        "cases/disclosure/new.html",
        {"form": form, "back_url": matter.get_absolute_url()},
        status=form_status(form) if form.is_bound else 200,
    )


class DisclosurePage:
    """One disclosure on one reader's page: what it holds, and what may be done now."""

    def __init__(self, request: StaffRequest, row: Any) -> None:
        access = request.access
        self.row = row
        self.pieces: list[Any] = list(
            row.pieces.defer("text")
            .annotate(masks=Count("redactions", filter=Q(redactions__removed_at__isnull=True)))
            .order_by("position")
        )
        self.left = sum(piece.reviewed_at is None for piece in self.pieces)
        self.done = len(self.pieces) - self.left
        self.withholds = any(piece.masks or piece.left_out for piece in self.pieces)
        self.next_piece = next((one for one in self.pieces if one.reviewed_at is None), None)
        self.matters = list(row.matters.select_related("matter").order_by("pk"))
        self.tone = TONES[row.status]
        self.is_open = row.status in OPEN
        self.refused = row.status == DisclosureStatus.REFUSED
        prepares = services.may(access, Action.PREPARE_DISCLOSURE, row)
        leads = services.may(access, Action.APPROVE_DISCLOSURE, row)
        self.may_redact = both(prepares, rules.may_redact(status=row.status))
        right = services.right_holds(row, access.on)
        ready = both(right, services.decision_fits(row))
        self.examines = bool(services.grounds_of(row, access.on))
        self.right_missing = not right and row.status in OPEN
        self.flagged = sum(piece.flagged for piece in self.pieces)
        self.may_submit = both(
            both(prepares, rules.may_submit_disclosure(status=row.status, left=self.left)), ready
        )
        self.may_approve = both(both(leads, rules.may_approve_disclosure(status=row.status)), ready)
        self.may_deliver = both(both(prepares, rules.may_deliver(status=row.status)), right)
        self.leads = bool(leads)


def _page(request: StaffRequest, row: Any, bound: Any = None, name: str = "") -> HttpResponse:
    room = DisclosurePage(request, row)
    refusal = row.refusal_text or (services.proposed_refusal(row) if room.withholds else "")
    shown: dict[str, Any] = {
        "right": forms.RightForm(
            initial={
                name: getattr(row, name)
                for name in ("right_ground", "right_outcome", "right_reason")
            }
        ),
        "refusal": forms.RefusalForm(initial={"refusal_text": refusal, "version": row.version}),
        "return": forms.CommentForm(),
        "deliver": forms.DeliverForm(initial={"delivered_on": request.today}),
        "withdraw": forms.WithdrawForm(),
    }
    if bound is not None:
        shown[name] = bound
    context = {
        "room": room,
        "disclosure": row,
        "today": request.today,
        "waited": waited(row, request.today),
        "forms": {f"{key}_form": form for key, form in shown.items()},
        "draft_key": f"disclosure-{row.pk}-refusal",
        "draft_url": reverse("draft"),
        "refused": bound,
    }
    status = form_status(bound) if bound is not None else 200
    return render(request, "cases/disclosure/disclosure.html", context, status=status)


@login_required
@require_GET
def disclosure(request: StaffRequest, pk: int) -> HttpResponse:
    """What is in it, how far it has come, and the next thing to do."""
    row = _found(request, pk)
    trail.read("disclosure.read", [row], by=request.user, at=request.at)
    return _page(request, row)


def _refuse(pk: int, data: dict[str, Any], who: dict[str, Any]) -> Any:
    return services.write_refusal(pk, text=data["refusal_text"], version=data["version"], **who)


def _examine(pk: int, data: dict[str, Any], who: dict[str, Any]) -> Any:
    return services.examine_right(
        pk,
        ground=data["right_ground"],
        outcome=data["right_outcome"],
        reason=data["right_reason"],
        **who,
    )


Call = Callable[[int, dict[str, Any], dict[str, Any]], Any]
ACTS: dict[str, tuple[Any, Call, Any]] = {
    "right": (forms.RightForm, _examine, gettext_lazy("The right to the file is examined.")),
    "refusal": (forms.RefusalForm, _refuse, gettext_lazy("The decision is written.")),
    "submit": (
        None,
        lambda pk, data, who: services.submit(pk, **who),
        gettext_lazy("It is with the leader."),
    ),
    "return": (
        forms.CommentForm,
        lambda pk, data, who: services.give_back(pk, **data, **who),
        gettext_lazy("It is back with the one who prepared it."),
    ),
    "approve": (
        None,
        lambda pk, data, who: services.approve(pk, **who),
        gettext_lazy("Approved. The file is made and kept as it is."),
    ),
    "deliver": (
        forms.DeliverForm,
        lambda pk, data, who: services.deliver(pk, **data, **who),
        gettext_lazy("The handing over is recorded."),
    ),
    "withdraw": (
        forms.WithdrawForm,
        lambda pk, data, who: services.withdraw(pk, **data, **who),
        gettext_lazy("The request is withdrawn. What was prepared is kept."),
    ),
}
"""What is done on the page: its form if it has one, the service, and what is said afterwards."""


@login_required
@require_POST
def disclosure_act(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    """Send one form of the page: back to it when done, else the page with what was typed."""
    row = _found(request, pk)
    if name not in ACTS:
        raise Http404
    form_class, call, done = ACTS[name]
    who = {"by": request.user, "at": request.at}
    if form_class is None:
        call(pk, {}, who)
    else:
        form = form_class(request.POST)
        ok = form.is_valid() and attempt(form, lambda: call(pk, form.cleaned_data, who))
        if not ok:
            theirs = getattr(form, "conflict", None)
            if theirs is not None:
                form.data = form.data.copy()
                form.data["version"] = str(theirs.version)
            return _page(request, _found(request, row.pk), form, name)
        drafts.discard(key=f"disclosure-{pk}-{name}", by=request.user)
    messages.success(request, str(done))
    return redirect("disclosure", pk=pk)


@login_required
@require_GET
@rated(Rate.EXPORT)
def disclosure_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    """The file as it was approved."""
    made = services.take_out(pk, by=request.user, at=request.at)
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="partsinsyn-{pk}.pdf"'},
    )


@login_required
@require_GET
def disclosure_preview(request: StaffRequest, pk: int) -> HttpResponse:
    """What the party will see, before it is a file."""
    row = _found(request, pk)
    trail.read("disclosure.previewed", [row], by=request.user, at=request.at)
    pages, lines = disclosure_paper.pages(row)
    return render(
        request,
        "cases/disclosure/preview.html",
        {"disclosure": row, "pages": pages, "lines": lines, "today": request.today},
    )


# Text by text


def _place(request: StaffRequest, pk: int, position: int) -> tuple[Any, DisclosurePiece]:
    row = _found(request, pk)
    pieces = row.pieces.prefetch_related("redactions__made_by")
    return row, get_object_or_404(pieces, position=position)


def _text_page(
    request: StaffRequest, row: Any, piece: DisclosurePiece, form: Any, weigh: Any = None
) -> HttpResponse:
    masks = services.marks_of(piece)
    marks = redaction.merged(
        redaction.Mark(one.start, one.end, SecrecyGround(one.ground), str(one.pk)) for one in masks
    )
    count = row.pieces.count()
    prepares = services.may(request.access, Action.PREPARE_DISCLOSURE, row)
    return render(
        request,
        "cases/disclosure/text.html",
        {
            "disclosure": row,
            "piece": piece,
            "today": request.today,
            "count": count,
            "runs": redaction.segments(piece.text, marks, reveal=True),
            "masks": [
                {
                    "row": one,
                    "words": piece.text[one.start : one.end],
                    "found": FOUND_BY.get(one.found_by, ""),
                }
                for one in masks
            ],
            "form": form,
            "weigh_form": weigh or forms.WeighForm(initial={"weighed": piece.weighed}),
            "refused": weigh or form,
            "keep_form": forms.KeepBackForm(initial={"ground": piece.left_out_ground}),
            "may_redact": both(prepares, rules.may_redact(status=row.status)),
            "previous": piece.position - 1 if piece.position > 1 else None,
            "next": piece.position + 1 if piece.position < count else None,
        },
        status=form_status(weigh or form) if (weigh or form).is_bound else 200,
    )


def _mask_form(piece: DisclosurePiece, data: Any = None) -> forms.MaskForm:
    text = piece.text
    places = [(f"{start}-{end}", text[start:end]) for start, end in redaction.sentences(text)]
    return forms.MaskForm(data, places=places)


@login_required
@require_http_methods(["GET", "POST"])
def disclosure_text(request: StaffRequest, pk: int, position: int) -> HttpResponse:
    """One text: what is masked in it and why, and masking more."""
    row, piece = _place(request, pk, position)
    form = _mask_form(piece, request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = form.cleaned_data
        chosen = form.places()
        made = attempt(
            form,
            lambda: services.redact(
                pk,
                position,
                ground=data["ground"],
                reason=data["reason"],
                places=chosen,
                phrase="" if chosen and not data["everywhere"] else data["phrase"],
                everywhere=data["everywhere"],
                by=request.user,
                at=request.at,
            ),
        )
        if made is not None:
            done = ngettext("%(number)s place masked.", "%(number)s places masked.", made)
            messages.success(request, done % {"number": made})
            return redirect("disclosure_text", pk=pk, position=position)
    if not form.is_bound:
        trail.read("disclosure.text_read", [row], by=request.user, at=request.at)
    return _text_page(request, row, piece, form)


@login_required
@require_POST
def disclosure_unmask(request: StaffRequest, pk: int, position: int, mask: int) -> HttpResponse:
    """Take one mask away."""
    _place(request, pk, position)
    services.unredact(pk, position, redaction_id=mask, by=request.user, at=request.at)
    messages.success(request, _("The mask is taken away."))
    return redirect("disclosure_text", pk=pk, position=position)


@login_required
@require_POST
def disclosure_keep_back(request: StaffRequest, pk: int, position: int) -> HttpResponse:
    """Keep the whole text back, or let it go."""
    _place(request, pk, position)
    form = forms.KeepBackForm(request.POST)
    if form.is_valid():
        ground = form.cleaned_data["ground"]
        services.keep_back(pk, position, ground=ground, by=request.user, at=request.at)
        messages.success(request, _("Saved."))
    return redirect("disclosure_text", pk=pk, position=position)


@login_required
@require_POST
def disclosure_review(request: StaffRequest, pk: int, position: int) -> HttpResponse:
    """The text is looked through: on to the next that is not."""
    row, piece = _place(request, pk, position)
    weighed = ""
    if piece.flagged:
        form = forms.WeighForm(request.POST)
        if not form.is_valid():
            return _text_page(request, row, piece, _mask_form(piece), form)
        weighed = form.cleaned_data["weighed"]
    services.review(pk, position, weighed=weighed, by=request.user, at=request.at)
    if weighed:
        drafts.discard(key=f"disclosure-{pk}-weigh-{position}", by=request.user)
    left = row.pieces.filter(reviewed_at__isnull=True).order_by("position")
    following = left.filter(position__gt=position).first() or left.first()
    if following is None:
        messages.success(request, _("Every text is looked through."))
        return redirect("disclosure", pk=pk)
    return redirect("disclosure_text", pk=pk, position=following.position)
