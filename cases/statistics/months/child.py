"""How the child and the guardians took part in a month, and the instruments used."""

from __future__ import annotations

from functools import partial

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import GuardianRelation, Instrument, NoteKind
from cases.investigations.models import InstrumentUse
from cases.journal.models import Note
from cases.persons.models import GuardianParticipation
from cases.statistics.months.counting import Counted, by_code, by_gender, each, within
from cases.statistics.sections import CHILD
from core.calendar import Month, day_start
from core.figures import Figure, Period, figures

_figure = partial(Figure, Period.MONTH, CHILD)


@figures.counts(
    _figure(
        "child.conversations",
        _("Conversations with the child"),
        _("Notes in the month of an occasion at which the child was spoken with."),
    ),
    _figure(
        "child.conversations_alone",
        _("Of those, alone with the child"),
        _("Notes in the month of an occasion at which the child was spoken with alone."),
    ),
    _figure(
        "meetings.sip",
        _("SIP meetings"),
        _("Notes of SIP meetings in the month."),
    ),
)
def occasions(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query."""
    return by_gender(
        Note.objects.filter(
            unit_id=unit_id,
            matter__withdrawn=False,
            happened_at__gte=day_start(month.first),
            happened_at__lt=day_start(month.after.first),
        ),
        "child__gender",
        {
            "child.conversations": Q(child_spoken_with=True),
            "child.conversations_alone": Q(child_alone=True),
            "meetings.sip": Q(kind=NoteKind.SIP_MEETING),
        },
    )


@figures.counts(
    _figure(
        "participation.mothers",
        _("Mothers who took part"),
        _("Occasions in the month at which a mother took part in an investigation."),
    ),
    _figure(
        "participation.fathers",
        _("Fathers who took part"),
        _("Occasions in the month at which a father took part in an investigation."),
    ),
)
def participation(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query."""
    return by_gender(
        GuardianParticipation.objects.filter(
            within("on", month),
            took_part=True,
            investigation__unit_id=unit_id,
            investigation__matter__withdrawn=False,
        ),
        "investigation__child__gender",
        {
            "participation.mothers": Q(guardian__relation=GuardianRelation.MOTHER),
            "participation.fathers": Q(guardian__relation=GuardianRelation.FATHER),
        },
    )


@figures.counts(
    *each(CHILD, "instruments", Instrument.choices, _("Risk instruments used in the month."))
)
def instruments(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query."""
    return by_code(
        InstrumentUse.objects.filter(
            within("used_on", month),
            investigation__unit_id=unit_id,
            investigation__matter__withdrawn=False,
        ),
        "investigation__child__gender",
        F("instrument"),
        "instruments",
        Instrument.values,
    )
