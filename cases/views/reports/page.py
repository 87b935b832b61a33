"""Not written yet."""

from typing import Any
from django.http import HttpResponse


def report(request: Any, pk: int = 0) -> HttpResponse:
    return HttpResponse("")


def report_adopt(request: Any, pk: int = 0) -> HttpResponse:
    return HttpResponse("")


def report_assess(request: Any, pk: int = 0) -> HttpResponse:
    return HttpResponse("")


def report_assign(request: Any, pk: int = 0) -> HttpResponse:
    return HttpResponse("")


def report_decide(request: Any, pk: int = 0) -> HttpResponse:
    return HttpResponse("")


def report_feedback(request: Any, pk: int = 0) -> HttpResponse:
    return HttpResponse("")


def report_note(request: Any, pk: int = 0) -> HttpResponse:
    return HttpResponse("")


def report_propose(request: Any, pk: int = 0) -> HttpResponse:
    return HttpResponse("")


def report_talk(request: Any, pk: int = 0) -> HttpResponse:
    return HttpResponse("")
