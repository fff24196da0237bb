"""The queue of requests about sellers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0011_duty_of_rules"),
        ("sellers", "0004_standing_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="StandingQueue",
            fields=[],
            options={
                "verbose_name": "request about a seller to decide",
                "verbose_name_plural": "requests about sellers to decide",
                "proxy": True,
                "default_permissions": ("view",),
                "indexes": [],
                "constraints": [],
            },
            bases=("sellers.standingrequest",),
        ),
    ]
