"""Give protected children the record of their protection, and move individual grants here.

Grants of reading were object permissions of django-guardian, without days. Each becomes a grant
from the day it was given (as the trail tells) until thirty days after this migration; the tables
left behind hold nothing more and are removed with what is known of their migrations, so that
going back to a version with django-guardian makes them anew.
"""

from django.db import migrations

PROTECT = """
INSERT INTO cases_identityprotection
    (child_id, kind, source, authority, from_on, registered_at, end_reason)
SELECT p.id, p.protected_identity, 'earlier', '',
       (p.created_at AT TIME ZONE 'Europe/Stockholm')::date, p.created_at, ''
FROM cases_person p
WHERE p.protected_identity <> 'none'
"""

GRANTS = """
INSERT INTO cases_readinggrant
    (reader_id, unit_id, report_id, investigation_id, purpose, reason, with_whereabouts,
     from_on, until_on, granted_by_id, granted_at)
SELECT g.user_id, coalesce(r.unit_id, i.unit_id), r.id, i.id, 'stated_need',
       coalesce(nullif(t.reason, ''), '-'), false,
       coalesce((t.at AT TIME ZONE 'Europe/Stockholm')::date, current_date), current_date + 30,
       t.actor_id, coalesce(t.at, now())
FROM guardian_userobjectpermission g
JOIN django_content_type c ON c.id = g.content_type_id AND c.app_label = 'cases'
LEFT JOIN cases_report r ON c.model = 'report' AND r.id::text = g.object_pk
LEFT JOIN cases_investigation i ON c.model = 'investigation' AND i.id::text = g.object_pk
LEFT JOIN LATERAL (
    SELECT e.at, e.reason, e.actor_id FROM core_trailentry e
    WHERE e.action = 'access.granted' AND e.target_type = c.model
      AND e.targets = ARRAY[coalesce(r.id, i.id)] AND (e.details->>'reader')::bigint = g.user_id
    ORDER BY e.at DESC LIMIT 1
) t ON true
WHERE r.id IS NOT NULL OR i.id IS NOT NULL
"""


def forwards(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(PROTECT)
        cursor.execute("SELECT to_regclass('guardian_userobjectpermission')")
        if cursor.fetchone()[0] is None:
            return
        cursor.execute(GRANTS)
        cursor.execute(
            "DROP TABLE IF EXISTS guardian_userobjectpermission, guardian_groupobjectpermission"
        )
        cursor.execute("DELETE FROM django_migrations WHERE app = 'guardian'")


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_access"), ("core", "0003_chain")]

    # The tables these rows stand in go with the migration before.
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
