"""The address of drafts."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.drafts import views

urlpatterns: list[URLPattern] = [
    path("drafts/", views.draft, name="draft"),
]
