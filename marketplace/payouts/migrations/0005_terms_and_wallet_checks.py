"""New tables: how sellers are paid, what their tier costs them, and whose their wallets are."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import marketplace.shared.fields

# Tier, share in basis points, days: where every marketplace starts; finance changes them.
FIRST_RULES = """
INSERT INTO payouts_reserverule (tier, basis_points, days)
VALUES ('new', 1000, 30), ('standard', 0, 0), ('watched', 2000, 60)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0004_holds_and_reserves"),
        ("sellers", "0002_wallet_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PayoutTerms",
            fields=[
                (
                    "seller",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="sellers.seller",
                    ),
                ),
                (
                    "tier",
                    models.CharField(
                        choices=[("new", "New"), ("standard", "Standard"), ("watched", "Watched")],
                        default="standard",
                        max_length=10,
                        verbose_name="tier",
                    ),
                ),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("daily", "Daily"),
                            ("weekly", "Weekly"),
                            ("monthly", "Monthly"),
                            ("manual", "By hand"),
                        ],
                        default="weekly",
                        max_length=10,
                        verbose_name="paid",
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField(default=1, verbose_name="weekday")),
                (
                    "month_day",
                    models.PositiveSmallIntegerField(default=1, verbose_name="day of the month"),
                ),
                (
                    "minimum_minor",
                    models.BigIntegerField(blank=True, null=True, verbose_name="minimum"),
                ),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
            ],
            options={
                "verbose_name": "payout terms",
                "verbose_name_plural": "payout terms",
            },
        ),
        migrations.CreateModel(
            name="ReserveRule",
            fields=[
                (
                    "tier",
                    models.CharField(
                        choices=[("new", "New"), ("standard", "Standard"), ("watched", "Watched")],
                        max_length=10,
                        primary_key=True,
                        serialize=False,
                        verbose_name="tier",
                    ),
                ),
                (
                    "basis_points",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MaxValueValidator(5000)],
                        verbose_name="share in basis points",
                    ),
                ),
                (
                    "days",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MaxValueValidator(180)],
                        verbose_name="days",
                    ),
                ),
            ],
            options={
                "verbose_name": "reserve rule",
                "verbose_name_plural": "reserve rules",
            },
        ),
        migrations.CreateModel(
            name="WalletCheck",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("provider", models.CharField(max_length=20, verbose_name="provider")),
                (
                    "msisdn",
                    marketplace.shared.fields.EncryptedTextField(verbose_name="payout number"),
                ),
                (
                    "name",
                    models.CharField(max_length=120, verbose_name="name that the seller gave"),
                ),
                (
                    "holder_name",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="name at the provider"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Not asked yet"),
                            ("matched", "Matches"),
                            ("differs", "Differs"),
                            ("not_available", "Not available"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                        ],
                        default="waiting",
                        max_length=14,
                        verbose_name="status",
                    ),
                ),
                ("is_current", models.BooleanField(default=True)),
                ("opened_at", models.DateTimeField(verbose_name="since")),
                ("asked_at", models.DateTimeField(blank=True, null=True, verbose_name="asked")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
            ],
            options={
                "verbose_name": "wallet check",
                "verbose_name_plural": "wallet checks",
            },
        ),
        migrations.AddConstraint(
            model_name="payoutterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("tier__in", ["new", "standard", "watched"])),
                name="payout_terms_tier_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("frequency__in", ["daily", "weekly", "monthly", "manual"])),
                name="payout_terms_frequency_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("month_day__range", (1, 28)), ("weekday__range", (1, 7))),
                name="payout_terms_day_exists",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minimum_minor__isnull", True), ("minimum_minor__gt", 0), _connector="OR"
                ),
                name="payout_terms_minimum_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="reserverule",
            constraint=models.CheckConstraint(
                condition=models.Q(("tier__in", ["new", "standard", "watched"])),
                name="reserve_rule_tier_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reserverule",
            constraint=models.CheckConstraint(
                condition=models.Q(("basis_points__lte", 5000), ("days__lte", 180)),
                name="reserve_rule_within_bounds",
            ),
        ),
        migrations.AddField(
            model_name="walletcheck",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="walletcheck",
            name="seller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sellers.seller",
                verbose_name="seller",
            ),
        ),
        migrations.AddIndex(
            model_name="walletcheck",
            index=models.Index(
                condition=models.Q(("is_current", True)),
                fields=["status", "id"],
                name="wallet_check_queue",
            ),
        ),
        migrations.AddConstraint(
            model_name="walletcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ["waiting", "matched", "differs", "not_available", "accepted", "refused"],
                    )
                ),
                name="wallet_check_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="walletcheck",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_current", True)),
                fields=("seller",),
                name="wallet_check_one_current_per_seller",
            ),
        ),
        migrations.AddConstraint(
            model_name="walletcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["accepted", "refused"]), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False), models.Q(("reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="wallet_check_decided_by_a_person",
            ),
        ),
        migrations.RunSQL(FIRST_RULES, migrations.RunSQL.noop),
    ]
