"""Addresses of notes."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.journal import views

urlpatterns: list[URLPattern] = [
    path("notes/<int:pk>/change/", views.note_change, name="note_change"),
]
