"""What buyers did, on its way to the services that are told."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0003_index_of_the_few"),
    ]

    operations = [
        migrations.CreateModel(
            name="ForwardBatch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("destination", models.CharField(max_length=12)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("taken", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["destination", "-id"], name="forward_batch_latest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("destination",),
                        name="forward_batch_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ForwardCursor",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("last_event_id", models.UUIDField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="forward_cursor_is_one_row"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ForwardedDeed",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("destination", models.CharField(max_length=12)),
                ("deed_id", models.UUIDField()),
                ("name", models.CharField(max_length=24)),
                ("buyer_id", models.UUIDField()),
                ("properties", models.JSONField()),
                ("happened_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("refused", "Refused"),
                            ("withheld", "Withheld"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("failure", models.CharField(blank=True, default="", max_length=300)),
                (
                    "batch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deeds",
                        to="analytics.forwardbatch",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("batch", None), ("status", "waiting")),
                        fields=["destination", "id"],
                        name="forwarded_deed_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("status", "waiting")),
                        fields=["buyer_id"],
                        name="forwarded_deed_of_buyer",
                    ),
                    models.Index(
                        condition=models.Q(("status", "refused")),
                        fields=["destination", "-id"],
                        name="forwarded_deed_refused",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("destination", "deed_id"),
                        name="forwarded_deed_once_per_destination",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["waiting", "sent", "refused", "withheld"])
                        ),
                        name="forwarded_deed_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "sent"), _negated=True),
                            ("batch__isnull", False),
                            _connector="OR",
                        ),
                        name="forwarded_deed_sent_in_a_batch",
                    ),
                ],
            },
        ),
    ]
