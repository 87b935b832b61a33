"""Rows as they were, and tables that only grow: triggers that record and guard.

Belongs here: what the database does by itself, whoever writes to it. What a service tells of an
act is `core.trail`.
"""

from typing import Any

import pghistory
import pgtrigger
from pgtrigger import compiler


class GuardSql(compiler.UpsertTriggerSql):
    """A trigger that no session can switch off for itself.

    django-pgtrigger's own are passed over while the setting `pgtrigger.ignore` names them, and any
    role may set that. Migrations refer to this class: its template never changes.
    """

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS TRIGGER
            LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$;
            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE TRIGGER {pgid} {when} {operation} ON {table}
                FOR EACH {level} EXECUTE FUNCTION {execute};
            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class Guard(pgtrigger.Trigger):
    """A trigger of ours, without the way round that django-pgtrigger gives its own."""

    def compile(self, model: Any) -> compiler.Trigger:
        return compiler.Trigger(
            name=self.name,
            sql=GuardSql(
                pgid=self.get_pgid(model),
                declare=self.render_declare(model),
                func=self.render_func(model),
                table=model._meta.db_table,
                when=self.when,
                operation=self.operation,
                level=self.level,
            ),
        )


class AppendOnly(Guard):
    """Refuse UPDATE, DELETE and TRUNCATE of the table, even of no rows."""

    name = "only_grows"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate
    level = pgtrigger.Statement
    func = (
        "RAISE EXCEPTION 'rows of % are added and never changed or removed', TG_TABLE_NAME"
        " USING ERRCODE = 'insufficient_privilege';"
    )


def tracked(*, exclude: list[str] | None = None) -> Any:
    """Keep the row as it was before each change or deletion, whoever makes it.

    Triggers do it, so bulk changes and direct SQL are caught too. Insertion needs no event: the
    oldest event, or the row itself, is what was first written. What is kept only grows.
    """
    return pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old),
        pghistory.DeleteEvent(),
        exclude=exclude,
        meta={"triggers": [AppendOnly()]},
    )
