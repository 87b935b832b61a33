"""What the list of reports is filtered by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.enums import ReporterCategory, ReportKind, ReportStatus
from core.widgets import DateInput
from organisation.models import OrgUnit


class ReportFilter(forms.Form):
    """What the list shows; nothing personal, as it stands in the address."""

    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    group = forms.ModelChoiceField(
        label=gettext_lazy("Group"),
        queryset=OrgUnit.objects.none(),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    category = forms.ChoiceField(label=gettext_lazy("Reporter"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    received_from = forms.DateField(
        label=gettext_lazy("Received from"), widget=DateInput, required=False
    )
    received_to = forms.DateField(
        label=pgettext_lazy("last day", "to"), widget=DateInput, required=False
    )
    overdue = forms.BooleanField(label=gettext_lazy("Overdue only"), required=False)

    def __init__(self, *args: Any, unit_ids: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("All"))]
        own = [
            ("undecided", _("Not decided")),
            ("to_assess", _("Waiting for your protection assessment")),
            ("to_propose", _("Waiting for your proposal")),
            ("to_decide", _("Waiting for your decision")),
            ("to_give", _("Without a worker")),
            ("recorded_late", _("Decision written down after the last day")),
        ]
        statuses = [*own, *ReportStatus.choices]
        self.fields["status"].choices = every + statuses  # type: ignore[attr-defined]
        self.fields["category"].choices = every + ReporterCategory.choices  # type: ignore[attr-defined]
        self.fields["kind"].choices = every + ReportKind.choices  # type: ignore[attr-defined]
        self.fields["group"].queryset = (  # type: ignore[attr-defined]
            OrgUnit.objects.groups().filter(parent_id__in=unit_ids).order_by("parent", "name")
        )

    def chosen(self) -> dict[str, Any]:
        """The filters that make sense; what does not is shown as an error and left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
