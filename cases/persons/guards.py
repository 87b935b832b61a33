"""What the database itself holds of the child a row is about: only a merging moves it."""

from __future__ import annotations

import pgtrigger

from core.history import Guard


def _by_merging(column: str) -> str:
    """Whether the row goes from one record of a child to the one it was merged into, or back."""
    return (
        "EXISTS (SELECT FROM cases_personmerge m WHERE"
        f" (m.undone_at IS NULL AND m.gone_id = OLD.{column} AND m.kept_id = NEW.{column})"
        f" OR (m.undone_at IS NOT NULL AND m.kept_id = OLD.{column} AND m.gone_id = NEW.{column}))"
    )


def moved_only(*columns: str) -> Guard:
    """Refuse to change a row, but for the children it names, by a merging of records."""
    without = "".join(f" - '{column}'" for column in columns)
    moved = " AND ".join(
        f"(OLD.{column} IS NOT DISTINCT FROM NEW.{column} OR {_by_merging(column)})"
        for column in columns
    )
    return Guard(
        name="only_moved",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=(
            f"IF to_jsonb(OLD){without} IS DISTINCT FROM to_jsonb(NEW){without}"
            f" OR OLD IS NOT DISTINCT FROM NEW OR NOT ({moved})"
            " THEN RAISE EXCEPTION 'rows of % are added and never changed or removed',"
            " TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NEW;"
        ),
    )


class NeverRemoved(Guard):
    """Refuse DELETE and TRUNCATE of the table, even of no rows."""

    name = "never_removed"
    when = pgtrigger.Before
    operation = pgtrigger.Delete | pgtrigger.Truncate
    level = pgtrigger.Statement
    func = (
        "RAISE EXCEPTION 'rows of % are added and never changed or removed', TG_TABLE_NAME"
        " USING ERRCODE = 'insufficient_privilege';"
    )
