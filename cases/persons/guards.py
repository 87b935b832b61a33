"""What the database itself holds of the child a row is about: only a merging moves it."""

from __future__ import annotations

import pgtrigger

from core.history import Guard

BY_MERGING = (
    "EXISTS (SELECT FROM cases_personmerge m WHERE"
    " (m.undone_at IS NULL AND m.gone_id = OLD.child_id AND m.kept_id = NEW.child_id)"
    " OR (m.undone_at IS NOT NULL AND m.kept_id = OLD.child_id AND m.gone_id = NEW.child_id))"
)
"""Whether the row goes from one record of a child to the one it was merged into, or back."""


class MovedOnly(Guard):
    """Refuse to change a row, but for the child it is about, by a merging of records."""

    name = "only_moved"
    when = pgtrigger.Before
    operation = pgtrigger.Update
    func = (
        "IF to_jsonb(OLD) - 'child_id' IS DISTINCT FROM to_jsonb(NEW) - 'child_id'"
        f" OR NOT {BY_MERGING}"
        " THEN RAISE EXCEPTION 'rows of % are added and never changed or removed', TG_TABLE_NAME"
        " USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NEW;"
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


class ChildKept(Guard):
    """Refuse to change the child of a signed row, but by a merging of records."""

    name = "signed_child_is_kept"
    when = pgtrigger.Before
    operation = pgtrigger.Update
    func = (
        "IF OLD.signed_at IS NOT NULL AND OLD.child_id IS DISTINCT FROM NEW.child_id"
        f" AND NOT {BY_MERGING}"
        " THEN RAISE EXCEPTION 'signed rows of % are not changed', TG_TABLE_NAME"
        " USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NEW;"
    )
