"""New tables: why money is held, one row a reason, and what is kept in reserve."""

import django.db.models.deletion
import django.db.models.functions.math
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0003_disputes_hold_earnings"),
        ("sellers", "0002_wallet_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("dispute", "Dispute"),
                            ("risk", "Risk"),
                            ("kyc_expired", "Documents expired"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        blank=True,
                        db_collation="C",
                        db_default="",
                        default="",
                        max_length=20,
                        verbose_name="about",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("opened_at", models.DateTimeField(verbose_name="since")),
                ("opened_by", models.CharField(max_length=120, verbose_name="set by")),
                ("freed_at", models.DateTimeField(blank=True, null=True, verbose_name="freed")),
                (
                    "freed_by",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        max_length=120,
                        verbose_name="freed by",
                    ),
                ),
                (
                    "freed_reason",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        max_length=300,
                        verbose_name="why it was freed",
                    ),
                ),
            ],
            options={
                "verbose_name": "hold",
                "verbose_name_plural": "holds",
            },
        ),
        migrations.CreateModel(
            name="Reserve",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                ("left_minor", models.BigIntegerField(verbose_name="left")),
                ("basis_points", models.PositiveIntegerField(verbose_name="share in basis points")),
                ("release_at", models.DateTimeField(verbose_name="available from")),
                (
                    "released_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="released"),
                ),
            ],
            options={
                "verbose_name": "reserve",
                "verbose_name_plural": "reserves",
            },
        ),
        migrations.AddField(
            model_name="hold",
            name="earning",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holds",
                to="payouts.earning",
            ),
        ),
        migrations.AddField(
            model_name="hold",
            name="seller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sellers.seller"
            ),
        ),
        migrations.AddField(
            model_name="reserve",
            name="earning",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reserve",
                to="payouts.earning",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("freed_at__isnull", True)),
                fields=["seller"],
                name="hold_open_by_seller",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["dispute", "risk", "kyc_expired"])),
                name="hold_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("earning__isnull", False), ("freed_at__isnull", True)),
                fields=("earning", "kind", "subject"),
                name="hold_open_once_per_earning",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("earning__isnull", True), ("freed_at__isnull", True)),
                fields=("seller", "kind"),
                name="hold_open_once_per_seller",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "dispute"), _negated=True),
                    ("earning__isnull", False),
                    _connector="OR",
                ),
                name="hold_of_dispute_is_of_an_earning",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "kyc_expired"), _negated=True),
                    ("earning__isnull", True),
                    _connector="OR",
                ),
                name="hold_of_documents_is_of_a_seller",
            ),
        ),
        migrations.AddIndex(
            model_name="reserve",
            index=models.Index(
                condition=models.Q(("released_at__isnull", True)),
                fields=["release_at"],
                name="reserve_to_release",
            ),
        ),
        migrations.AddConstraint(
            model_name="reserve",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="reserve_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="reserve",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(
                    django.db.models.functions.math.Mod(
                        models.F("amount_minor"), models.Value(100)
                    ),
                    models.Value(0),
                ),
                name="reserve_whole_shillings",
            ),
        ),
        migrations.AddConstraint(
            model_name="reserve",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("left_minor__gte", 0), ("left_minor__lte", models.F("amount_minor"))
                ),
                name="reserve_left_within_amount",
            ),
        ),
    ]
