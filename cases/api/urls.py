"""Addresses of the case area in the REST API; `config.api` has them all."""

from django.urls import path, re_path

from cases.api.views import deadlines, docs, interventions, investigations, own, reports

urlpatterns = [
    path("schema/", docs.Schema.as_view(), name="schema"),
    path("docs/", docs.docs, name="docs"),
    path("me/", own.Me.as_view(), name="me"),
    path("todo/", own.Todo.as_view(), name="todo"),
    path("notices/", own.Notices.as_view(), name="notices"),
    path("deadlines/", deadlines.Deadlines.as_view(), name="deadlines"),
    path("reports/", reports.Reports.as_view(), name="reports"),
    path("reports/<int:pk>/", reports.ReportOne.as_view(), name="report"),
    path(
        "reports/<int:pk>/protection_assessment/",
        reports.ProtectionAssessment.as_view(),
        name="report-protection-assessment",
    ),
    path("reports/<int:pk>/decision/", reports.Decision.as_view(), name="report-decision"),
    path("reports/<int:pk>/feedback/", reports.Feedback.as_view(), name="report-feedback"),
    path(
        "reports/<int:pk>/serious_talk/", reports.SeriousTalk.as_view(), name="report-serious-talk"
    ),
    path("investigations/", investigations.Investigations.as_view(), name="investigations"),
    path(
        "investigations/<int:pk>/", investigations.InvestigationOne.as_view(), name="investigation"
    ),
    path(
        "investigations/<int:pk>/extension/",
        investigations.Extension.as_view(),
        name="investigation-extension",
    ),
    path(
        "investigations/<int:pk>/conclusion/",
        investigations.Conclusion.as_view(),
        name="investigation-conclusion",
    ),
    path(
        "investigations/<int:pk>/handlers/",
        investigations.Handlers.as_view(),
        name="investigation-handlers",
    ),
    path("interventions/", interventions.Interventions.as_view(), name="interventions"),
    path("interventions/<int:pk>/", interventions.InterventionOne.as_view(), name="intervention"),
    path(
        "interventions/<int:pk>/follow_ups/",
        interventions.FollowUps.as_view(),
        name="intervention-follow-ups",
    ),
    re_path(r"^(?P<rest>.*)$", docs.NoSuchAddress.as_view(), name="no-such-address"),
]
