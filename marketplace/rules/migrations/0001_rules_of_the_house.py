"""One row a rule, with no value: what the environment says holds until somebody sets another."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NAMES = (
    "checkout",
    "applications",
    "imports",
    "payout_runs",
    "proposals",
    "refund_approval",
    "minimum_payout",
    "limit_unknown",
    "limit_phone",
    "limit_identity",
    "order_expiry",
    "hold",
    "dispute_window",
    "wallet_rest",
)


def add_rules(apps, schema_editor):
    setting = apps.get_model("rules", "RuleSetting")
    database = schema_editor.connection.alias
    setting.objects.using(database).bulk_create([setting(name=name) for name in NAMES])


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleSetting",
            fields=[
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("checkout", "Buyers may order"),
                            ("applications", "New sellers may apply"),
                            ("imports", "Sellers may import listings"),
                            ("payout_runs", "Payouts are prepared by schedule"),
                            ("proposals", "Buyer and seller may settle a dispute by themselves"),
                            ("refund_approval", "Refund that one person may give"),
                            ("minimum_payout", "Smallest payout"),
                            ("limit_unknown", "Largest order of an unverified buyer"),
                            ("limit_phone", "Largest order with a verified phone"),
                            ("limit_identity", "Largest order with a verified identity"),
                            ("order_expiry", "An unpaid order keeps its stock"),
                            ("hold", "From delivery until the money is the seller's"),
                            ("dispute_window", "From delivery in which a dispute may be opened"),
                            ("wallet_rest", "Nothing is paid to a changed number"),
                        ],
                        max_length=20,
                        primary_key=True,
                        serialize=False,
                        verbose_name="rule",
                    ),
                ),
                ("value", models.BigIntegerField(blank=True, null=True, verbose_name="value")),
                ("set_at", models.DateTimeField(blank=True, null=True, verbose_name="set at")),
                (
                    "set_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="set by",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule",
                "verbose_name_plural": "rules",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "name__in",
                                [
                                    "checkout",
                                    "applications",
                                    "imports",
                                    "payout_runs",
                                    "proposals",
                                    "refund_approval",
                                    "minimum_payout",
                                    "limit_unknown",
                                    "limit_phone",
                                    "limit_identity",
                                    "order_expiry",
                                    "hold",
                                    "dispute_window",
                                    "wallet_rest",
                                ],
                            )
                        ),
                        name="rule_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value", None),
                            models.Q(("set_by__isnull", False), ("value__gte", 0)),
                            _connector="OR",
                        ),
                        name="rule_was_set_by_somebody",
                    ),
                ],
            },
        ),
        migrations.RunPython(add_rules, migrations.RunPython.noop),
    ]
