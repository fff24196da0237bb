"""Who has a second step already has an app since then. Few rows: staff only."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_passkeys")]

    operations = [
        migrations.RunSQL(
            "UPDATE accounts_secondfactor SET app_since = confirmed_at"
            " WHERE confirmed_at IS NOT NULL AND app_since IS NULL",
            migrations.RunSQL.noop,
        )
    ]
