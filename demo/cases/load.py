"""Loading rows by COPY: columns named once, ids given out here, nothing in the schema disabled."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, models

from cases.deadlines.models import Deadline, Escalation
from cases.interventions.models import Intervention, InterventionFollowUp
from cases.investigations.models import (
    Communication,
    DecisionDocument,
    Extension,
    InstrumentUse,
    Investigation,
    RiskAssessment,
    SafetyRating,
)
from cases.journal.models import Note
from cases.matters.models import Matter, MatterWorker, NumberSeries
from cases.notices.models import Notice
from cases.persons.models import (
    EarlierNumber,
    Guardian,
    GuardianParticipation,
    IdentityProtection,
    Person,
)
from cases.reports.models import (
    DecisionProposal,
    Feedback,
    OpeningDecision,
    ProtectionAssessment,
    Report,
    SeriousTalk,
)
from core.models import TrailEntry
from organisation.models import Absence, Employment, OrgUnit, RoleAssignment, User

ORDER: tuple[type[models.Model], ...] = (
    OrgUnit,
    User,
    Employment,
    RoleAssignment,
    Absence,
    NumberSeries,
    Person,
    EarlierNumber,
    IdentityProtection,
    Guardian,
    Matter,
    MatterWorker,
    Investigation,
    Report,
    ProtectionAssessment,
    DecisionProposal,
    OpeningDecision,
    Feedback,
    SeriousTalk,
    Extension,
    RiskAssessment,
    InstrumentUse,
    SafetyRating,
    DecisionDocument,
    Communication,
    GuardianParticipation,
    Note,
    Intervention,
    InterventionFollowUp,
    Deadline,
    Escalation,
    Notice,
    TrailEntry,
)
"""Every table that is filled, those referred to first."""

NUMBERED = tuple(model for model in ORDER if not model._meta.pk.is_relation)
"""Those that give out ids; the rows of the others are of a row that has one already."""

LOCK = 7_220_011
"""Advisory lock: two loads at once would give out the same ids."""


Rows = dict[type[models.Model], list[tuple[Any, ...]]]
Ids = dict[str, int]
"""An id for each table of `NUMBERED`, by the model's label."""
_REQUIRED = object()


@dataclass(frozen=True)
class Parcel:
    """Rows as COPY takes them, by the model's label and in the order of `ORDER`.

    `next_ids` is the first id of each table that has not been given out.
    """

    tables: dict[str, bytes]
    next_ids: Ids


def array(*values: int | str) -> str:
    """An array of ids or codes, as COPY takes it."""
    return f"{{{','.join(map(str, values))}}}"


def as_csv(rows: Iterable[tuple[Any, ...]]) -> bytes:
    """Rows as COPY's format csv reads them; null is an empty field."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


class Batch:
    """Rows waiting to be loaded, by model; `add` gives each its id."""

    def __init__(self, first_ids: Ids) -> None:
        self.rows: Rows = {model: [] for model in ORDER}
        self.next_ids = {model: first_ids[model._meta.label] for model in NUMBERED}
        self._columns = {
            model: [
                (f.attname, f.get_default() if f.null or f.has_default() else _REQUIRED)
                for f in model._meta.concrete_fields[1:]
            ]
            for model in ORDER
        }

    def take(self) -> Parcel:
        """The rows so far, ready to be loaded; the batch is empty after."""
        rows, self.rows = self.rows, {model: [] for model in ORDER}
        return Parcel(
            {model._meta.label: as_csv(made) for model, made in rows.items() if made},
            {model._meta.label: following for model, following in self.next_ids.items()},
        )

    def new_id(self, model: type[models.Model]) -> int:
        """Reserve an id for a row that others will refer to before it is added."""
        pk = self.next_ids[model]
        self.next_ids[model] = pk + 1
        return pk

    def add(self, model: type[models.Model], pk: int | None = None, /, **values: Any) -> int:
        """Put a row in the batch; what is left out is null or the model's default.

        A model that gives out no ids is told the row's. TypeError for a column the model lacks, or
        one it cannot do without.
        """
        if pk is None:
            pk = self.new_id(model)
        row = (pk, *[values.pop(name, default) for name, default in self._columns[model]])
        if values or _REQUIRED in row:
            missing = [
                name
                for (name, _default), value in zip(self._columns[model], row[1:], strict=True)
                if value is _REQUIRED
            ]
            raise TypeError(f"{model.__name__}: unknown {list(values)}, missing {missing}")
        self.rows[model].append(row)
        return pk


def first_ids() -> Ids:
    """The first free id of every table of `NUMBERED`, by the highest id there or ever given out."""
    ids = {}
    with connection.cursor() as cursor:
        for model in NUMBERED:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(
                f"SELECT greatest(coalesce((SELECT max(id) FROM {table}), 0),"  # noqa: S608
                " coalesce(pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')::regclass), 0))",
                [model._meta.db_table],
            )
            ids[model._meta.label] = cursor.fetchone()[0] + 1
    return ids


def prepare() -> None:
    """Inside the transaction, before the first batch.

    Foreign keys are checked at the end of each COPY: deferred to the end, millions of pending
    checks would be held in the server's memory.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def copy(parcel: Parcel) -> None:
    """Store the rows."""
    with connection.cursor() as cursor:
        for model in ORDER:
            if rows := parcel.tables.get(model._meta.label):
                with cursor.copy(_statement(model)) as into:
                    into.write(rows)


@cache
def _statement(model: type[models.Model]) -> str:
    """COPY into the model's table. An empty field is null, but in texts that are never null."""
    quote = connection.ops.quote_name
    fields = model._meta.concrete_fields
    columns = ", ".join(quote(str(f.column)) for f in fields)
    texts = ", ".join(
        quote(str(f.column))
        for f in fields
        if isinstance(f, models.CharField | models.TextField) and not f.null
    )
    never_null = f", FORCE_NOT_NULL ({texts})" if texts else ""
    return f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN (FORMAT csv{never_null})"


def finish(next_ids: Ids) -> None:
    """Move the sequences past the ids given out, and let the planner know the sizes."""
    with connection.cursor() as cursor:
        for model in NUMBERED:
            if (following := next_ids[model._meta.label]) > 1:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)",
                    [model._meta.db_table, following - 1],
                )
        for model in ORDER:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
