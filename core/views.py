"""The kernel's own small answers."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views import csrf
from django.views.decorators.http import require_GET, require_POST

from core.middleware import SESSION_HEADER, seconds_left
from core.navigation import waiting_for


@login_required
@require_POST
def keepalive(request: HttpRequest) -> HttpResponse:
    """ "I am still here": being asked is what renews the session."""
    return HttpResponse(status=204)


@require_GET
def session_state(request: HttpRequest) -> HttpResponse:
    """Who is signed in here, for a page that has been refused: `who` (null for nobody), the form
    `token` that holds, and the seconds `left` until the session ends whatever is done."""
    if not request.user.is_authenticated:
        return JsonResponse({"who": None})
    who, left = str(request.user.pk), seconds_left(request)
    return JsonResponse({"who": who, "token": get_token(request), "left": left})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """As Django's, and a script learns that it may ask for the token that holds now."""
    response = csrf.csrf_failure(request, reason=reason)
    response.headers[SESSION_HEADER] = "renewed"
    return response


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
