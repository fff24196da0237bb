"""Reports that order themselves, and who gets them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import marketplace.shared.fields
import marketplace.shared.ids

FORMATS = [("csv", "CSV"), ("xlsx", "Excel (XLSX)"), ("pdf", "PDF")]
CADENCES = [("daily", "Every day"), ("weekly", "Every week"), ("monthly", "Every month")]
STATES = [("active", "Active"), ("paused", "Paused"), ("deleted", "Deleted")]


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_rows_checksum"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportSchedule",
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
                        default=marketplace.shared.fields.Reference("RSC"),
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("report", models.CharField(max_length=40, verbose_name="report")),
                ("parameters", models.JSONField(default=dict, verbose_name="parameters")),
                ("format", models.CharField(choices=FORMATS, max_length=4, verbose_name="format")),
                (
                    "cadence",
                    models.CharField(choices=CADENCES, max_length=8, verbose_name="how often"),
                ),
                ("day", models.PositiveSmallIntegerField(default=1, verbose_name="day")),
                ("hour", models.PositiveSmallIntegerField(verbose_name="hour")),
                (
                    "status",
                    models.CharField(
                        choices=STATES, default="active", max_length=8, verbose_name="status"
                    ),
                ),
                ("next_at", models.DateTimeField(verbose_name="next")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
            ],
            options={
                "verbose_name": "report schedule",
                "verbose_name_plural": "report schedules",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "active")),
                        fields=["next_at"],
                        name="report_schedule_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "paused", "deleted"])),
                        name="report_schedule_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cadence__in", ["daily", "weekly", "monthly"])),
                        name="report_schedule_cadence_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hour__lt", 24)), name="report_schedule_hour_of_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("day__gte", 1),
                            models.Q(
                                models.Q(("cadence", "monthly"), ("day__lte", 31)),
                                ("day__lte", 7),
                                _connector="OR",
                            ),
                        ),
                        name="report_schedule_day_exists",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScheduleRecipient",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "schedule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="reports.reportschedule",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "recipient",
                "verbose_name_plural": "recipients",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("schedule", "user"), name="schedule_recipient_once"
                    )
                ],
            },
        ),
    ]
