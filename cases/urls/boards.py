"""Addresses of boards pages."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
