"""The kinds of matters of this app and their texts, in the order they come in a case."""

from cases.interventions import kind as interventions
from cases.investigations import kind as investigations
from cases.journal import texts as notes
from cases.matters import registry as matters
from cases.reports import kind as reports
from cases.signing import texts

matters.register(reports.KIND)
matters.register(investigations.KIND)
matters.register(interventions.KIND)

texts.register(*notes.TEXTS, *reports.TEXTS, *investigations.TEXTS)
