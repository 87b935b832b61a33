"""Addresses of the workload area, a file for each part of it."""

from django.urls import include, path

from workload.urls import allocation, rounds

urlpatterns = [
    *allocation.urlpatterns,
    *rounds.urlpatterns,
    path("workload/", include("workload.urls.load")),
]
