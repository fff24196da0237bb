"""Suggested matches; the score of a match; exceptions for what a provider reversed.

New tables, and columns with defaults of the database: the locks on old tables are brief. The widened
constraint is not checked against old rows here; 0003 does that beside the traffic.
"""

import django.contrib.postgres.operations
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import marketplace.shared.fields
import marketplace.shared.ids


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Suggestion",
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
                        default=marketplace.shared.fields.Reference("SUG"),
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("provider", models.CharField(max_length=10, verbose_name="provider")),
                ("fingerprint", models.CharField(max_length=64, unique=True)),
                ("rule", models.CharField(max_length=40, verbose_name="rule")),
                ("score", models.PositiveSmallIntegerField(verbose_name="score")),
                ("explanation", models.CharField(max_length=300, verbose_name="explanation")),
                (
                    "is_ambiguous",
                    models.BooleanField(db_default=False, default=False, verbose_name="ambiguous"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "Suggested"),
                            ("confirmed", "Confirmed"),
                            ("rejected", "Rejected"),
                            ("superseded", "Superseded"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("suggested_at", models.DateTimeField(verbose_name="suggested")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["proposed", "confirmed", "rejected", "superseded"])
                        ),
                        name="suggestion_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score__lte", 100)), name="suggestion_score_is_percent"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["status", "suggested_at"], name="suggestion_queue"),
                ],
                "verbose_name": "suggested match",
                "verbose_name_plural": "suggested matches",
            },
        ),
        migrations.CreateModel(
            name="SuggestionLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suggestions",
                        to="reconciliation.statementline",
                    ),
                ),
                (
                    "suggestion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="reconciliation.suggestion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("suggestion", "line"), name="suggestion_line_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SuggestionTarget",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "target_kind",
                    models.CharField(
                        choices=[
                            ("attempt", "Payment"),
                            ("refund", "Refund"),
                            ("payout", "Payout"),
                            ("fee", "Provider fee"),
                            ("sweep", "Transfer to the bank"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "target_reference",
                    models.CharField(db_collation="C", max_length=40, verbose_name="ours"),
                ),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                ("settled_at", models.DateTimeField(verbose_name="settled")),
                ("is_held", models.BooleanField(db_default=False, default=False)),
                (
                    "suggestion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="reconciliation.suggestion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("target_kind__in", ["attempt", "refund", "payout", "fee", "sweep"])
                        ),
                        name="suggestion_target_known",
                    ),
                    models.UniqueConstraint(
                        fields=("suggestion", "target_kind", "target_reference"),
                        name="suggestion_target_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_held", True)),
                        fields=("target_kind", "target_reference"),
                        name="suggestion_target_held_once",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["target_reference"], name="suggestion_by_target"),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="reconciliationexception",
            name="exception_kind_known",
        ),
        migrations.AddField(
            model_name="match",
            name="score",
            field=models.SmallIntegerField(db_default=100, default=100, verbose_name="score"),
        ),
        migrations.AlterField(
            model_name="reconciliationexception",
            name="kind",
            field=models.CharField(
                choices=[
                    ("missing_in_books", "Missing in our books"),
                    ("missing_in_statement", "Missing in the statement"),
                    ("amount_differs", "Amount differs"),
                    ("duplicate", "Duplicate"),
                    ("fee_unexpected", "Unexpected fee"),
                    ("reversed", "Reversed by the provider"),
                    ("unknown", "Unknown kind of line"),
                ],
                max_length=22,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="reconciliationexception",
            name="resolution",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_action", "Explained, nothing to book"),
                    ("to_suspense", "Book the receipt to suspense"),
                    ("as_fee", "Book as a provider fee"),
                    ("write_off", "Write the difference off"),
                    ("arrived_later", "Arrived in a later statement"),
                    ("matched", "A suggested match was confirmed"),
                ],
                max_length=16,
                verbose_name="resolution",
            ),
        ),
        django.contrib.postgres.operations.AddConstraintNotValid(
            model_name="reconciliationexception",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "missing_in_books",
                            "missing_in_statement",
                            "amount_differs",
                            "duplicate",
                            "fee_unexpected",
                            "reversed",
                            "unknown",
                        ],
                    )
                ),
                name="exception_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="match",
            name="suggestion",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="matches",
                to="reconciliation.suggestion",
            ),
        ),
    ]
