"""The application may make temporary tables: statements are reconciled in them. Locks nothing."""

from django.db import migrations

GRANT = """
DO $$ BEGIN
    IF to_regrole('zetutech_app') IS NOT NULL THEN
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO zetutech_app', current_database());
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0003_by_target")]
    # Restoring the old rights would take them from whoever else was given them.
    operations = [migrations.RunSQL(GRANT, reverse_sql=migrations.RunSQL.noop)]
