"""The queue of rule changes that two people make."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0018_names_of_queues"),
        ("rules", "0006_changes_by_two_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleQueue",
            fields=[],
            options={
                "verbose_name": "rule change to decide",
                "verbose_name_plural": "rule changes to decide",
                "proxy": True,
                "default_permissions": ("view",),
                "indexes": [],
                "constraints": [],
            },
            bases=("rules.rulerequest",),
        ),
    ]
