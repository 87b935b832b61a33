"""Addresses of the case area, room by room."""

from cases.access import urls as access
from cases.boards import urls as boards
from cases.child import urls as child
from cases.disclosure import urls as disclosures
from cases.drafts import urls as drafts
from cases.handovers import urls as handovers
from cases.interventions import urls as interventions
from cases.investigations import urls as investigations
from cases.journal import urls as journal
from cases.notices import urls as notices
from cases.persons import urls as persons
from cases.reports import urls as reports
from cases.signing import urls as texts

urlpatterns = [
    *reports.urlpatterns,
    *investigations.urlpatterns,
    *interventions.urlpatterns,
    *handovers.urlpatterns,
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
