"""Step 1 of 2: a line may stand for money from our bank. NOT VALID skips old rows; 0014 validates."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

KINDS = [
    ("attempt", "Payment"),
    ("refund", "Refund"),
    ("payout", "Payout"),
    ("returned", "Payout that came back"),
    ("top_up", "Top-up from the bank"),
    ("fee", "Provider fee"),
    ("sweep", "Transfer to the bank"),
]
LINES = [
    ("payment", "Payment"),
    ("refund", "Refund"),
    ("payout", "Payout"),
    ("fee", "Provider fee"),
    ("sweep", "Transfer to the bank"),
    ("top_up", "Top-up from the bank"),
    ("return", "Payout that came back"),
    ("other", "Another kind"),
]
RULES = [
    ("charge", "Charge for a movement"),
    ("sweep", "Transfer to the bank"),
    ("receipt", "Same receipt"),
    ("reference", "Our reference"),
    ("top_up", "Top-up of this amount at that time"),
    ("linked_receipt", "Receipt of the payment given back"),
    ("amount_wallet_time", "Amount, wallet and time"),
    ("receipt_without_zeros", "Receipt without its zeros"),
    ("sum_of_reference", "Lines of one reference"),
    ("sum_of_movements", "One line, several movements"),
    ("sum_of_lines", "Several lines, one movement"),
    ("sum_of_both", "Several lines, several movements"),
]
KNOWN = models.Q(target_kind__in=[kind for kind, _label in KINDS])


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0012_fetched_statements"), ("payouts", "0010_top_ups")]
    operations = [
        migrations.RemoveConstraint(model_name="match", name="match_target_known"),
        migrations.RemoveConstraint(model_name="suggestiontarget", name="suggestion_target_known"),
        migrations.AlterField(
            model_name="match",
            name="target_kind",
            field=models.CharField(choices=KINDS, max_length=10, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="reconciliationexception",
            name="target_kind",
            field=models.CharField(
                blank=True, choices=KINDS, max_length=10, verbose_name="our side"
            ),
        ),
        migrations.AlterField(
            model_name="suggestiontarget",
            name="target_kind",
            field=models.CharField(choices=KINDS, max_length=10, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="statementline",
            name="kind",
            field=models.CharField(choices=LINES, max_length=12, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="match",
            name="rule",
            field=models.CharField(choices=RULES, max_length=40, verbose_name="rule"),
        ),
        migrations.AlterField(
            model_name="suggestion",
            name="rule",
            field=models.CharField(choices=RULES, max_length=40, verbose_name="rule"),
        ),
        AddConstraintNotValid(
            model_name="match",
            constraint=models.CheckConstraint(condition=KNOWN, name="match_target_known"),
        ),
        AddConstraintNotValid(
            model_name="suggestiontarget",
            constraint=models.CheckConstraint(condition=KNOWN, name="suggestion_target_known"),
        ),
    ]
