"""The ground of what is sent."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework import serializers

VERSION_READ = gettext_lazy("The version that was read: when it is another now, the answer is 409.")


class Body(serializers.Serializer[Any]):
    default_error_messages = {
        "invalid": gettext_lazy("Send an object with the fields."),
        "null": gettext_lazy("This is required."),
        "required": gettext_lazy("This is required."),
    }
