"""Addresses of the case area, room by room."""

from cases.urls import (
    access,
    boards,
    child,
    disclosures,
    drafts,
    interventions,
    investigations,
    journal,
    notices,
    persons,
    reports,
    texts,
)

urlpatterns = [
    *reports.urlpatterns,
    *investigations.urlpatterns,
    *interventions.urlpatterns,
    *boards.urlpatterns,
    *notices.urlpatterns,
    *drafts.urlpatterns,
    *child.urlpatterns,
    *persons.urlpatterns,
    *journal.urlpatterns,
    *texts.urlpatterns,
    *access.urlpatterns,
    *disclosures.urlpatterns,
]
