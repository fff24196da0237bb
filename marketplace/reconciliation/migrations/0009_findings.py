"""What an explanation is made of, so that it is told in the reader's language. Old rows keep their sentence."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0008_exceptions_by_assignee")]

    operations = [
        migrations.AddField(
            model_name="reconciliationexception",
            name="finding",
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
