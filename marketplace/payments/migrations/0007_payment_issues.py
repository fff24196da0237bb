"""Troubles of payments and messages that a person decides about."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.math
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

import marketplace.shared.fields
import marketplace.shared.ids


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0006_provider_control"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentIssue",
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
                        default=marketplace.shared.fields.Reference("ISS"),
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("overpaid", "More arrived than was asked for"),
                            ("underpaid", "Less arrived than was asked for"),
                            ("duplicate", "Paid twice"),
                            ("late", "Paid after the order was off"),
                            ("unknown", "Nobody knows after a day"),
                            ("reversed", "Taken back by the provider"),
                            ("orphan", "Message about a payment that we do not know"),
                            ("doubtful", "Message that contradicts what we know"),
                            ("forged", "Forged message"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("proposed", "Waits for a second person"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "provider",
                    models.CharField(
                        choices=[
                            ("mpesa", "M-Pesa"),
                            ("mixx", "Mixx by Yas"),
                            ("airtel", "Airtel Money"),
                        ],
                        max_length=10,
                        verbose_name="provider",
                    ),
                ),
                (
                    "expected_minor",
                    models.BigIntegerField(blank=True, null=True, verbose_name="expected"),
                ),
                (
                    "arrived_minor",
                    models.BigIntegerField(blank=True, null=True, verbose_name="arrived"),
                ),
                (
                    "receipt",
                    models.CharField(blank=True, max_length=40, verbose_name="provider receipt"),
                ),
                (
                    "note",
                    models.CharField(blank=True, max_length=300, verbose_name="what happened"),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                (
                    "proposed_outcome",
                    models.CharField(
                        blank=True,
                        choices=[("succeeded", "The buyer has paid"), ("failed", "No money moved")],
                        max_length=10,
                        verbose_name="proposed outcome",
                    ),
                ),
                (
                    "proposed_receipt",
                    models.CharField(blank=True, max_length=40, verbose_name="proposed receipt"),
                ),
                ("evidence", models.CharField(blank=True, max_length=500, verbose_name="evidence")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("refunded", "The money goes back"),
                            ("applied", "Applied to an order"),
                            ("confirmed", "Settled by two people"),
                            ("explained", "Explained by later news"),
                            ("noted", "Looked at and closed"),
                        ],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
            ],
            options={
                "verbose_name": "payment issue",
                "verbose_name_plural": "payment issues",
            },
        ),
        migrations.AddField(
            model_name="paymentissue",
            name="attempt",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="issues",
                to="payments.attempt",
            ),
        ),
        migrations.AddField(
            model_name="paymentissue",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="paymentissue",
            name="message",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="issues",
                to="payments.inboxmessage",
            ),
        ),
        migrations.AddField(
            model_name="paymentissue",
            name="proposed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="paymentissue",
            index=models.Index(fields=["status", "opened_at"], name="payment_issue_by_status"),
        ),
        migrations.AddIndex(
            model_name="paymentissue",
            index=models.Index(
                condition=models.Q(("receipt", ""), _negated=True),
                fields=["provider", "receipt"],
                name="payment_issue_by_receipt",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentissue",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["open", "proposed", "closed"])),
                name="payment_issue_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentissue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "overpaid",
                            "underpaid",
                            "duplicate",
                            "late",
                            "unknown",
                            "reversed",
                            "orphan",
                            "doubtful",
                            "forged",
                        ],
                    )
                ),
                name="payment_issue_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentissue",
            constraint=models.UniqueConstraint(
                condition=models.Q(("message", None)),
                fields=("attempt", "kind"),
                name="payment_issue_once_per_attempt",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentissue",
            constraint=models.UniqueConstraint(
                condition=models.Q(("message", None), _negated=True),
                fields=("message",),
                name="payment_issue_once_per_message",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentissue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    ("proposed_by", None),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="payment_issue_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentissue",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "closed"), ("decision", ""), _connector="XOR"),
                name="payment_issue_closed_by_decision",
            ),
        ),
    ]
