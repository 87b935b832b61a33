"""Addresses of the boards: start page, deadlines, allocation, reading."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.boards.views import assignment, dashboard, deadlines, home, reading
from cases.matters.addresses import about

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("deadlines/", deadlines.deadline_list, name="deadline_list"),
    *about(
        "investigation",
        path(
            "investigations/<int:pk>/handlers/",
            assignment.investigation_assign,
            name="investigation_assign",
        ),
    ),
    path("to-read/", reading.to_read, name="to_read"),
]
