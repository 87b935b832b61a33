"""What can go wrong in a service, in words a person can act on.

Views show the message beside the field or on top; the API turns each class into its status.
"""

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """The base: a translated message, safe to show to the actor."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Invalid(DomainError):
    """Input that cannot be accepted (400); `fields` maps a field to its message."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__(next(iter(fields.values())))
        self.fields = dict(fields)


class Forbidden(DomainError):
    """The actor may know of the thing but not do this to it (403)."""


class Conflict(DomainError):
    """The thing is in another state or version than the actor believed (409).

    `current` holds the version that stands, for showing both side by side.
    """

    def __init__(self, message: Any, *, current: Any = None) -> None:
        super().__init__(message)
        self.current = current


class Missing(DomainError):
    """What the actor may not know exists (404)."""
