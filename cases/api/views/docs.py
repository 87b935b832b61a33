"""The description to fetch, the page to read it on, and addresses that do not exist."""

from __future__ import annotations

from typing import Any

from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request

from cases.api.base import ApiView
from cases.api.problems import no_such_address


class Schema(SpectacularAPIView):
    """The description in JSON, or in YAML when asked for."""

    renderer_classes = [
        OpenApiJsonRenderer2,
        OpenApiJsonRenderer,
        OpenApiYamlRenderer,
        OpenApiYamlRenderer2,
    ]


class Docs(SpectacularSwaggerSplitView):
    """The description to read and try. Only scripts and styles of our own run here."""

    template_name = "api/docs.html"
    url_name = "api:schema"


class NoSuchAddress(ApiView):
    """Whatever else lies under the API's address, answered as a problem too."""

    schema = None
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise no_such_address(request._request)
