"""Interventions: list, read, follow up."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import examples
from api.base import ApiView, ListView
from cases.interventions import services as interventions
from cases.interventions.api import inputs, outputs, reads
from cases.interventions.api.filters import InterventionFilters
from cases.interventions.models import Intervention
from cases.matters.working import reach
from core import trail
from organisation.rights import Action


class InterventionView(ApiView):
    """A view of one intervention, told whole."""

    area = "interventions"

    def told(self, pk: int) -> Response:
        """The intervention as it now stands, to whoever was let through to it."""
        row = reads.intervention_details(Intervention.objects.all()).get(pk=pk)
        return Response(self.shown(outputs.InterventionDetail, row))


class InterventionsView(ListView):
    area = "interventions"
    filters = InterventionFilters
    row = outputs.InterventionRow
    trail_action = "intervention.listed"

    def rows(self, question: dict[str, Any]) -> QuerySet[Intervention]:
        rows = Intervention.objects.visible_to(self.access)
        if status := question.get("status"):
            rows = rows.filter(status=status)
        if "unit" in question:
            rows = rows.filter(unit_id=question["unit"])
        return rows.order_by("-started_on", "-pk")

    def loaded(
        self, rows: QuerySet[Intervention], question: dict[str, Any]
    ) -> QuerySet[Intervention]:
        return reads.intervention_rows(rows)

    @extend_schema(
        operation_id="interventions_list",
        tags=["interventions"],
        summary=_("Interventions you may read, the latest first"),
        parameters=[InterventionFilters],
        responses={200: outputs.InterventionRow(many=True)},
    )
    def get(self, request: Request) -> Response:
        return self.listing(request)


class InterventionOne(InterventionView):
    @extend_schema(
        operation_id="interventions_retrieve",
        tags=["interventions"],
        summary=_("One intervention with its follow-ups"),
        responses=outputs.InterventionDetail,
    )
    def get(self, request: Request, pk: int) -> Response:
        intervention = self.matter(Intervention.objects.visible_to(self.access), pk)
        trail.read("intervention.read", [intervention], by=self.by, at=self.at)
        return self.told(pk)


class FollowUpsView(InterventionView):
    @extend_schema(
        operation_id="interventions_follow_ups",
        tags=["interventions"],
        summary=_("Record a follow-up; the next is due six months after it"),
        request=inputs.FollowUpBody,
        responses={200: outputs.InterventionDetail},
        examples=[examples.FOLLOW_UP],
    )
    def post(self, request: Request, pk: int) -> Response:
        intervention = self.matter(
            Intervention.objects.visible_to(self.access).select_related("investigation"), pk
        )
        self.permit(Action.MANAGE_INTERVENTION, reach(intervention, on=self.access.on))
        given = self.given(inputs.FollowUpBody)
        interventions.follow_up(pk, by=self.by, at=self.at, **given)
        return self.told(pk)
