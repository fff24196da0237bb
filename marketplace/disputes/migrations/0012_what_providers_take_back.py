"""A reversal by the provider is a case. Step 1 of 2: the checks are NOT VALID, 0013 validates them."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

REASONS = [
    ("not_received", "Not received"),
    ("not_as_described", "Not as described"),
    ("damaged", "Damaged or defective"),
    ("counterfeit", "Counterfeit"),
    ("other", "Something else"),
    ("taken_back", "Taken back by the provider"),
]
OUTCOMES = [
    ("refund_full", "Full refund"),
    ("refund_partial", "Partial refund"),
    ("refund_shipping", "Refund of the shipping"),
    ("replacement", "Replacement by the seller"),
    ("goodwill", "Goodwill from ZetuTech"),
    ("declined", "Declined"),
    ("loss_accepted", "Loss accepted"),
    ("won_back", "Won back from the provider"),
]
OF_TAKEN_BACK = ["loss_accepted", "won_back"]
NO_REFUND = ["", "declined", "replacement", *OF_TAKEN_BACK]
ORIGINS = [("buyer", "Buyer"), ("provider", "Payment provider")]


class Migration(migrations.Migration):
    dependencies = [("disputes", "0011_validate_outcomes")]

    operations = [
        migrations.AddField(
            "dispute",
            "origin",
            models.CharField(
                choices=ORIGINS,
                db_default="buyer",
                default="buyer",
                max_length=8,
                verbose_name="opened by",
            ),
        ),
        migrations.AddField(
            "dispute",
            "taken_back_minor",
            models.BigIntegerField(db_default=0, default=0, verbose_name="taken back"),
        ),
        migrations.AddField(
            "dispute",
            "contested_at",
            models.DateTimeField(blank=True, null=True, verbose_name="contested"),
        ),
        migrations.AddField(
            "dispute",
            "contest_number",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=60,
                verbose_name="the provider's number",
            ),
        ),
        migrations.AlterField(
            "dispute",
            "reason",
            models.CharField(choices=REASONS, max_length=20, verbose_name="reason"),
        ),
        migrations.AlterField(
            "dispute",
            "outcome",
            models.CharField(blank=True, choices=OUTCOMES, max_length=16, verbose_name="outcome"),
        ),
        migrations.RemoveConstraint("dispute", "dispute_refund_fits_outcome"),
        AddConstraintNotValid(
            "dispute",
            models.CheckConstraint(
                condition=models.Q(refunded_minor__gte=0)
                & (
                    models.Q(outcome__in=NO_REFUND, refunded_minor=0)
                    | (~models.Q(outcome__in=NO_REFUND) & models.Q(refunded_minor__gt=0))
                ),
                name="dispute_refund_fits_outcome",
            ),
        ),
        AddConstraintNotValid(
            "dispute",
            models.CheckConstraint(
                condition=models.Q(origin__in=[name for name, _label in ORIGINS]),
                name="dispute_origin_known",
            ),
        ),
        AddConstraintNotValid(
            "dispute",
            models.CheckConstraint(
                condition=models.Q(taken_back_minor__gt=0)
                | (
                    models.Q(taken_back_minor=0, origin="buyer", contested_at=None)
                    & ~models.Q(outcome__in=OF_TAKEN_BACK)
                ),
                name="dispute_taken_back_fits",
            ),
        ),
    ]
