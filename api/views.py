"""The description to fetch, the page to read it on, and addresses that do not exist."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from api.base import ApiView
from api.guide import EVERYWHERE, guide_in
from api.problems import no_such_address


class Schema(SpectacularAPIView):
    """The description in JSON, or in YAML when asked for."""

    renderer_classes = [
        OpenApiJsonRenderer2,
        OpenApiJsonRenderer,
        OpenApiYamlRenderer,
        OpenApiYamlRenderer2,
    ]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description to read, open to everybody as the description itself is."""
    return render(
        request,
        "api/docs.html",
        {
            "guide": guide_in(get_language() or "sv"),
            "everywhere": sorted(EVERYWHERE),
            "site": request.build_absolute_uri("/").rstrip("/"),
        },
    )


class NoSuchAddress(ApiView):
    """Whatever else lies under the API's address, answered as a problem too."""

    schema = None
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise no_such_address(request._request)
