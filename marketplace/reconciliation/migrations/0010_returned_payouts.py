"""Step 1 of 2: a line may stand for a payout that came back. NOT VALID skips old rows; 0011 validates."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

KINDS = [
    ("attempt", "Payment"),
    ("refund", "Refund"),
    ("payout", "Payout"),
    ("returned", "Payout that came back"),
    ("fee", "Provider fee"),
    ("sweep", "Transfer to the bank"),
]
LINES = [
    ("payment", "Payment"),
    ("refund", "Refund"),
    ("payout", "Payout"),
    ("fee", "Provider fee"),
    ("sweep", "Transfer to the bank"),
    ("return", "Payout that came back"),
    ("other", "Another kind"),
]
KNOWN = models.Q(target_kind__in=[kind for kind, _label in KINDS])


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0009_findings")]
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
        AddConstraintNotValid(
            model_name="match",
            constraint=models.CheckConstraint(condition=KNOWN, name="match_target_known"),
        ),
        AddConstraintNotValid(
            model_name="suggestiontarget",
            constraint=models.CheckConstraint(condition=KNOWN, name="suggestion_target_known"),
        ),
    ]
