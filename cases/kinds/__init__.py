"""The kinds of matters of this app, registered in the order they come in a case."""

from cases import matters
from cases.kinds import interventions, investigations, reports

matters.register(reports.KIND)
matters.register(investigations.KIND)
matters.register(interventions.KIND)
