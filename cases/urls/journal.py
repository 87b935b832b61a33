"""Addresses of notes."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.views.investigations import pages

urlpatterns: list[URLPattern] = [
    path("notes/<int:pk>/change/", pages.note_change, name="note_change"),
]
