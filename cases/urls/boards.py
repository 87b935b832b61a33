"""Addresses of the boards: start page, deadlines, allocation, reading, notices."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.views import assignment, dashboard, deadlines, home, notices, reading

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("deadlines/", deadlines.deadline_list, name="deadline_list"),
    path(
        "investigations/<int:pk>/handlers/",
        assignment.investigation_assign,
        name="investigation_assign",
    ),
    path("to-read/", reading.to_read, name="to_read"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("notices/<int:pk>/", notices.notice_open, name="notice_open"),
]
