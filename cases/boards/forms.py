"""Forms of the boards: filters of the deadline list, and giving an investigation to a pair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.enums import DeadlineStatus
from cases.law import time_limits
from cases.matters.models import MatterWorker
from cases.statistics import OpenInvestigations
from core import wording
from core.fields import TEXT_LIMIT
from core.limits import limit
from core.widgets import DateInput, NameSelect
from organisation.models import OrgUnit, User

OPEN = "open"
RECORDED_LATE = "recorded_late"
"""Beside the statuses of the law: met in time, and written down after the last day."""


class DeadlineFilter(forms.Form):
    """What the deadline list shows. Codes and ids only: it all stands in the address."""

    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[
            ("", gettext_lazy("Open (due or overdue)")),
            (DeadlineStatus.OVERDUE.value, DeadlineStatus.OVERDUE.label),
            (DeadlineStatus.DUE.value, gettext_lazy("Due, not overdue")),
            (DeadlineStatus.MET.value, DeadlineStatus.MET.label),
            (DeadlineStatus.MET_LATE.value, DeadlineStatus.MET_LATE.label),
            (DeadlineStatus.MISSED.value, DeadlineStatus.MISSED.label),
            (DeadlineStatus.CANCELLED.value, DeadlineStatus.CANCELLED.label),
            (RECORDED_LATE, gettext_lazy("Done in time, written down late")),
        ],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=lambda: [("", gettext_lazy("All")), *time_limits.choices()],
    )
    group = forms.TypedChoiceField(
        label=gettext_lazy("Group"), required=False, coerce=int, empty_value=None
    )
    handler = forms.ChoiceField(
        label=gettext_lazy("Handler"),
        required=False,
        choices=[("", gettext_lazy("Everyone")), ("me", gettext_lazy("Me"))],
    )
    due_from = forms.DateField(label=gettext_lazy("Due from"), required=False, widget=DateInput)
    due_to = forms.DateField(label=gettext_lazy("Due to"), required=False, widget=DateInput)
    met_from = forms.DateField(label=gettext_lazy("Done from"), required=False, widget=DateInput)
    met_to = forms.DateField(label=gettext_lazy("Done to"), required=False, widget=DateInput)

    def __init__(self, data: Any, *, groups: Sequence[OrgUnit]) -> None:
        super().__init__(data)
        several = len({group.parent_id for group in groups}) > 1
        self.fields["group"].choices = [  # type: ignore[attr-defined]
            ("", _("All")),
            *(
                (group.pk, f"{group.name}, {group.parent}" if several else group.name)
                for group in groups
            ),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for what in ("due", "met"):
            first, last = cleaned.get(f"{what}_from"), cleaned.get(f"{what}_to")
            if first and last and last < first:
                self.add_error(f"{what}_to", _("The last day cannot be before the first."))
        return cleaned


class HandlerSelect(NameSelect):
    """Workers with their open investigations; those away stand there too, with the reason."""

    away: dict[str, str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.away = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.away:
            option["attrs"]["disabled"] = True
            option["label"] = self.away[str(value)]
        return option


class HandlersForm(forms.Form):
    """Main handler, co-worker and from when; a change of somebody also says why."""

    main = forms.TypedChoiceField(
        label=gettext_lazy("Main handler"), coerce=int, widget=HandlerSelect
    )
    co = forms.TypedChoiceField(label=gettext_lazy("Co-worker"), coerce=int, widget=HandlerSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason for the change"),
        required=False,
        max_length=limit(MatterWorker, "end_reason"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    handover_note = forms.CharField(
        label=gettext_lazy("Hand-over note"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What the new worker needs to know."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        people: Iterable[User],
        loads: dict[int, OpenInvestigations],
        staying: dict[str, int],
        today: date,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.people = {user.pk: user for user in people}
        self.change = bool(staying)
        self.fields["from"] = forms.DateField(label=_("From"), widget=DateInput)
        self.order_fields(["main", "co", "from", "reason", "handover_note", "version"])
        if not self.change:
            del self.fields["reason"]
            del self.fields["handover_note"]
        keeps = set(staying.values())
        for part in ("main", "co"):
            field: Any = self.fields[part]
            field.choices = [("", _("Choose"))]
            field.widget.names = {str(pk): str(user) for pk, user in self.people.items()}
            for pk, user in self.people.items():
                load = loads[pk]
                field.choices = [*field.choices, (pk, _choice(user, load, given=pk not in keeps))]
                if load.away_until and pk not in keeps:
                    field.widget.away[str(pk)] = f"{user}: {wording.away(load.away_until, today)}"
            field.error_messages["invalid_choice"] = _("Choose one of the group's workers.")


def _choice(user: User, load: OpenInvestigations, *, given: bool) -> str:
    words = {"name": user, "now": load.total, "after": load.total + 1}
    mark = " (" + _("Consultant").lower() + ")" if load.consultant else ""
    if given:
        return _("%(name)s: %(now)d open, %(after)d after") % words + mark
    return _("%(name)s: %(now)d open, this one included") % words + mark
