"""What the REST API tells of a child."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.outputs import Row
from cases.enums import Gender, ProtectedIdentity
from cases.persons.models import Person
from cases.persons.whereabouts import open_ids


class ChildShort(Row):
    id = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    birth_date = serializers.DateField(allow_null=True)
    gender = serializers.ChoiceField(choices=Gender.choices)
    protected_identity = serializers.SerializerMethodField(
        help_text=_(
            "`none`, or the kind for those who work with the child, or `protected` for others, who"
            " see its initials alone in lists."
        )
    )

    def _is_open(self, child: Person) -> bool:
        """Whether the caller may know how the child is protected and where it is; asked once."""
        if "open_children" not in self.context:
            context: Any = self.context
            context["open_children"] = open_ids(context["access"])
        return child.pk in self.context["open_children"]

    def get_protected_identity(self, child: Person) -> str:
        if not child.is_protected:
            return ProtectedIdentity.NONE.value
        return child.protected_identity if self._is_open(child) else "protected"

    def to_representation(self, child: Person) -> Any:
        told = dict(super().to_representation(child))
        if type(self) is ChildShort and child.is_protected and not self._is_open(child):
            told |= {name: f"{told[name][:1]}." for name in ("first_name", "last_name")}
        return told


class Child(ChildShort):
    personal_identity_number = serializers.CharField(allow_null=True, help_text=_("Twelve digits."))
    temporary_number = serializers.CharField(
        help_text=_("What another authority calls the child meanwhile; no key.")
    )
    expected_on = serializers.DateField(allow_null=True)
    died_on = serializers.DateField(allow_null=True)
