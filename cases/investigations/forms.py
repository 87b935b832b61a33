"""Forms of investigations: what is typed, not whether it may be. Services decide that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    InvestigationOutcome,
    InvestigationStatus,
    InvestigationType,
    PoliceReport,
    ProtectedIdentity,
    RiskLevel,
    SafetyRater,
    ViolenceMark,
)
from cases.investigations.loose_ends import Left
from cases.investigations.models import (
    DOCUMENT_PARTS,
    Communication,
    DecisionDocument,
    Investigation,
)
from cases.persons.models import Guardian, GuardianParticipation
from core.forms import CHOOSE, DayField, FreeText, Guarded, YesNoField
from core.limits import limit
from core.widgets import NameSelect, RadioCards
from organisation.models import OrgUnit, User


class PlanForm(Guarded):
    plan = FreeText(
        label=_("Investigation plan"),
        rows=14,
        help_text=_(
            "What is to be found out, from whom, when and by which of you. How the child is told"
            " and takes part."
        ),
    )


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
    has_custody = YesNoField(label=_("Has custody"))
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
    custody_from = DayField(label=_("Custody from"), required=False)
    protected_identity = forms.ChoiceField(
        label=_("Protected identity"),
        choices=ProtectedIdentity.choices,
        initial=ProtectedIdentity.NONE,
        required=False,
        help_text=_("The contact is then shown to those who work with the child only."),
    )

    def clean_protected_identity(self) -> str:
        return str(self.cleaned_data["protected_identity"] or ProtectedIdentity.NONE)


class ParticipationForm(forms.Form):
    guardian = forms.TypedChoiceField(label=_("Guardian"), coerce=int)
    took_part = YesNoField(label=_("Took part"), yes=_("Yes"), no=_("No, with the reason"))
    on = DayField(label=_("Day"))
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
    protection_needs = FreeText(
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
    violence_description = FreeText(
        label=_("The violence described"),
        required=False,
        help_text=_("Who, what, when, how often, how the child has reacted."),
    )
    police_report = forms.ChoiceField(
        label=_("Police report"),
        widget=forms.RadioSelect,
        choices=PoliceReport.choices,
    )
    police_reported_on = DayField(label=_("Reported to the police on"), required=False)
    police_report_reason = FreeText(
        label=_("Why no police report is made"),
        required=False,
        rows=3,
        max_length=limit(Investigation, "police_report_reason"),
    )


class RiskForm(forms.Form):
    assessed_on = DayField(label=_("Assessed on"))
    level = forms.ChoiceField(label=_("Risk"), widget=forms.RadioSelect, choices=RiskLevel.choices)
    risk_factors = FreeText(label=_("Risk factors"), required=False)
    protective_factors = FreeText(label=_("Protective factors"), required=False)


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
    used_on = DayField(label=_("Used on"))
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
    rated_on = DayField(label=_("Rated on"))


class ExtensionForm(forms.Form):
    until = DayField(label=_("New last day"))
    reason = FreeText(
        label=_("Special reasons"),
        help_text=_("What makes this investigation need more time than four months."),
    )
    decided_on = DayField(label=_("Decided on"))


class MoveForm(forms.Form):
    moved_on = DayField(label=_("Moved on"))
    moved_to = forms.CharField(
        label=_("Moved to (municipality)"), max_length=limit(Investigation, "child_moved_to")
    )


def _document_field(name: str, help_text: Any) -> FreeText:
    field: Any = DecisionDocument._meta.get_field(name)
    return FreeText(label=capfirst(field.verbose_name), required=False, rows=8, help_text=help_text)


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
    comment = FreeText(label=_("What has to be done"), rows=4)


class CommunicationForm(forms.Form):
    recipient = forms.ChoiceField(
        label=_("With whom"), widget=forms.RadioSelect, choices=CommunicationRecipient.choices
    )
    communicated_on = DayField(label=_("Day"))
    how = forms.CharField(
        label=_("How"),
        max_length=limit(Communication, "how"),
        help_text=_("At a meeting, by letter, with an interpreter."),
    )
    response = FreeText(label=_("Their view"), required=False, rows=4)


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
                InvestigationOutcome.CHILD_DIED: _("The death is registered on the child's page."),
                InvestigationOutcome.CHILD_MOVED_COMPLETED: _(
                    "The investigation is completed all the same. A move is no reason to stop."
                ),
            }
        ),
    )
    rationale = FreeText(label=_("Reasons for the decision"))
    concluded_on = DayField(label=_("Ended on"))
    read_by_leader = forms.BooleanField(
        label=_("I have read the decision document"), required=False
    )

    def __init__(self, *args: Any, left: Sequence[Left], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in left:
            self.fields[one.field] = FreeText(
                label=_("%(what)s: why they are left") % {"what": one.label},
                rows=2,
                required=False,
                help_text=_("%(what)s Settle it first, or write why it is left.")
                % {"what": one.words},
            )


class ReaderForm(forms.Form):
    reader = forms.ModelChoiceField(
        label=_("Who is to read"),
        queryset=User.objects.none(),
        empty_label=CHOOSE[1],
        widget=NameSelect,
    )
    purpose = forms.ChoiceField(label=_("What for"), choices=[CHOOSE, *GrantPurpose.choices])
    reason = FreeText(
        label=_("Why this person needs it"),
        rows=3,
        max_length=1000,
        help_text=_("Kept in the log together with the reading."),
    )
    from_on = DayField(label=_("From"))
    until_on = DayField(label=_("Up to and including"), help_text=_("The right ends by itself."))
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


class _Why(forms.Form):
    """Why an entry is put right; before the record is signed it may be left empty."""

    reason = FreeText(
        label=_("Why it is corrected"),
        rows=2,
        required=False,
        help_text=_("Has to be said once the decision document is signed."),
    )


class ParticipationCorrection(ParticipationForm, _Why):
    field_order = ("guardian", "took_part", "on", "how", "reason")


class RiskCorrection(RiskForm, _Why):
    field_order = ("assessed_on", "level", "risk_factors", "protective_factors", "reason")


class InstrumentCorrection(InstrumentForm, _Why):
    field_order = ("instrument", "used_on", "level", "reason")


class SafetyCorrection(SafetyForm, _Why):
    field_order = ("rater", "value", "rated_on", "reason")


class CommunicationCorrection(CommunicationForm, _Why):
    field_order = ("recipient", "communicated_on", "how", "response", "reason")


class PlanCorrection(PlanForm, _Why):
    field_order = ("plan", "reason")


class ProtectionCorrection(ProtectionForm, _Why):
    pass


class ExtensionCorrection(ExtensionForm):
    why = FreeText(
        label=_("Why it is corrected"),
        rows=2,
        required=False,
        help_text=_("Has to be said once the decision document is signed."),
    )
    field_order = ("until", "reason", "decided_on", "why")
