"""Sweeps that somebody wants at once, and an index of what failed and is tried again.

The column is added empty; the index is built and dropped beside the traffic.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Index, Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shared", "0003_events_by_time")]

    operations = [
        migrations.AlterModelOptions(
            name="heartbeat",
            options={"verbose_name": "schedule", "verbose_name_plural": "schedules"},
        ),
        migrations.AddField("heartbeat", "asked_at", models.DateTimeField(null=True)),
        AddIndexConcurrently(
            "delivery",
            Index(
                fields=["next_attempt_at"],
                condition=Q(("status", "pending"), ~Q(last_error="")),
                name="delivery_failing",
            ),
        ),
    ]
