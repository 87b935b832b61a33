"""The kernel's own small answers."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from core.navigation import waiting_for


@login_required
@require_POST
def keepalive(request: HttpRequest) -> HttpResponse:
    """ "I am still here": being asked is what renews the session."""
    return HttpResponse(status=204)


@login_required
@require_GET
def todo(request: HttpRequest) -> HttpResponse:
    """Everything that waits for the person, whichever app it is of, with the way to each."""
    waiting = waiting_for(request)
    return render(
        request,
        "core/todo.html",
        {
            "waiting": [one for one in waiting if one.count],
            "done": [one for one in waiting if not one.count],
        },
    )
