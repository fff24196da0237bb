"""Where a watched folder holds a statement's file. The default is the database's: the lock is brief."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0004_temporary_tables")]
    operations = [
        migrations.AddField(
            "statement",
            "dropped_as",
            models.CharField(blank=True, db_default="", default="", max_length=300),
        )
    ]
