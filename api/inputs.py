"""The ground of what is sent."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework import serializers

from api.fields import Text, Whole

VERSION_READ = gettext_lazy("The version that was read: when it is another now, the answer is 409.")


class Body(serializers.Serializer[Any]):
    default_error_messages = {
        "invalid": gettext_lazy("Send an object with the fields."),
        "null": gettext_lazy("This is required."),
        "required": gettext_lazy("This is required."),
    }


class ReasonBody(Body):
    """Why something is put right, and the version that was read."""

    reason = Text(help_text=gettext_lazy("Why it is corrected; stands in the history."))
    version = Whole(required=False, allow_null=True, help_text=VERSION_READ)
