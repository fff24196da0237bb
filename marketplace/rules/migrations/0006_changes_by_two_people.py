"""What one administrator asks for and another decides, where a rule touches money."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import marketplace.shared.fields
import marketplace.shared.ids


class Migration(migrations.Migration):
    dependencies = [
        ("rules", "0005_add_the_time_to_appeal"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleRequest",
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
                        default=marketplace.shared.fields.Reference("RCH"),
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("value_before", models.BigIntegerField(verbose_name="value before")),
                ("value_after", models.BigIntegerField(verbose_name="value afterwards")),
                ("to_usual", models.BooleanField(default=False, verbose_name="back to the usual")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "Waits for a second person"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
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
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="rules.rulesetting",
                        verbose_name="rule",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule change",
                "verbose_name_plural": "rule changes",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["requested", "approved", "rejected", "withdrawn"])
                        ),
                        name="rule_request_status_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "requested")),
                        fields=("rule",),
                        name="rule_request_waits_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="rule_request_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "requested"),
                            ("status", "withdrawn"),
                            models.Q(
                                ("decided_by__isnull", False),
                                ("decided_at__isnull", False),
                                models.Q(("decided_by", models.F("requested_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rule_request_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value_after__gte", 0),
                            ("value_before__gte", 0),
                            models.Q(("value_after", models.F("value_before")), _negated=True),
                        ),
                        name="rule_request_changes_something",
                    ),
                ],
            },
        ),
    ]
