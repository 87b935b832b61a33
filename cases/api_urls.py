"""Addresses of the case area in the REST API; `config.api` has those of every app."""

from django.urls import path

from cases.deadlines.api import views as deadlines
from cases.handovers.api import views as handovers
from cases.interventions.api import views as interventions
from cases.investigations.api import views as investigations
from cases.matters.addresses import about
from cases.notices.api import views as notices
from cases.reports.api import views as reports

urlpatterns = [
    path("notices/", notices.Notices.as_view(), name="notices"),
    path("deadlines/", deadlines.Deadlines.as_view(), name="deadlines"),
    path("reports/", reports.ReportsView.as_view(), name="reports"),
    *about(
        "report",
        path("reports/<int:pk>/", reports.ReportOne.as_view(), name="report"),
        path(
            "reports/<int:pk>/protection_assessment/",
            reports.ProtectionAssessmentView.as_view(),
            name="report-protection-assessment",
        ),
        path("reports/<int:pk>/decision/", reports.DecisionView.as_view(), name="report-decision"),
        path(
            "reports/<int:pk>/correction/",
            reports.CorrectionView.as_view(),
            name="report-correction",
        ),
        path(
            "reports/<int:pk>/withdrawal/",
            reports.WithdrawalView.as_view(),
            name="report-withdrawal",
        ),
        path("reports/<int:pk>/move/", reports.MoveView.as_view(), name="report-move"),
        path("reports/<int:pk>/reversal/", reports.ReversalView.as_view(), name="report-reversal"),
        path(
            "reports/<int:pk>/feedback/correction/",
            reports.FeedbackCorrectionView.as_view(),
            name="report-feedback-correction",
        ),
        path(
            "reports/<int:pk>/serious_talk/correction/",
            reports.SeriousTalkCorrectionView.as_view(),
            name="report-serious-talk-correction",
        ),
        path("reports/<int:pk>/undo/", reports.UndoView.as_view(), name="report-undo"),
        path("reports/<int:pk>/join/", reports.JoinView.as_view(), name="report-join"),
        path(
            "reports/<int:pk>/feedback/asked/",
            reports.AskFeedbackView.as_view(),
            name="report-feedback-asked",
        ),
        path("reports/<int:pk>/feedback/", reports.FeedbackView.as_view(), name="report-feedback"),
        path(
            "reports/<int:pk>/serious_talk/",
            reports.SeriousTalkView.as_view(),
            name="report-serious-talk",
        ),
    ),
    path("investigations/", investigations.InvestigationsView.as_view(), name="investigations"),
    *about(
        "investigation",
        path(
            "investigations/<int:pk>/",
            investigations.InvestigationOne.as_view(),
            name="investigation",
        ),
        path(
            "investigations/<int:pk>/extension/",
            investigations.ExtensionView.as_view(),
            name="investigation-extension",
        ),
        path(
            "investigations/<int:pk>/conclusion/",
            investigations.ConclusionView.as_view(),
            name="investigation-conclusion",
        ),
        path(
            "investigations/<int:pk>/entries/<str:entry_kind>/<int:entry>/correction/",
            investigations.EntryCorrectionView.as_view(),
            name="investigation-entry",
        ),
        path(
            "investigations/<int:pk>/reversal/",
            investigations.ConclusionReversalView.as_view(),
            name="investigation-reversal",
        ),
        path(
            "investigations/<int:pk>/undo/",
            investigations.ConclusionAgainView.as_view(),
            name="investigation-undo",
        ),
        path(
            "investigations/<int:pk>/handlers/",
            investigations.HandlersView.as_view(),
            name="investigation-handlers",
        ),
        path(
            "investigations/<int:pk>/handover/",
            handovers.OfferView.as_view(),
            name="investigation-handover",
        ),
        path(
            "investigations/<int:pk>/handlers/cancel/",
            investigations.CancelPlannedView.as_view(),
            name="investigation-handlers-cancel",
        ),
    ),
    path("handovers/", handovers.Handovers.as_view(), name="handovers"),
    *about(
        "handover",
        path("handovers/<int:pk>/", handovers.HandoverOne.as_view(), name="handover"),
        path(
            "handovers/<int:pk>/acceptance/",
            handovers.AcceptView.as_view(),
            name="handover-acceptance",
        ),
        path(
            "handovers/<int:pk>/refusal/",
            handovers.RefuseView.as_view(),
            name="handover-refusal",
        ),
        path(
            "handovers/<int:pk>/withdrawal/",
            handovers.WithdrawView.as_view(),
            name="handover-withdrawal",
        ),
    ),
    path("interventions/", interventions.InterventionsView.as_view(), name="interventions"),
    *about(
        "intervention",
        path(
            "interventions/<int:pk>/", interventions.InterventionOne.as_view(), name="intervention"
        ),
        path(
            "interventions/<int:pk>/follow_ups/",
            interventions.FollowUpsView.as_view(),
            name="intervention-follow-ups",
        ),
    ),
]
