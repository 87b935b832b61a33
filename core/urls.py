"""Addresses of the kernel itself."""

from django.urls import path

from core.styleguide import styleguide

urlpatterns = [path("styleguide/", styleguide, name="styleguide")]
