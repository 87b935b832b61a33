"""Not written yet."""

from typing import Any
from django.http import HttpResponse


def reception_start(request: Any, pk: int = 0) -> HttpResponse:
    return HttpResponse("")
