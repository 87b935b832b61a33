"""Addresses of the API's ground: its description, who one is, and what is no address."""

from django.urls import path, re_path

from api.me import MeView, Todo
from api.views import NoSuchAddress, Schema, docs

urlpatterns = [
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
    path("me/", MeView.as_view(), name="me"),
    path("todo/", Todo.as_view(), name="todo"),
]
last = [re_path(r"^(?P<rest>.*)$", NoSuchAddress.as_view(), name="no-such-address")]
"""What answers when no address of any app does."""
