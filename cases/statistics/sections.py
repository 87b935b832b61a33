"""What figures of cases are shown together, in the order of the course of a case."""

from django.utils.translation import gettext_lazy as _

from core.figures import Section

DEADLINES = Section(10, _("Deadlines"))
REPORTS = Section(20, _("Reports and applications"))
DECISIONS = Section(30, _("Protection assessments and decisions"))
INVESTIGATIONS = Section(40, _("Investigations"))
CHILD = Section(50, _("The child and the guardians"))
OUTCOMES = Section(60, _("Interventions and outcomes"))
WORKERS = Section(70, _("Workers"))
