"""Addresses of the self-audits."""

from django.urls import path
from django.urls.resolvers import URLPattern

from audits.views import log_checks

ONE = "log-checks/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("log-checks/", log_checks.log_check_list, name="log_check_list"),
    path("log-checks/open/<int:unit>/", log_checks.log_check_open, name="log_check_open"),
    path(ONE, log_checks.log_check, name="log_check"),
    path(ONE + "readings/<int:hit>/", log_checks.log_check_hit, name="log_check_hit"),
    path(ONE + "justified/", log_checks.log_check_justify, name="log_check_justify"),
    path(ONE + "reviewer/", log_checks.log_check_reviewer, name="log_check_reviewer"),
    path(ONE + "close/", log_checks.log_check_close, name="log_check_close"),
]
