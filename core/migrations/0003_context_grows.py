"""The context of changes (who, where) may be added to while a request goes on, and no more."""

from django.db import migrations

GUARD = """
CREATE FUNCTION core_context_grows() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.id := OLD.id;
    NEW.created_at := OLD.created_at;
    -- What has been said stands; what was not known yet (null) may be filled in.
    NEW.metadata := NEW.metadata || jsonb_strip_nulls(OLD.metadata);
    RETURN NEW;
END;
$$;
CREATE TRIGGER core_context_grows BEFORE UPDATE ON pghistory_context
    FOR EACH ROW EXECUTE FUNCTION core_context_grows();

CREATE FUNCTION core_context_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are added and never removed', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END;
$$;
CREATE TRIGGER core_context_stays BEFORE DELETE OR TRUNCATE ON pghistory_context
    FOR EACH STATEMENT EXECUTE FUNCTION core_context_stays();
"""

OPEN = """
DROP TRIGGER core_context_stays ON pghistory_context;
DROP FUNCTION core_context_stays();
DROP TRIGGER core_context_grows ON pghistory_context;
DROP FUNCTION core_context_grows();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_relations"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [migrations.RunSQL(GUARD, OPEN)]
