"""Forms of allocation weeks: a pair for a case, wishes, the week, standing pairs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core import wording
from core.limits import limit
from core.widgets import NameSelect
from organisation.models import User
from workload.allocation import WishKind
from workload.board import Board, BoardWorker, WaitingCase
from workload.enums import CompetenceKind
from workload.models import AllocationRound, AllocationWish
from workload.models.allocation import NOTED_KINDS


class CandidateSelect(NameSelect):
    """Workers with what they have; those who cannot be chosen stand there too, disabled."""

    closed: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.closed:
            option["attrs"]["disabled"] = True
        return option


def worker_label(worker: BoardWorker, board: Board, case: WaitingCase) -> str:
    """The worker in a list to choose from, with the load or why it cannot be chosen.

    Says of a conflict of interest only that the person cannot be given this case.
    """
    if worker.load.away_until is not None:
        return f"{worker.name}: {wording.away(worker.load.away_until, board.on)}"
    if worker.id in case.blocked:
        return _("%(name)s: cannot be given this case") % {"name": worker.name}
    now, after = worker.now_text, worker.after_text
    text = (
        _("%(name)s: %(now)s") % {"name": worker.name, "now": now}
        if now == after
        else _("%(name)s: %(now)s, %(after)s with the plan")
        % {"name": worker.name, "now": now, "after": after}
    )
    if worker.is_new:
        text += " (" + pgettext("worker", "new") + ")"
    return text


class AllocationPlanForm(forms.Form):
    """Main handler, co-worker, and whether it is settled."""

    main = forms.TypedChoiceField(
        label=gettext_lazy("Main handler"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=CandidateSelect,
    )
    co = forms.TypedChoiceField(
        label=gettext_lazy("Co-worker"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=CandidateSelect,
    )
    pinned = forms.BooleanField(label=gettext_lazy("Pin: a proposal keeps this"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, board: Board, case: WaitingCase, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"id_{case.investigation.pk}_%s", **kwargs)
        workers = sorted(
            board.workers,
            key=lambda one: (
                not one.can_be_chosen or one.id in case.blocked,
                one.after_percent is None,
                one.after_percent or 0,
                one.name,
            ),
        )
        choices = [("", _("Choose")), *((w.id, worker_label(w, board, case)) for w in workers)]
        closed = frozenset(
            str(one.id) for one in workers if not one.can_be_chosen or one.id in case.blocked
        )
        for name in ("main", "co"):
            field: Any = self.fields[name]
            field.choices = choices
            field.widget.closed = closed
            field.widget.names = {str(one.id): one.name for one in workers}
            field.error_messages["invalid_choice"] = _("Choose one of the group's workers.")


class WishForm(forms.Form):
    """What the case asks of its pair. The three lists are joined into `kind` and `detail`."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Wish"),
        choices=[("", gettext_lazy("Choose")), *((k.value, k.label) for k in NOTED_KINDS)],
    )
    competence = forms.ChoiceField(
        label=gettext_lazy("Which competence"),
        required=False,
        choices=[
            ("", pgettext_lazy("competence", "None")),
            *(
                (kind.value, kind.label)
                for kind in CompetenceKind
                if kind
                in {CompetenceKind.SAVRY, CompetenceKind.EARL, CompetenceKind.CHILD_INTERVIEWS}
            ),
        ],
    )
    detail = forms.CharField(
        label=gettext_lazy("Which language or area"),
        required=False,
        max_length=limit(AllocationWish, "detail"),
    )
    required = forms.BooleanField(
        label=gettext_lazy("Required: nobody without it can be proposed"), required=False
    )

    def chosen(self) -> dict[str, Any]:
        """As the service wants it."""
        data = self.cleaned_data
        competence = data["kind"] == WishKind.COMPETENCE
        return {
            "kind": data["kind"],
            "detail": data["competence"] if competence else data["detail"],
            "required": data["required"],
        }


class WeekForm(forms.Form):
    """Who of the reception is there, and notes of the week."""

    reception_worker = forms.TypedChoiceField(
        label=gettext_lazy("From the reception"), coerce=int, empty_value=None, required=False
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes of the week"),
        required=False,
        max_length=limit(AllocationRound, "notes"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("About the allocation, never about a child."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, reception: dict[int, User], **kwargs: Any) -> None:
        super().__init__(data, prefix="week", **kwargs)
        self.fields["reception_worker"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody")),
            *((pk, str(user)) for pk, user in reception.items()),
        ]


class StandingPairForm(forms.Form):
    one = forms.TypedChoiceField(label=gettext_lazy("One of the two"), coerce=int)
    other = forms.TypedChoiceField(label=gettext_lazy("The other"), coerce=int)

    def __init__(self, data: Any, *, people: list[User]) -> None:
        super().__init__(data)
        choices = [("", _("Choose")), *((user.pk, str(user)) for user in people)]
        for field in self.fields.values():
            field.choices = choices  # type: ignore[attr-defined]
