"""Addresses of the workload area, a file for each part of it."""

from workload.urls import allocation

urlpatterns = [*allocation.urlpatterns]
