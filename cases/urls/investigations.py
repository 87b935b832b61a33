"""Addresses of investigations pages."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
