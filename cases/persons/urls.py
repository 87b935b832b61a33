"""Addresses of protected identity and where a child is."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.matters.addresses import about
from cases.persons import views as protection

urlpatterns: list[URLPattern] = [
    *about(
        "child",
        path("children/<int:pk>/protection/", protection.protect, name="child_protect"),
        path("children/<int:pk>/protection/end/", protection.protect_end, name="child_protect_end"),
        path(
            "children/<int:pk>/whereabouts/",
            protection.whereabouts_change,
            name="child_whereabouts",
        ),
    ),
]
