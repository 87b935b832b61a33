"""The toy's page and its list in the API, beside every other address."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ListView
from cases.matters.addresses import about
from config.urls import handler500 as handler500
from config.urls import urlpatterns as all_others
from core import trail
from tests.toy.models import Promise


@login_required
def promise(request: HttpRequest, pk: int) -> HttpResponse:
    access: Any = request.access  # type: ignore[attr-defined]
    row = get_object_or_404(Promise.objects.visible_to(access), pk=pk)
    trail.read("promise.read", [row], by=request.user, at=request.at)  # type: ignore[attr-defined]
    return HttpResponse(row.words)


class PromiseRow(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField()


class Promises(ListView):
    area = "investigations"
    row = PromiseRow
    trail_action = "promise.listed"

    def rows(self, question: dict[str, Any]) -> Any:
        return Promise.objects.visible_to(self.access).order_by("pk")

    def get(self, request: Request) -> Response:
        return self.listing(request)


urlpatterns = [
    *about("promise", path("promises/<int:pk>/", promise, name="promise")),
    path("api/v1/promises/", Promises.as_view(), name="promises"),
    *all_others,
]
