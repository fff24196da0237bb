"""Statements that a provider was asked for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0011_validate_target_kinds")]

    operations = [
        migrations.AddField(
            model_name="statement",
            name="is_fetched",
            field=models.BooleanField(db_default=False, default=False, verbose_name="fetched"),
        ),
    ]
