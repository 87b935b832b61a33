"""Loading rows by COPY: columns named once, ids given out here, nothing in the schema disabled."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Self

from django.db import connection, models

from cases.models import (
    Communication,
    Deadline,
    DecisionDocument,
    DecisionProposal,
    Escalation,
    Extension,
    Feedback,
    Guardian,
    GuardianParticipation,
    HandlerAssignment,
    IdentityProtection,
    InstrumentUse,
    Intervention,
    InterventionFollowUp,
    Investigation,
    Note,
    Notice,
    NumberSeries,
    OpeningDecision,
    Person,
    ProtectionAssessment,
    Report,
    RiskAssessment,
    SafetyRating,
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
    IdentityProtection,
    Guardian,
    Investigation,
    Report,
    ProtectionAssessment,
    DecisionProposal,
    OpeningDecision,
    Feedback,
    SeriousTalk,
    HandlerAssignment,
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

LOCK = 7_220_011
"""Advisory lock: two loads at once would give out the same ids."""


Rows = dict[type[models.Model], list[tuple[Any, ...]]]
_REQUIRED = object()


class Batch:
    """Rows waiting to be loaded, by model; `add` gives each its id."""

    def __init__(self, first_ids: dict[type[models.Model], int]) -> None:
        self.rows: Rows = {model: [] for model in ORDER}
        self.next_ids = first_ids
        self._columns = {
            model: [
                (f.attname, f.get_default() if f.null or f.has_default() else _REQUIRED)
                for f in model._meta.concrete_fields[1:]
            ]
            for model in ORDER
        }

    def take(self) -> Rows:
        """The rows so far, in the order they can be loaded; the batch is empty after."""
        rows, self.rows = self.rows, {model: [] for model in ORDER}
        return rows

    def new_id(self, model: type[models.Model]) -> int:
        """Reserve an id for a row that others will refer to before it is added."""
        pk = self.next_ids[model]
        self.next_ids[model] = pk + 1
        return pk

    def add(self, model: type[models.Model], pk: int | None = None, /, **values: Any) -> int:
        """Put a row in the batch; what is left out is null or the model's default.

        TypeError for a column the model lacks, or one it cannot do without.
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


def first_ids() -> dict[type[models.Model], int]:
    """The first free id of every table, by the highest id there or ever given out."""
    ids = {}
    with connection.cursor() as cursor:
        for model in ORDER:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(
                f"SELECT greatest(coalesce((SELECT max(id) FROM {table}), 0),"  # noqa: S608
                " coalesce(pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')::regclass), 0))",
                [model._meta.db_table],
            )
            ids[model] = cursor.fetchone()[0] + 1
    return ids


def prepare() -> None:
    """Inside the transaction, before the first batch.

    Foreign keys are checked at the end of each COPY: deferred to the end, millions of pending
    checks would be held in the server's memory.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Loader:
    """Stores batches in a thread of its own, so that one is made while the server stores another.

    The thread has the connection to itself until the block ends; an error there is raised by the
    next call. At most one batch waits.
    """

    def __init__(self) -> None:
        self.loaded = 0
        quote = connection.ops.quote_name
        self._statements = {
            model: f"COPY {quote(model._meta.db_table)}"
            f" ({', '.join(quote(str(f.column)) for f in model._meta.concrete_fields)}) FROM STDIN"
            for model in ORDER
        }
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._stored: Future[int] | None = None

    def __enter__(self) -> Self:
        self._cursor: Any = connection.cursor()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._wait()
        finally:
            self._thread.shutdown()
            self._cursor.close()

    def load(self, waiting: Rows) -> None:
        """COPY the rows, once those before are stored; `loaded` is how many those were."""
        self._wait()
        self._stored = self._thread.submit(self._copy, waiting)

    def _wait(self) -> None:
        if self._stored is not None:
            self.loaded += self._stored.result()
            self._stored = None

    def _copy(self, waiting: Rows) -> int:
        for model, rows in waiting.items():
            if rows:
                with self._cursor.copy(self._statements[model]) as copy:
                    for row in rows:
                        copy.write_row(row)
        return sum(map(len, waiting.values()))


def finish(batch: Batch) -> None:
    """Move the sequences past the ids given out, and let the planner know the sizes."""
    with connection.cursor() as cursor:
        for model, following in batch.next_ids.items():
            if following > 1:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)",
                    [model._meta.db_table, following - 1],
                )
        for model in ORDER:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
