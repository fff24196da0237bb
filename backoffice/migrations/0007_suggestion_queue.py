from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0006_duties_of_payments"),
        ("reconciliation", "0008_exceptions_by_assignee"),
    ]

    operations = [
        migrations.CreateModel(
            name="SuggestionQueue",
            fields=[],
            options={
                "verbose_name": "match to judge",
                "verbose_name_plural": "matches to judge",
                "proxy": True,
                "default_permissions": ("view",),
                "indexes": [],
                "constraints": [],
            },
            bases=("reconciliation.suggestion",),
        ),
    ]
