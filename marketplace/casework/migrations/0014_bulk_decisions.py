"""Decisions about many rows, made in the background: two new tables."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import marketplace.shared.fields
import marketplace.shared.ids


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0013_validate_time_of_appeals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=marketplace.shared.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        db_collation="C",
                        default=marketplace.shared.fields.Reference("BLK"),
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("action", models.CharField(max_length=40, verbose_name="decision")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Chosen, not begun"),
                            ("running", "Running"),
                            ("finished", "Finished"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("filters", models.CharField(blank=True, max_length=500)),
                ("answers", models.JSONField(default=dict)),
                ("trial", models.JSONField(default=dict)),
                ("total", models.PositiveIntegerField(verbose_name="rows")),
                ("sum_minor", models.BigIntegerField(null=True)),
                ("done", models.PositiveIntegerField(default=0, verbose_name="done")),
                ("refused", models.PositiveIntegerField(default=0, verbose_name="refused")),
                ("failed", models.PositiveIntegerField(default=0, verbose_name="failed")),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="requested by",
                    ),
                ),
            ],
            options={
                "verbose_name": "bulk decision",
                "verbose_name_plural": "bulk decisions",
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("thing_id", models.CharField(max_length=64)),
                ("label", models.CharField(max_length=64)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("done", "Done"),
                            ("refused", "Refused"),
                            ("failed", "Failed"),
                            ("skipped", "Left out"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                ("said", models.CharField(blank=True, max_length=300)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="casework.bulkrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "row of a bulk decision",
                "verbose_name_plural": "rows of bulk decisions",
            },
        ),
        migrations.AddIndex(
            model_name="bulkrun",
            index=models.Index(
                condition=models.Q(("seen_at", None), ("status", "finished")),
                fields=["requested_by"],
                name="bulk_run_unseen",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["draft", "running", "finished", "cancelled"])),
                name="bulk_run_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at", None), ("status__in", ["draft", "running"])),
                    models.Q(
                        ("status__in", ["finished", "cancelled"]), ("finished_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="bulk_run_finished_when_over",
            ),
        ),
        migrations.AddIndex(
            model_name="bulkrow",
            index=models.Index(fields=["run", "outcome", "id"], name="bulk_row_by_outcome"),
        ),
        migrations.AddConstraint(
            model_name="bulkrow",
            constraint=models.UniqueConstraint(
                fields=("run", "thing_id"), name="bulk_row_once_per_run"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["waiting", "done", "refused", "failed", "skipped"])
                ),
                name="bulk_row_outcome_known",
            ),
        ),
    ]
