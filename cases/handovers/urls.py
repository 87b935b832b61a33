"""Addresses of hand-overs between units."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.handovers import views
from cases.matters.addresses import about

urlpatterns: list[URLPattern] = [
    path("handovers/", views.handover_list, name="handover_list"),
    *about(
        "handover",
        path("handovers/<int:pk>/", views.handover, name="handover"),
        path("handovers/<int:pk>/accept/", views.accept, name="handover_accept"),
        path("handovers/<int:pk>/refuse/", views.refuse, name="handover_refuse"),
        path("handovers/<int:pk>/withdraw/", views.withdraw, name="handover_withdraw"),
    ),
    *about(
        "investigation",
        path(
            "investigations/<int:pk>/hand-over/",
            views.hand_over,
            name="investigation_hand_over",
        ),
    ),
]
