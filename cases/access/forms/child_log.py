"""The filter of a child's log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.calendar import day_start
from core.models import TrailKind
from core.widgets import DateInput
from organisation.models import User


class LogFilter(forms.Form):
    """Whose acts, of which kind, when. Ids, codes and days: it stands in the address."""

    person = forms.TypedChoiceField(
        label=gettext_lazy("Person"), required=False, coerce=int, empty_value=None
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("All")), *TrailKind.choices],
    )
    first = forms.DateField(
        label=pgettext_lazy("first day", "from"), widget=DateInput, required=False
    )
    last = forms.DateField(label=pgettext_lazy("last day", "to"), widget=DateInput, required=False)

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            ("", _("Everyone")),
            *((user.pk, str(user)) for user in people),
        ]

    def chosen(self) -> dict[str, Any]:
        """Arguments of `cases.access.child_log.chosen`; what does not make sense is left out."""
        self.is_valid()
        given = self.cleaned_data
        first, last = given.get("first"), given.get("last")
        return {
            "actor": given.get("person"),
            "kind": given.get("kind", ""),
            "from_at": day_start(first) if first else None,
            "until_at": day_start(last + timedelta(days=1)) if last else None,
        }
