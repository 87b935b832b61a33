"""Addresses of the workload area, a file for each part of it."""

from django.urls import include, path

from workload.urls import allocation

urlpatterns = [
    *allocation.urlpatterns,
    path("workload/", include("workload.urls.load")),
]
