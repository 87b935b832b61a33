"""What is the caller's own: who they are here, and what waits for them."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import outputs as api_outputs
from api.base import ApiView, Filters, ListView
from core.navigation import Waiting, waiting_for
from organisation.models import OrgUnit, User


class MeView(ApiView):
    area = "own"

    @extend_schema(
        operation_id="me",
        tags=["own"],
        summary=_("Who you are today: roles, and the units you work in"),
        responses=api_outputs.Me,
    )
    def get(self, request: Request) -> Response:
        held = self.access.held
        units = {one.unit_id for one in held if one.unit_id is not None}
        nodes = {
            node.pk: node
            for node in OrgUnit.objects.filter(
                Q(pk__in=units) | Q(pk__in={one.node_id for one in held})
            )
        }
        names = dict(
            User.objects.filter(pk__in=self.access.acts_for - {self.by.pk}).values_list(
                "pk", "username"
            )
        )
        return Response(
            {
                "username": self.by.username,
                "name": str(self.by),
                "roles": [
                    {
                        "role": one.role,
                        "level": one.node_level,
                        "code": nodes[one.node_id].code,
                        "name": nodes[one.node_id].name,
                        "standing_in_for": names.get(one.for_user_id),
                    }
                    for one in held
                ],
                "units": [
                    {"code": nodes[pk].code, "name": nodes[pk].name}
                    for pk in sorted(units, key=lambda pk: nodes[pk].code)
                ],
            }
        )


class Todo(ListView):
    area = "own"
    row = api_outputs.TodoRow

    def rows(self, question: dict[str, Any]) -> list[Waiting]:
        return waiting_for(cast(HttpRequest, self.request))

    def context(self, question: dict[str, Any], page: list[Any]) -> dict[str, Any]:
        return {**super().context(question, page), "address": self.request.build_absolute_uri}

    @extend_schema(
        operation_id="todo_list",
        tags=["own"],
        summary=_("What waits for you, kind by kind, the most urgent first"),
        description=_(
            "The same as the page To do, with 0 where nothing waits. `href` is the page where it "
            "is dealt with."
        ),
        parameters=[Filters],
        responses={200: api_outputs.TodoRow(many=True)},
    )
    def get(self, request: Request) -> Response:
        return self.listing(request)
