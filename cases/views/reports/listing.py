"""Not written yet."""

from typing import Any
from django.http import HttpResponse


def report_list(request: Any, pk: int = 0) -> HttpResponse:
    return HttpResponse("")
