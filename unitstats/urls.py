"""Addresses of the monthly statistics."""

from django.urls import path

from unitstats import views

urlpatterns = [
    path("", views.month, name="statistics"),
    path("export/", views.export, name="statistics_export"),
    path("revise/", views.revise, name="statistics_revise"),
]
