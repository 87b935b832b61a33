"""Addresses of emergency openings, grants, conflicts of interest and the log of a child."""

from django.urls import URLPattern, path

from cases.access.views import access, child_log
from cases.matters.addresses import about

urlpatterns: list[URLPattern] = [
    path("emergency/", access.emergency, name="emergency"),
    path("emergency/all/", access.emergency_list, name="emergency_list"),
    *about(
        "emergency",
        path("emergency/<int:pk>/review/", access.emergency_review, name="emergency_review"),
        path("emergency/<int:pk>/end/", access.emergency_end, name="emergency_end"),
    ),
    path("grants/", access.grant_list, name="grant_list"),
    *about(
        "grant",
        path("grants/<int:pk>/revoke/", access.grant_revoke, name="grant_revoke"),
    ),
    path("conflicts/", access.conflict_list, name="conflict_list"),
    path("conflicts/new/", access.conflict_add, name="conflict_add"),
    path("conflicts/<int:pk>/end/", access.conflict_end, name="conflict_end"),
    *about(
        "child",
        path("children/<int:pk>/emergency/", access.emergency_open, name="child_emergency"),
        path("children/<int:pk>/conflict/", access.child_conflict, name="child_conflict"),
        path("children/<int:pk>/log/", child_log.child_log, name="child_log"),
    ),
]
