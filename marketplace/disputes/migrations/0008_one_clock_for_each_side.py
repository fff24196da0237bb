"""Whose turn it is, until when. Step 1 of 2: the checks are NOT VALID, 0009 validates them."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

PARTIES = [("buyer", "Buyer"), ("seller", "Seller"), ("staff", "ZetuTech")]
NAMES = [name for name, _label in PARTIES]


class Migration(migrations.Migration):
    dependencies = [("disputes", "0007_validate_faults")]

    operations = [
        migrations.AddField(
            "dispute",
            "turn",
            models.CharField(
                choices=PARTIES,
                db_default="staff",
                default="staff",
                max_length=8,
                verbose_name="turn",
            ),
        ),
        migrations.AddField(
            "dispute",
            "turn_since",
            models.DateTimeField(blank=True, null=True, verbose_name="turn since"),
        ),
        migrations.AddField(
            "dispute", "staff_spent_s", models.PositiveIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            "dispute",
            "silent",
            models.CharField(
                blank=True,
                choices=PARTIES,
                db_default="",
                default="",
                max_length=8,
                verbose_name="silent",
            ),
        ),
        migrations.AddField(
            "dispute",
            "escalated_at",
            models.DateTimeField(blank=True, null=True, verbose_name="escalated"),
        ),
        AddConstraintNotValid(
            "dispute",
            models.CheckConstraint(condition=models.Q(turn__in=NAMES), name="dispute_turn_known"),
        ),
        AddConstraintNotValid(
            "dispute",
            models.CheckConstraint(
                condition=models.Q(silent__in=["", *NAMES]), name="dispute_silent_known"
            ),
        ),
    ]
