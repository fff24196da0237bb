"""The queue of role requests."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_role_requests"),
        ("backoffice", "0009_queues_of_shipments_and_papers"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoleQueue",
            fields=[],
            options={
                "verbose_name": "role request to decide",
                "verbose_name_plural": "role requests to decide",
                "proxy": True,
                "default_permissions": ("view",),
                "indexes": [],
                "constraints": [],
            },
            bases=("accounts.rolerequest",),
        ),
    ]
