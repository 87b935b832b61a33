"""Every component in every state on one page: what pages are built from, and what axe checks.

The examples are made up and stand still in time, so that two pictures of the page can be compared.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from core.charts import Series, bar_chart, line_chart, stacked_bar
from core.decisions import Allowed, Denied
from core.figures import Figure, Period, Section
from core.forms import MomentField
from core.widgets import DateInput, RadioCards

TODAY = date(2026, 3, 11)
LONG_WORD = "Specialistsjuksköterskeutbildningssamordnare"


@dataclass(frozen=True, slots=True)
class ExampleDeadline:
    """A deadline as the components see one."""

    kind_label: str
    due_on: date
    act_by: date
    status: str = "due"
    met_on: date | None = None


class ExampleForm(forms.Form):
    """One of each control."""

    name = forms.CharField(label=gettext_lazy("Name of the child"))
    reason = forms.ChoiceField(
        label=gettext_lazy("Who reports"),
        choices=[
            ("", "–"),
            ("school", gettext_lazy("School")),
            ("police", gettext_lazy("Police")),
        ],
        required=False,
        help_text=gettext_lazy("A private person may stay anonymous."),
    )
    received = MomentField(label=gettext_lazy("Received"))
    decided = forms.DateField(label=gettext_lazy("Decided on"), widget=DateInput, required=False)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            ("open", gettext_lazy("Open an investigation")),
            ("do_not_open", gettext_lazy("Do not open an investigation")),
            ("joins_open", gettext_lazy("Joins an open investigation")),
        ],
        widget=RadioCards(
            descriptions={
                "open": gettext_lazy("Four months start to run on the day of the decision."),
                "joins_open": gettext_lazy("An investigation about the child is already open."),
            }
        ),
        help_text=gettext_lazy("Nothing is chosen beforehand: the decision is yours."),
    )
    heard = forms.MultipleChoiceField(
        label=gettext_lazy("Heard"),
        choices=[("child", gettext_lazy("The child")), ("school", gettext_lazy("School"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    text = forms.CharField(
        label=gettext_lazy("Reasons"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=400,
        help_text=gettext_lazy("Write so that the family understands."),
    )
    attachment = forms.FileField(label=gettext_lazy("Attachment"), required=False)
    read = forms.BooleanField(label=gettext_lazy("I have read the earlier investigations"))


class SiblingForm(forms.Form):
    first_name = forms.CharField(label=gettext_lazy("First name"))
    birth_date = forms.DateField(
        label=gettext_lazy("Date of birth"), widget=DateInput, required=False
    )


SiblingFormSet = forms.formset_factory(SiblingForm, extra=1, can_delete=True)


@dataclass(slots=True)
class StyleGuideLine:
    number: str
    group: str
    worker: str
    deadline: ExampleDeadline
    load: int
    late: bool = field(default=False)


@login_required
@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    """The page at /styleguide/."""
    return render(request, "core/styleguide.html", _examples(request))


def _examples(request: HttpRequest) -> dict[str, Any]:
    opening, investigation = _("Opening decision"), _("Investigation")
    deadlines = [
        ExampleDeadline(opening, date(2026, 3, 25), date(2026, 3, 25)),
        ExampleDeadline(opening, date(2026, 3, 14), date(2026, 3, 13)),
        ExampleDeadline(opening, date(2026, 3, 12), date(2026, 3, 12)),
        ExampleDeadline(investigation, TODAY, TODAY),
        ExampleDeadline(investigation, date(2026, 3, 15), TODAY),
        ExampleDeadline(investigation, date(2026, 3, 3), date(2026, 3, 3), "overdue"),
        ExampleDeadline(investigation, date(2025, 11, 28), date(2025, 11, 28), "overdue"),
        ExampleDeadline(opening, date(2026, 3, 9), date(2026, 3, 9), "met", date(2026, 3, 6)),
        ExampleDeadline(opening, date(2026, 3, 2), date(2026, 3, 2), "met_late", date(2026, 3, 5)),
        ExampleDeadline(opening, date(2026, 3, 20), date(2026, 3, 20), "cancelled"),
    ]
    lines = [
        StyleGuideLine("U-2026-0112", "Barngrupp 1", "Åsa Öhrn", deadlines[5], 168, late=True),
        StyleGuideLine(
            "U-2026-0140", "Barngrupp 1", "Mikael Strömqvist-Hammarsköld", deadlines[3], 120
        ),
        StyleGuideLine("U-2026-0151", "Ungdomsgrupp 2", LONG_WORD, deadlines[1], 150),
        StyleGuideLine("U-2026-0163", "Barngrupp 2", "Leyla Demir", deadlines[0], 96),
    ]
    months = ["jan", "feb", "mar", "apr", "maj", "jun"]
    wrong = ExampleForm({"name": "", "received": "i går", "text": "x" * 20})
    wrong.is_valid()
    return {
        "today": TODAY,
        "deadlines": deadlines,
        "lines": lines,
        "long_word": LONG_WORD,
        "pages": Paginator(range(312), 25).get_page(request.GET.get("page", "6")),
        "form": ExampleForm(prefix="new"),
        "wrong_form": wrong,
        "formset": SiblingFormSet(prefix="siblings"),
        "allowed": Allowed(),
        "denied": Denied(_("Only the group leader who leads the case may end the investigation.")),
        "tones": ["neutral", "info", "ok", "soon", "late", "muted", "protected"],
        "tags": [
            {"label": _("violence described"), "tone": "late", "icon": "exclamation-triangle"},
            {"label": _("interpreter")},
            {"label": _("Consultant"), "tone": "info"},
        ],
        "steps": [
            {"label": _("Report"), "state": "done", "note": "ons 4 feb"},
            {"label": _("Protection assessment"), "state": "done", "note": "ons 4 feb"},
            {"label": _("Decision to open"), "state": "late", "note": "skulle varit ons 18 feb"},
            {"label": _("Investigation"), "state": "now", "note": "till 4 juni"},
            {"label": _("Intervention"), "state": "left"},
            {"label": _("Follow-up"), "state": "left"},
        ],
        "entries": [
            {
                "when": "ons 11 mars 13.05",
                "datetime": "2026-03-11T13:05",
                "title": _("Conversation with the child"),
                "by": "Åsa Öhrn",
                "text": _("Alone, at school. Three quarters of an hour."),
                "icon": "chat",
                "tone": "info",
            },
            {
                "when": "mån 9 mars",
                "datetime": "2026-03-09",
                "title": _("Investigation opened"),
                "by": "Leyla Demir",
                "icon": "folder2-open",
                "tone": "ok",
            },
            {
                "when": "tis 3 mars",
                "datetime": "2026-03-03",
                "title": _("The decision was late"),
                "icon": "exclamation-lg",
                "tone": "late",
            },
        ],
        "notices": [
            {
                "text": _("U-2026-0112 is overdue by 8 days"),
                "url": "#notices",
                "when": "i dag 08.00",
                "read": False,
                "icon": "exclamation-octagon-fill",
                "tone": "late",
            },
            {
                "text": _("You have been given U-2026-0163"),
                "url": "#notices",
                "when": "i går 14.20",
                "read": True,
                "icon": "person-plus",
            },
        ],
        "conflict": [
            {"label": _("Place"), "yours": "Skolan", "theirs": "Skolan"},
            {
                "label": _("Text"),
                "yours": "Barnet berättade om helgen.",
                "theirs": "Barnet berättade om helgen och om mormor.",
            },
        ],
        "tabs": [
            {"label": _("Overview"), "url": "#tabs", "active": True},
            {"label": _("Notes"), "url": "#tabs", "badge": 12},
            {"label": _("Documents"), "url": "#tabs"},
            {"label": _("Who has read"), "url": "#tabs"},
        ],
        "figure": Figure(
            period=Period.MONTH,
            section=Section(1, _("Reports")),
            code="reports.received",
            label=_("Reports by month"),
            definition=_("Reports and applications that came in."),
        ),
        "charts": [
            bar_chart(
                _("Reports by month"),
                months,
                [
                    Series("2025", [98, 104, 131, 118, 120, 96], tone="before"),
                    Series("2026", [112, 125, 149, 121, 133, 101]),
                ],
                unit=_("reports"),
            ),
            line_chart(
                _("Open investigations"),
                months,
                [
                    Series(_("Child group 1"), [61, 64, 66, None, 71, 68]),
                    Series(_("Child group 2"), [52, 55, 51, 49, 54, 57], tone="second"),
                ],
                unit=_("cases"),
            ),
            stacked_bar(
                _("Decisions within 14 days"),
                months,
                [
                    Series(_("in time"), [101, 110, 128, 109, 120, 96], tone="ok"),
                    Series(_("late"), [11, 15, 21, 12, 13, 5], tone="late"),
                ],
                unit=_("decisions"),
            ),
        ],
    }
