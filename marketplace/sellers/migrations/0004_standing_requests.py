"""What one person asks for about a seller and another decides."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import marketplace.shared.fields
import marketplace.shared.ids


class Migration(migrations.Migration):
    dependencies = [
        ("sellers", "0003_found_by_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StandingRequest",
            fields=[
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("decision_reason", models.CharField(blank=True, max_length=300)),
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
                        default=marketplace.shared.fields.Reference("STR"),
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                (
                    "status_before",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("suspended", "Suspended"),
                            ("closed", "Closed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "wanted",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("suspended", "Suspended"),
                            ("closed", "Closed"),
                        ],
                        max_length=10,
                        verbose_name="asked for",
                    ),
                ),
                (
                    "held_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="held until"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "Waits for a second person"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="requested",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="requested by",
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standing_requests",
                        to="sellers.seller",
                    ),
                ),
            ],
            options={
                "verbose_name": "request about a seller",
                "verbose_name_plural": "requests about sellers",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["requested", "approved", "rejected", "withdrawn", "lapsed"],
                            )
                        ),
                        name="standing_request_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("wanted__in", ["active", "suspended", "closed"])),
                        name="standing_request_wanted_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "requested")),
                        fields=("seller",),
                        name="standing_request_waits_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="standing_request_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "requested"),
                            ("status", "withdrawn"),
                            ("status", "lapsed"),
                            models.Q(
                                ("decided_by__isnull", False),
                                ("decided_at__isnull", False),
                                models.Q(("decided_by", models.F("requested_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="standing_request_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("held_until", None), ("wanted", "suspended"), _connector="OR"
                        ),
                        name="standing_request_holds_to_suspend",
                    ),
                ],
            },
        ),
    ]
