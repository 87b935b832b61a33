"""Addresses of reports."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.matters.addresses import about
from cases.reports import views as reports

urlpatterns: list[URLPattern] = [
    path("reports/", reports.report_list, name="report_list"),
    path("reports/new/", reports.report_log, name="report_log"),
    path("reports/new/child/", reports.child_lookup, name="child_lookup"),
    *about(
        "report",
        path("reports/<int:pk>/", reports.report, name="report"),
        path("reports/<int:pk>/assess/", reports.report_assess, name="report_assess"),
        path("reports/<int:pk>/propose/", reports.report_propose, name="report_propose"),
        path("reports/<int:pk>/decide/", reports.report_decide, name="report_decide"),
        path("reports/<int:pk>/adopt/", reports.report_adopt, name="report_adopt"),
        path("reports/<int:pk>/join/", reports.report_join, name="report_join"),
        path(
            "reports/<int:pk>/feedback/asked/",
            reports.report_ask_feedback,
            name="report_ask_feedback",
        ),
        path("reports/<int:pk>/feedback/", reports.report_feedback, name="report_feedback"),
        path("reports/<int:pk>/talk/", reports.report_talk, name="report_talk"),
        path("reports/<int:pk>/assign/", reports.report_assign, name="report_assign"),
        path("reports/<int:pk>/correct/", reports.report_correct, name="report_correct"),
        path("reports/<int:pk>/withdraw/", reports.report_withdraw, name="report_withdraw"),
        path("reports/<int:pk>/move/", reports.report_move, name="report_move"),
        path("reports/<int:pk>/reverse/", reports.report_reverse, name="report_reverse"),
        path(
            "reports/<int:pk>/feedback/correct/",
            reports.report_feedback_correct,
            name="report_feedback_correct",
        ),
        path(
            "reports/<int:pk>/talk/correct/",
            reports.report_talk_correct,
            name="report_talk_correct",
        ),
        path("reports/<int:pk>/undo/", reports.report_undo, name="report_undo"),
        path("reports/<int:pk>/notes/", reports.report_note, name="report_note"),
    ),
]
