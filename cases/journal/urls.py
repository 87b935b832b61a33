"""Addresses of notes."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.journal import views
from cases.matters.addresses import about

urlpatterns: list[URLPattern] = [
    *about(
        "note",
        path("notes/<int:pk>/change/", views.note_change, name="note_change"),
    ),
]
