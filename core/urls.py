"""Addresses of the kernel itself."""

from django.urls import path

from core.styleguide import styleguide
from core.views import keepalive, todo

urlpatterns = [
    path("styleguide/", styleguide, name="styleguide"),
    path("keepalive/", keepalive, name="keepalive"),
    path("todo/", todo, name="todo"),
]
