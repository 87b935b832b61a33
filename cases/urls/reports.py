"""Addresses of reports pages."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
