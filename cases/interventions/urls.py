"""Addresses of interventions."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.interventions import views as interventions
from cases.matters.addresses import about

urlpatterns: list[URLPattern] = [
    *about(
        "investigation",
        path(
            "investigations/<int:pk>/interventions/new/",
            interventions.GrantIntervention.as_view(),
            name="intervention_grant",
        ),
    ),
    path("interventions/", interventions.intervention_list, name="intervention_list"),
    *about(
        "intervention",
        path("interventions/<int:pk>/", interventions.intervention, name="intervention"),
        path(
            "interventions/<int:pk>/followup/",
            interventions.intervention_followup,
            name="intervention_followup",
        ),
        path(
            "interventions/<int:pk>/end/", interventions.intervention_end, name="intervention_end"
        ),
    ),
]
