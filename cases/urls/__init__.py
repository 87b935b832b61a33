"""Addresses of the case area: reports, investigations, and the lists and boards over both."""

from cases.urls import access, boards, disclosures, investigations, reports, texts

urlpatterns = [
    *reports.urlpatterns,
    *investigations.urlpatterns,
    *boards.urlpatterns,
    *texts.urlpatterns,
    *access.urlpatterns,
    *disclosures.urlpatterns,
]
