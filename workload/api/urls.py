"""Addresses of the workload in the REST API, below `/api/v1/workload/`."""

from django.urls import path

from workload.api import views

urlpatterns = [
    path("workload/loads/", views.Loads.as_view(), name="workload-loads"),
    path("workload/warnings/", views.Warnings.as_view(), name="workload-warnings"),
    path("workload/waiting/", views.WaitingCases.as_view(), name="workload-waiting"),
    path("workload/staffing/", views.Staffing.as_view(), name="workload-staffing"),
    path("workload/turnover/", views.TurnoverOfYear.as_view(), name="workload-turnover"),
]
