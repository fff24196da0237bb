"""Switches, limits, fees and tallies of providers. A message may be forged now: NOT VALID, so that no
lock outlasts the statement; 0008 validates."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.math
import django.db.models.lookups
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0005_validate_refunds_by_two_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FeeBand",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("payment", "Payment"),
                            ("refund", "Refund"),
                            ("payout", "Payout"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("from_minor", models.BigIntegerField(verbose_name="from")),
                ("fixed_minor", models.BigIntegerField(default=0, verbose_name="fixed fee")),
                (
                    "rate_bp",
                    models.PositiveIntegerField(default=0, verbose_name="rate (basis points)"),
                ),
            ],
            options={
                "verbose_name": "fee band",
                "verbose_name_plural": "fee bands",
            },
        ),
        migrations.CreateModel(
            name="ProviderLimit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
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
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("min_minor", models.BigIntegerField(verbose_name="least per payment")),
                ("max_minor", models.BigIntegerField(verbose_name="most per payment")),
                (
                    "wallet_daily_minor",
                    models.BigIntegerField(
                        blank=True, null=True, verbose_name="most per wallet a day"
                    ),
                ),
            ],
            options={
                "verbose_name": "provider limit",
                "verbose_name_plural": "provider limits",
            },
        ),
        migrations.CreateModel(
            name="ProviderSwitch",
            fields=[
                (
                    "provider",
                    models.CharField(
                        choices=[
                            ("mpesa", "M-Pesa"),
                            ("mixx", "Mixx by Yas"),
                            ("airtel", "Airtel Money"),
                        ],
                        max_length=10,
                        primary_key=True,
                        serialize=False,
                        verbose_name="provider",
                    ),
                ),
                (
                    "is_paused",
                    models.BooleanField(db_default=False, default=False, verbose_name="paused"),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("changed_at", models.DateTimeField(blank=True, null=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "provider",
                "verbose_name_plural": "providers",
            },
        ),
        migrations.CreateModel(
            name="ProviderTally",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "provider",
                    models.CharField(
                        choices=[
                            ("mpesa", "M-Pesa"),
                            ("mixx", "Mixx by Yas"),
                            ("airtel", "Airtel Money"),
                        ],
                        max_length=10,
                    ),
                ),
                ("begins_at", models.DateTimeField()),
                ("calls", models.IntegerField(default=0)),
                ("unavailable", models.IntegerField(default=0)),
                ("uncertain", models.IntegerField(default=0)),
                ("succeeded", models.IntegerField(default=0)),
                ("failed", models.IntegerField(default=0)),
                (
                    "took",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=None
                    ),
                ),
            ],
            options={
                "verbose_name": "provider tally",
                "verbose_name_plural": "provider tallies",
            },
        ),
        migrations.RemoveConstraint(
            model_name="inboxmessage",
            name="inbox_message_status_known",
        ),
        migrations.AddField(
            model_name="attempt",
            name="asked_minor",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="asked for"),
        ),
        migrations.AddField(
            model_name="attempt",
            name="surplus_minor",
            field=models.BigIntegerField(db_default=0, default=0, verbose_name="surplus"),
        ),
        migrations.AddField(
            model_name="providerstatus",
            name="failures_in_row",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="inboxmessage",
            name="status",
            field=models.CharField(
                choices=[
                    ("received", "Received"),
                    ("processed", "Processed"),
                    ("malformed", "Malformed"),
                    ("unmatched", "Unmatched"),
                    ("forged", "Forged"),
                ],
                default="received",
                max_length=10,
                verbose_name="status",
            ),
        ),
        AddConstraintNotValid(
            model_name="inboxmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["received", "processed", "malformed", "unmatched", "forged"])
                ),
                name="inbox_message_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="feeband",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["payment", "refund", "payout"])),
                name="fee_band_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="feeband",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_minor__gte", 0), ("fixed_minor__gte", 0)),
                name="fee_band_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="feeband",
            constraint=models.UniqueConstraint(
                fields=("provider", "kind", "valid_from", "from_minor"), name="fee_band_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="providerlimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("min_minor__gt", 0)), name="provider_limit_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="providerlimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("max_minor__gte", models.F("min_minor"))),
                name="provider_limit_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="providerlimit",
            constraint=models.UniqueConstraint(
                fields=("provider", "valid_from"), name="provider_limit_once"
            ),
        ),
        migrations.AddField(
            model_name="providerswitch",
            name="changed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="providertally",
            constraint=models.UniqueConstraint(
                fields=("provider", "begins_at"), name="provider_tally_once"
            ),
        ),
    ]
