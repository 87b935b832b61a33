"""Addresses of the notices."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.matters.addresses import about
from cases.notices import views as notices

urlpatterns: list[URLPattern] = [
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    *about("notice", path("notices/<int:pk>/", notices.notice_open, name="notice_open")),
]
