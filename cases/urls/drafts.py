"""The address of drafts."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.views.reports import log

urlpatterns: list[URLPattern] = [
    path("drafts/", log.draft, name="draft"),
]
