"""The kinds of matters of this app and their texts, in the order they come in a case."""

from cases import matters, texts
from cases.kinds import interventions, investigations, notes, reports

matters.register(reports.KIND)
matters.register(investigations.KIND)
matters.register(interventions.KIND)

texts.register(*notes.TEXTS, *reports.TEXTS, *investigations.TEXTS)
