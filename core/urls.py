"""Addresses of the kernel itself."""

from django.urls import path

from core.styleguide import styleguide
from core.views import keepalive, session_state, todo

urlpatterns = [
    path("styleguide/", styleguide, name="styleguide"),
    path("keepalive/", keepalive, name="keepalive"),
    path("session/", session_state, name="session_state"),
    path("todo/", todo, name="todo"),
]
