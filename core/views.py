"""The kernel's own small answers."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST


@login_required
@require_POST
def keepalive(request: HttpRequest) -> HttpResponse:
    """ "I am still here": being asked is what renews the session."""
    return HttpResponse(status=204)
