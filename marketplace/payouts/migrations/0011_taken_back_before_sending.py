"""What was taken back of an approved payout before it was sent, by payout and by line.

The columns have a default in the database, so that no row is written. The new constraints are NOT VALID,
so that old rows are not read under the lock; 0012 validates them.
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

BY = [
    ("provider", "The provider took the payment back"),
    ("buyer", "It was given back to the buyer"),
]


class Migration(migrations.Migration):
    dependencies = [("payouts", "0010_top_ups")]

    operations = [
        migrations.AddField(
            model_name="payout",
            name="taken_back_minor",
            field=models.BigIntegerField(db_default=0, default=0, verbose_name="taken back"),
        ),
        migrations.AddField(
            model_name="payoutline",
            name="taken_back_minor",
            field=models.BigIntegerField(db_default=0, default=0, verbose_name="taken back"),
        ),
        migrations.AddField(
            model_name="payoutline",
            name="taken_back_by",
            field=models.CharField(
                blank=True,
                choices=BY,
                db_default="",
                default="",
                max_length=10,
                verbose_name="why",
            ),
        ),
        AddConstraintNotValid(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("taken_back_minor__gte", 0)),
                name="payout_taken_back_not_negative",
            ),
        ),
        migrations.RemoveConstraint(model_name="payoutline", name="payout_line_not_zero"),
        AddConstraintNotValid(
            model_name="payoutline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount_minor", 0), _negated=True),
                    ("taken_back_minor__gt", 0),
                    _connector="OR",
                ),
                name="payout_line_not_zero",
            ),
        ),
        AddConstraintNotValid(
            model_name="payoutline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("taken_back_by", ""), ("taken_back_minor", 0)),
                    models.Q(
                        ("amount_minor__gte", 0),
                        ("taken_back_by__in", ["provider", "buyer"]),
                        ("taken_back_minor__gt", 0),
                    ),
                    _connector="OR",
                ),
                name="payout_line_taken_back_known",
            ),
        ),
    ]
