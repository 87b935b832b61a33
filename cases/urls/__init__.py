"""Addresses of the case area: reports, investigations, and the lists and boards over both."""

from cases.urls import boards, investigations, reports

urlpatterns = [*reports.urlpatterns, *investigations.urlpatterns, *boards.urlpatterns]
