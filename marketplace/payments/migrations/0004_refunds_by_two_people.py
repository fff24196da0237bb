"""Refunds by pieces, proposed and decided by two people, settled by hand with evidence. Step 1 of 2:
the new checks are NOT VALID, so that no lock outlasts the statement; 0005 validates them."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import marketplace.shared.ids
import marketplace.shared.storage


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0001_initial"),
        ("payments", "0003_refund_sent_at"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RefundEvidence",
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
                    "paid_from",
                    models.CharField(
                        choices=[
                            ("wallet", "The provider's wallet (its portal)"),
                            ("bank", "Our bank account"),
                        ],
                        max_length=10,
                        verbose_name="paid from",
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        max_length=200,
                        storage=marketplace.shared.storage.private_storage,
                        upload_to="refunds/%Y/%m/",
                        verbose_name="file",
                    ),
                ),
                ("original_name", models.CharField(max_length=200, verbose_name="file name")),
                ("content_type", models.CharField(max_length=80)),
                ("size_bytes", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded")),
            ],
            options={
                "verbose_name": "evidence of a refund",
                "verbose_name_plural": "evidence of refunds",
            },
        ),
        migrations.CreateModel(
            name="RefundLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("quantity", models.PositiveIntegerField(verbose_name="pieces")),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="refund",
            name="refund_status_known",
        ),
        migrations.AddField(
            model_name="refund",
            name="channel",
            field=models.CharField(
                choices=[
                    ("reversal", "Reversal of the payment"),
                    ("payout", "Payout to the wallet that paid"),
                    ("manual", "By hand, outside the system"),
                ],
                db_default="reversal",
                default="reversal",
                max_length=10,
                verbose_name="channel",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="decided_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="decided"),
        ),
        migrations.AddField(
            model_name="refund",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="decision_reason",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=300,
                verbose_name="reason of the decision",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="settled_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="settled by",
            ),
        ),
        migrations.AddField(
            model_name="refundpart",
            name="shipping_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="refund",
            name="reason",
            field=models.CharField(
                choices=[
                    ("late_payment", "Paid after the order expired or was cancelled"),
                    ("duplicate_payment", "Paid twice"),
                    ("order_cancelled", "Order cancelled"),
                    ("dispute", "Dispute resolved for the buyer"),
                    ("returned", "Goods came back"),
                    ("price_adjusted", "Price adjusted"),
                    ("not_delivered", "Not delivered"),
                ],
                max_length=20,
                verbose_name="reason",
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="status",
            field=models.CharField(
                choices=[
                    ("proposed", "Waits for approval"),
                    ("requested", "Requested"),
                    ("sent", "Sent"),
                    ("unknown", "Unknown"),
                    ("succeeded", "Succeeded"),
                    ("failed", "Failed"),
                    ("rejected", "Rejected"),
                ],
                default="proposed",
                max_length=10,
                verbose_name="status",
            ),
        ),
        AddConstraintNotValid(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "proposed",
                            "requested",
                            "sent",
                            "unknown",
                            "succeeded",
                            "failed",
                            "rejected",
                        ],
                    )
                ),
                name="refund_status_known",
            ),
        ),
        AddConstraintNotValid(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    ("requested_by", None),
                    models.Q(("decided_by", models.F("requested_by")), _negated=True),
                    _connector="OR",
                ),
                name="refund_decided_by_another",
            ),
        ),
        AddConstraintNotValid(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_by", None),
                    ("requested_by", None),
                    models.Q(("settled_by", models.F("requested_by")), _negated=True),
                    _connector="OR",
                ),
                name="refund_settled_by_another",
            ),
        ),
        migrations.AddField(
            model_name="refundevidence",
            name="refund",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="payments.refund",
            ),
        ),
        migrations.AddField(
            model_name="refundline",
            name="order_line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.orderline"
            ),
        ),
        migrations.AddField(
            model_name="refundline",
            name="part",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="payments.refundpart",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundevidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("paid_from__in", ["wallet", "bank"])),
                name="refund_paid_from_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0), ("amount_minor__gt", 0)),
                name="refund_line_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundline",
            constraint=models.UniqueConstraint(
                fields=("part", "order_line"), name="refund_line_once"
            ),
        ),
    ]
