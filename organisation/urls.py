"""Addresses of the organisation pages."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
