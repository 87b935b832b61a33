"""Field kinds shared by the case records."""

from typing import Any

from django.core.validators import MaxLengthValidator
from django.db import models

TEXT_LIMIT = 50_000
"""Characters a free text may hold: some twenty-five printed pages."""


class LongText(models.TextField):  # type: ignore[type-arg]
    """Free text with a limit that forms, the API and services all name in their error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = TEXT_LIMIT
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, MaxLengthValidator(TEXT_LIMIT)]

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        return name, path, args, kwargs
