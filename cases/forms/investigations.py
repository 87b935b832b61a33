"""Forms of the investigation and its interventions: what is typed, not whether it may be.

No statutory answer is chosen beforehand. Services say no to what the law or the state forbids;
these forms only say no to what cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from cases.enums import (
    INSTRUMENT_AGES,
    CommunicationRecipient,
    GrantPurpose,
    GuardianRelation,
    Instrument,
    InterventionKind,
    InvestigationOutcome,
    InvestigationStatus,
    InvestigationType,
    NoteKind,
    PoliceReport,
    RiskLevel,
    SafetyRater,
    ViolenceMark,
)
from cases.models import (
    Communication,
    DecisionDocument,
    Guardian,
    GuardianParticipation,
    Intervention,
    Investigation,
    Note,
)
from cases.models.fields import TEXT_LIMIT
from cases.models.investigations import DOCUMENT_PARTS
from core.calendar import in_stockholm
from core.limits import limit
from core.widgets import DateInput, DateTimeInput, RadioCards
from organisation.models import OrgUnit, User

CHOOSE = ("", _("Choose"))
YES, NO = _("Yes"), _("No")


class Text(forms.CharField):
    """Free text with the one kind of line break that is stored."""

    def __init__(self, *, rows: int = 5, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", TEXT_LIMIT)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


class Day(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DateInput())
        super().__init__(**kwargs)


class YesNo(forms.TypedChoiceField):
    """A question with two answers and neither chosen beforehand."""

    def __init__(self, *, yes: Any = YES, no: Any = NO, **kwargs: Any) -> None:
        super().__init__(
            choices=[("yes", yes), ("no", no)],
            coerce=lambda value: value == "yes",
            widget=forms.RadioSelect,
            **kwargs,
        )


def choices_of(enum: Any, *, without: Iterable[str] = ()) -> list[tuple[str, Any]]:
    return [(value, label) for value, label in enum.choices if value not in set(without)]


class Guarded(forms.Form):
    """A form that changes what others may change meanwhile: `seen` marks what its writer read."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class PlanForm(Guarded):
    plan = Text(
        label=_("Investigation plan"),
        rows=14,
        help_text=_(
            "What is to be found out, from whom, when and by which of you. How the child is told"
            " and takes part."
        ),
    )


class NoteForm(forms.Form):
    """A journal note. One question says both whether the child was spoken with and if alone."""

    ALONE, WITH_OTHERS, NOT = "alone", "with_others", "not"

    kind = forms.ChoiceField(label=_("Kind"), choices=[CHOOSE, *NoteKind.choices])
    happened_at = forms.DateTimeField(label=_("When"), widget=DateTimeInput())
    present = forms.CharField(
        label=_("Who was present"),
        max_length=limit(Note, "present"),
        required=False,
        help_text=_("Beside the child."),
    )
    child = forms.ChoiceField(
        label=_("Was the child spoken with?"),
        widget=forms.RadioSelect,
        choices=[
            (ALONE, _("Yes, alone")),
            (WITH_OTHERS, _("Yes, with others present")),
            (NOT, _("No")),
        ],
    )
    text = Text(label=_("Note"), rows=9)
    sign_now = forms.BooleanField(
        label=_("Sign at once"),
        required=False,
        help_text=_("The text is locked; what is wrong is corrected in an addition."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == NoteKind.CHILD_CONVERSATION and data.get("child") == self.NOT:
            self.add_error(
                "child", _("A conversation with the child means the child was spoken with.")
            )
        return data

    @classmethod
    def said(cls, *, spoken_with: bool, alone: bool | None) -> str:
        if not spoken_with:
            return cls.NOT
        return cls.ALONE if alone else cls.WITH_OTHERS

    @classmethod
    def values_of(cls, data: dict[str, Any]) -> dict[str, Any]:
        """The answers as the service wants them."""
        spoken_with = data["child"] != cls.NOT
        return {
            "kind": data["kind"],
            "happened_at": data["happened_at"],
            "present": data["present"],
            "text": data["text"],
            "sign_now": data["sign_now"],
            "child_spoken_with": spoken_with,
            "child_alone": data["child"] == cls.ALONE if spoken_with else None,
        }


class NoteChangeForm(NoteForm):
    reason = forms.CharField(
        label=_("Why it is changed"), max_length=limit(Note, "change_reason"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class GuardianForm(forms.Form):
    relation = forms.ChoiceField(
        label=_("Relation to the child"), widget=forms.RadioSelect, choices=GuardianRelation.choices
    )
    first_name = forms.CharField(
        label=_("First name"), max_length=limit(Guardian, "first_name"), required=False
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=limit(Guardian, "last_name"), required=False
    )
    has_custody = YesNo(label=_("Has custody"))
    contact = forms.CharField(
        label=_("Contact"),
        max_length=limit(Guardian, "contact"),
        required=False,
        help_text=_("Phone, for instance."),
    )
    interpreter_language = forms.CharField(
        label=_("Needs an interpreter for"),
        max_length=limit(Guardian, "interpreter_language"),
        required=False,
    )


class ParticipationForm(forms.Form):
    guardian = forms.TypedChoiceField(label=_("Guardian"), coerce=int)
    took_part = YesNo(label=_("Took part"), yes=_("Yes"), no=_("No, with the reason"))
    on = Day(label=_("Day"))
    how = forms.CharField(
        label=_("How, or why not"),
        max_length=limit(GuardianParticipation, "how"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, guardians: Iterable[Guardian], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["guardian"]
        field.choices = [
            CHOOSE,
            *((g.pk, f"{g}, {str(g.get_relation_display()).lower()}") for g in guardians),
        ]


class ProtectionForm(Guarded):
    protection_needs = Text(
        label=_("The child's need of protection and support"), required=False, rows=6
    )
    violence = forms.ChoiceField(
        label=_("Violence"),
        widget=RadioCards(
            descriptions={
                ViolenceMark.NOT_ASKED: _("The question is still to be put, to the child too."),
                ViolenceMark.NO: _("Asked about, and nothing has come forward."),
                ViolenceMark.YES: _("Against the child, or that the child has witnessed."),
            }
        ),
        choices=ViolenceMark.choices,
    )
    violence_description = Text(
        label=_("The violence described"),
        required=False,
        help_text=_("Who, what, when, how often, how the child has reacted."),
    )
    police_report = forms.ChoiceField(
        label=_("Police report"),
        widget=forms.RadioSelect,
        choices=PoliceReport.choices,
    )
    police_reported_on = Day(label=_("Reported to the police on"), required=False)
    police_report_reason = Text(
        label=_("Why no police report is made"),
        required=False,
        rows=3,
        max_length=limit(Investigation, "police_report_reason"),
    )


class RiskForm(forms.Form):
    assessed_on = Day(label=_("Assessed on"))
    level = forms.ChoiceField(label=_("Risk"), widget=forms.RadioSelect, choices=RiskLevel.choices)
    risk_factors = Text(label=_("Risk factors"), required=False)
    protective_factors = Text(label=_("Protective factors"), required=False)


class InstrumentForm(forms.Form):
    """Name, day and level only: an instrument's answers are never stored."""

    instrument = forms.ChoiceField(
        label=_("Instrument"),
        widget=RadioCards(
            descriptions={
                instrument: format_lazy(_("{first} to {last} years"), first=first, last=last)
                for instrument, (first, last) in INSTRUMENT_AGES.items()
            }
        ),
        choices=Instrument.choices,
    )
    used_on = Day(label=_("Used on"))
    level = forms.ChoiceField(label=_("Level"), widget=forms.RadioSelect, choices=RiskLevel.choices)


class SafetyForm(forms.Form):
    rater = forms.ChoiceField(
        label=_("Rated by"), widget=forms.RadioSelect, choices=SafetyRater.choices
    )
    value = forms.TypedChoiceField(
        label=_("How safe is it for the child?"),
        coerce=int,
        widget=forms.RadioSelect,
        choices=[(number, str(number)) for number in range(11)],
        help_text=_("0: the child is certain to be harmed. 10: safe enough to close the case."),
    )
    rated_on = Day(label=_("Rated on"))


class ExtensionForm(forms.Form):
    until = Day(label=_("New last day"))
    reason = Text(
        label=_("Special reasons"),
        help_text=_("What makes this investigation need more time than four months."),
    )
    decided_on = Day(label=_("Decided on"))


class MoveForm(forms.Form):
    moved_on = Day(label=_("Moved on"))
    moved_to = forms.CharField(
        label=_("Moved to (municipality)"), max_length=limit(Investigation, "child_moved_to")
    )


def _document_field(name: str, help_text: Any) -> Text:
    field: Any = DecisionDocument._meta.get_field(name)
    return Text(label=capfirst(field.verbose_name), required=False, rows=8, help_text=help_text)


class DocumentForm(forms.Form):
    """The seven parts. All may be saved empty; the leader gets it when none is.

    `version` is the document's when it was read, `seen` a mark of each part as it then was.
    """

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    background = _document_field(
        "background", _("What was reported, by whom, and what is known from before.")
    )
    child_view = _document_field(
        "child_view", _("In the child's own words, and how the child has taken part.")
    )
    guardians_view = _document_field("guardians_view", _("Each guardian's own view."))
    others_view = _document_field("others_view", "")
    assessment = _document_field(
        "assessment", _("What the account means for the child: needs, risk, protection.")
    )
    best_interests = _document_field(
        "best_interests", _("How the best interests were found, and weighed.")
    )
    proposal = _document_field("proposal", _("With or without intervention, and which."))

    def parts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in DOCUMENT_PARTS}


class ReturnForm(forms.Form):
    comment = Text(label=_("What has to be done"), rows=4)


class CommunicationForm(forms.Form):
    recipient = forms.ChoiceField(
        label=_("With whom"), widget=forms.RadioSelect, choices=CommunicationRecipient.choices
    )
    communicated_on = Day(label=_("Day"))
    how = forms.CharField(
        label=_("How"),
        max_length=limit(Communication, "how"),
        help_text=_("At a meeting, by letter, with an interpreter."),
    )
    response = Text(label=_("Their view"), required=False, rows=4)


class ConclusionForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("The investigation ends"),
        choices=InvestigationOutcome.choices,
        widget=RadioCards(
            descriptions={
                InvestigationOutcome.NO_INTERVENTION: _("No support is granted."),
                InvestigationOutcome.INTERVENTION: _(
                    "Support is granted; you record it when the investigation has ended."
                ),
                InvestigationOutcome.CHILD_MOVED_COMPLETED: _(
                    "The investigation is completed all the same. A move is no reason to stop."
                ),
            }
        ),
    )
    rationale = Text(label=_("Reasons for the decision"))
    concluded_on = Day(label=_("Ended on"))
    read_by_leader = forms.BooleanField(
        label=_("I have read the decision document"), required=False
    )


class ReaderForm(forms.Form):
    reader = forms.ModelChoiceField(
        label=_("Who is to read"), queryset=User.objects.none(), empty_label=CHOOSE[1]
    )
    purpose = forms.ChoiceField(label=_("What for"), choices=[CHOOSE, *GrantPurpose.choices])
    reason = Text(
        label=_("Why this person needs it"),
        rows=3,
        max_length=1000,
        help_text=_("Kept in the log together with the reading."),
    )
    from_on = Day(label=_("From"))
    until_on = Day(label=_("Up to and including"), help_text=_("The right ends by itself."))
    with_whereabouts = forms.BooleanField(
        label=_("Also the address and whereabouts of the child, whose identity is protected"),
        required=False,
    )

    def __init__(self, *args: Any, staff: Any, protected: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reader"]
        field.queryset = staff
        if not protected:
            del self.fields["with_whereabouts"]


class InterventionForm(forms.Form):
    kind = forms.ChoiceField(label=_("Intervention"), choices=[CHOOSE, *InterventionKind.choices])
    goal = Text(label=_("Goal"), rows=4, help_text=_("What is to be different for the child."))
    decided_on = Day(label=_("Decided on"))
    started_on = Day(
        label=_("Starts"), help_text=_("The follow-ups are counted from this day."), required=False
    )
    responsible = forms.ModelChoiceField(
        label=_("Responsible worker"), queryset=User.objects.none(), empty_label=CHOOSE[1]
    )

    def __init__(self, *args: Any, workers: Any, concluded: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        responsible: Any = self.fields["responsible"]
        responsible.queryset = workers
        kind: Any = self.fields["kind"]
        if not concluded:
            # Decided when the investigation has ended (SoL 2025:400 23:1-5).
            kind.choices = [
                CHOOSE,
                *choices_of(InterventionKind, without=[InterventionKind.FOLLOW_UP]),
            ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        counts_from_the_end = data.get("kind") == InterventionKind.FOLLOW_UP
        given = "started_on" in self.errors or data.get("started_on") is not None
        if not counts_from_the_end and not given:
            self.add_error("started_on", _("Say which day it starts."))
        return data


class FollowUpForm(forms.Form):
    followed_up_on = Day(label=_("Followed up on"))
    child_took_part = YesNo(label=_("The child took part"))
    note = Text(label=_("Result"), help_text=_("Measured against the goal."))


class InterventionEndForm(forms.Form):
    ended_on = Day(label=_("Ended on"))
    reason = Text(label=_("Why it ends"), rows=3, max_length=limit(Intervention, "end_reason"))


class InvestigationFilter(forms.Form):
    """Which investigations to list. Nothing here names a child, so it may stand in an address."""

    OPEN, ALL, RETURNED = "open", "all", "returned"

    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            (OPEN, _("All open")),
            (RETURNED, _("Sent back to me by the leader")),
            *InvestigationStatus.choices,
            (ALL, _("All, also concluded")),
        ],
    )
    due = forms.ChoiceField(
        label=_("Last day"),
        required=False,
        choices=[
            ("", _("Any")),
            ("overdue", _("Overdue")),
            ("7", _("Within a week")),
            ("14", _("Within two weeks")),
            ("30", _("Within thirty days")),
        ],
    )
    group = forms.ModelChoiceField(
        label=_("Group"), required=False, queryset=OrgUnit.objects.none(), empty_label=_("All")
    )
    handler = forms.ModelChoiceField(
        label=_("Handler"), required=False, queryset=User.objects.none(), empty_label=_("All")
    )
    type = forms.ChoiceField(
        label=_("Type"), required=False, choices=[("", _("All")), *InvestigationType.choices]
    )

    def __init__(self, data: Any, *, groups: Any, handlers: Any) -> None:
        super().__init__(data)
        group: Any = self.fields["group"]
        handler: Any = self.fields["handler"]
        group.queryset, handler.queryset = groups, handlers


class InterventionFilter(forms.Form):
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Ongoing")), ("ended", _("Ended")), ("all", _("All"))],
    )
    due = forms.ChoiceField(
        label=_("Next follow-up"),
        required=False,
        choices=[
            ("", _("Any")),
            ("overdue", _("Overdue")),
            ("open", _("The time to do it has come")),
            ("30", _("Within thirty days")),
        ],
    )
    kind = forms.ChoiceField(
        label=_("Intervention"),
        required=False,
        choices=[("", _("All")), *InterventionKind.choices],
    )
    group = forms.ModelChoiceField(
        label=_("Group"), required=False, queryset=OrgUnit.objects.none(), empty_label=_("All")
    )

    def __init__(self, data: Any, *, groups: Any) -> None:
        super().__init__(data)
        group: Any = self.fields["group"]
        group.queryset = groups


def local_minute(at: datetime) -> datetime:
    """The moment as a form shows it, to the minute."""
    return in_stockholm(at).replace(second=0, microsecond=0)
