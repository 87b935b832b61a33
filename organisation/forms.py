"""Forms of the organisation pages. What is right and wrong is said by `organisation.services`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.limits import limit
from core.widgets import DateInput, NameSelect
from organisation.enums import (
    PARENT_LEVEL,
    AbsenceReason,
    DelegatedDecision,
    EmploymentForm,
    EndReason,
    Experience,
    GroupFunction,
    Level,
    Role,
    TokenScope,
)
from organisation.models import ApiToken, Employment, OrgUnit, User
from organisation.roles import ROLES
from organisation.tokens import DEFAULT_DAYS, MOST_DAYS

CHOOSE = ("", _("Choose …"))


class NodeField(forms.ModelChoiceField):
    """A part of the organisation, named with its level and what it belongs to."""

    def label_from_instance(self, node: OrgUnit) -> str:  # type: ignore[override]
        above = f", {node.parent.name}" if node.parent else ""
        return f"{node.name}{above} ({node.get_level_display()})"


class NodeForm(forms.Form):
    """A new part of the organisation."""

    level = forms.ChoiceField(label=_("Level"), choices=[CHOOSE, *Level.choices])
    parent = NodeField(
        label=_("Belongs to"),
        queryset=OrgUnit.objects.none(),
        required=False,
        empty_label=_("Nothing (a municipality)"),
    )
    name = forms.CharField(label=_("Name"), max_length=limit(OrgUnit, "name"))
    code = forms.SlugField(
        label=_("Code"),
        max_length=limit(OrgUnit, "code"),
        allow_unicode=True,
        help_text=_(
            "Letters, digits and hyphens. It stands in case numbers and cannot be changed."
        ),
    )
    function = forms.ChoiceField(
        label=_("What the group does"),
        required=False,
        choices=[("", _("Not a group")), *GroupFunction.choices],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parents = {level for level in PARENT_LEVEL.values() if level}
        self.fields["parent"].queryset = (  # type: ignore[attr-defined]
            OrgUnit.objects.filter(active=True, level__in=parents)
            .select_related("parent")
            .order_by("path")
        )


class NodeChangeForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=limit(OrgUnit, "name"))
    function = forms.ChoiceField(
        label=_("What the group does"), required=False, choices=GroupFunction.choices
    )
    active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, *args: Any, node: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if node.level != Level.GROUP:
            del self.fields["function"]


class GroupCloseForm(forms.Form):
    """Where what a group has, and who is in it, goes when it is taken out of use."""

    to = forms.ModelChoiceField(
        label=_("Takes over what the group has"),
        queryset=OrgUnit.objects.none(),
        required=False,
        empty_label=_("Choose …"),
        help_text=_("Its leader answers for the matters and their deadlines from today."),
    )
    people_to = forms.ModelChoiceField(
        label=_("Its people go to"),
        queryset=OrgUnit.objects.none(),
        required=False,
        empty_label=_("The same group"),
        help_text=_("With the same role and the same last day. Who handles what stays."),
    )
    leaders_follow = forms.BooleanField(
        label=_("Its leader leads the group its people go to"),
        required=False,
        help_text=_("Otherwise the role as leader ended yesterday."),
    )

    def __init__(self, *args: Any, groups: QuerySet[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("to", "people_to"):
            self.fields[name].queryset = groups  # type: ignore[attr-defined]


class FilterChoice(forms.Select):
    """A list to choose from in a filter bar, which lays out its fields itself."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"class": "form-select", **(attrs or {})}, choices)


class StaffFilter(forms.Form):
    """Codes and ids only: it stands in the address."""

    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=[("", _("All")), *Role.choices],
        widget=FilterChoice,
    )
    node = NodeField(
        label=_("Where"),
        queryset=OrgUnit.objects.none(),
        required=False,
        empty_label=_("Everywhere"),
        widget=FilterChoice,
    )
    state = forms.ChoiceField(
        label=_("Account"),
        required=False,
        choices=[
            ("", pgettext_lazy("account", "Open")),
            ("no_role", _("Open, without a role")),
            ("closed", pgettext_lazy("account", "Closed")),
            ("all", _("All")),
        ],
        widget=FilterChoice,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = OrgUnit.objects.select_related("parent").order_by(  # type: ignore[attr-defined]
            "path"
        )


class UserForm(forms.Form):
    """A member of staff's particulars."""

    first_name = forms.CharField(label=_("First name"), max_length=limit(User, "first_name"))
    last_name = forms.CharField(label=_("Last name"), max_length=limit(User, "last_name"))
    email = forms.EmailField(
        max_length=limit(User, "email"),
        label=_("E-mail"),
        required=False,
        help_text=_("For the morning mail; no case is named in it."),
    )
    phone = forms.CharField(label=_("Phone"), max_length=limit(User, "phone"), required=False)


class UserChangeForm(UserForm):
    is_active = forms.BooleanField(
        label=_("The account is open"),
        required=False,
        help_text=_("A closed account can do nothing; what the person has written stays."),
    )


class UserAddForm(UserForm):
    username = forms.CharField(label=_("User name"), max_length=limit(User, "username"))
    employee_number = forms.CharField(
        label=_("Employee number"), max_length=limit(User, "employee_number"), required=False
    )
    password = forms.CharField(
        label=_("First password"),
        required=False,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Leave empty for a person without a login."),
    )

    field_order = ("username", "first_name", "last_name", "email", "phone", "employee_number")


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("New password"),
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters."),
    )


class ReasonForm(forms.Form):
    """Why the system administrator takes away somebody's second factor."""

    reason = forms.CharField(
        label=_("Why, and how you know that it is the person"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        help_text=_("For example: lost phone, met in person and showed identity card."),
    )


class RoleForm(forms.Form):
    """A role at a place from a day, perhaps to a day."""

    role = forms.ChoiceField(label=_("Role"), choices=[CHOOSE, *Role.choices])
    node = NodeField(label=_("Where"), queryset=OrgUnit.objects.none(), empty_label=_("Choose …"))
    from_on = forms.DateField(label=_("From"), widget=DateInput)
    until_on = forms.DateField(
        label=_("To"), widget=DateInput, required=False, help_text=_("Empty: until further notice.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = (  # type: ignore[attr-defined]
            OrgUnit.objects.filter(active=True).select_related("parent").order_by("path")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        role, node = cleaned.get("role"), cleaned.get("node")
        if role and node and node.level not in ROLES[role].levels:
            levels = ", ".join(
                str(level.label) for level in Level if level in ROLES[role].levels
            ).lower()
            self.add_error("node", _("The role is held at: %(levels)s.") % {"levels": levels})
        return cleaned


class LastDayForm(forms.Form):
    """The last day of something that goes on; `may_be_unknown`: empty is until further notice."""

    until_on = forms.DateField(label=_("Last day"), widget=DateInput)

    def __init__(self, *args: Any, may_be_unknown: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_be_unknown:
            field = self.fields["until_on"]
            field.required = False
            field.help_text = _(
                "Empty when the end of an illness is not known: until further notice."
            )


class EmployForm(forms.Form):
    """An employment or a consultant's hire."""

    administration = NodeField(
        label=_("District administration"),
        queryset=OrgUnit.objects.none(),
        empty_label=_("Choose …"),
    )
    profession = forms.CharField(label=_("Profession"), max_length=limit(Employment, "profession"))
    form = forms.ChoiceField(label=_("Form"), choices=[CHOOSE, *EmploymentForm.choices])
    hours_percent = forms.IntegerField(
        label=_("Hours, % of full time"), min_value=1, max_value=100, initial=100
    )
    experience = forms.ChoiceField(label=_("Experience"), choices=[CHOOSE, *Experience.choices])
    started_on = forms.DateField(label=_("From"), widget=DateInput)
    ended_on = forms.DateField(
        label=_("To"), widget=DateInput, required=False, help_text=_("Empty: until further notice.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["administration"].queryset = OrgUnit.objects.filter(  # type: ignore[attr-defined]
            level=Level.ADMINISTRATION, active=True
        ).select_related("parent")


class EmploymentTermsForm(forms.Form):
    """New terms of an employment from a day on."""

    from_on = forms.DateField(label=_("From"), widget=DateInput)
    hours_percent = forms.IntegerField(label=_("Hours, % of full time"), min_value=1, max_value=100)
    experience = forms.ChoiceField(label=_("Experience"), choices=[CHOOSE, *Experience.choices])
    on_leave = forms.BooleanField(label=_("On leave"), required=False)


class EmploymentEndForm(forms.Form):
    ended_on = forms.DateField(label=_("Last day"), widget=DateInput)
    end_reason = forms.ChoiceField(label=_("Cause"), choices=[CHOOSE, *EndReason.choices])
    roles_end = forms.BooleanField(
        label=_("The person leaves: all roles end the same day"),
        required=False,
        help_text=_(
            "Cases and interventions go back to the leader the day after. What was signed stays."
        ),
    )


class AbsenceForm(forms.Form):
    """Days away and who stands in."""

    user = forms.ModelChoiceField(
        label=_("Who"),
        queryset=User.objects.none(),
        empty_label=_("Choose …"),
        widget=NameSelect,
    )
    from_on = forms.DateField(label=_("First day"), widget=DateInput)
    until_on = forms.DateField(
        label=_("Last day"),
        widget=DateInput,
        required=False,
        help_text=_("Empty when the end of an illness is not known: until further notice."),
    )
    reason = forms.ChoiceField(label=_("Cause"), choices=[CHOOSE, *AbsenceReason.choices])
    stand_in = forms.ModelChoiceField(
        label=_("Stand-in"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody: the group leader answers"),
        widget=NameSelect,
        help_text=_("Takes over deadlines, notices and the right to the cases on these days."),
    )

    def __init__(
        self, *args: Any, people: QuerySet[User], colleagues: QuerySet[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        self.fields["stand_in"].queryset = colleagues  # type: ignore[attr-defined]


class DelegationForm(forms.Form):
    decision = forms.ChoiceField(label=_("Decision"), choices=[CHOOSE, *DelegatedDecision.choices])
    role = forms.ChoiceField(label=_("Role"), choices=[CHOOSE, *Role.choices])


class TokenForm(forms.Form):
    """A token of one's own for the API. What it may be used for is never chosen beforehand."""

    name = forms.CharField(
        label=_("What the token is for"),
        max_length=limit(ApiToken, "name"),
        help_text=_("The name of the program, such as: e-service for reports."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may be used for"),
        choices=TokenScope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("As little as the program needs, and never more than you may do yourself."),
    )
    days = forms.IntegerField(
        label=_("Valid for (days)"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=DEFAULT_DAYS,
    )
