"""Not written yet."""

from typing import Any
from django.http import HttpResponse


def child(request: Any, pk: int = 0) -> HttpResponse:
    return HttpResponse("")


def search(request: Any, pk: int = 0) -> HttpResponse:
    return HttpResponse("")
