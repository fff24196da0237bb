"""Each decision says who is at fault. Step 1 of 2: the checks are NOT VALID, 0007 validates them."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

FAULTS = [
    ("buyer", "Buyer"),
    ("seller", "Seller"),
    ("carrier", "Carrier"),
    ("marketplace", "ZetuTech"),
]


class Migration(migrations.Migration):
    dependencies = [("disputes", "0005_validate_the_kinds_of_evidence")]

    operations = [
        migrations.AddField(
            "dispute",
            "fault",
            models.CharField(
                blank=True,
                choices=FAULTS,
                db_default="",
                default="",
                max_length=12,
                verbose_name="at fault",
            ),
        ),
        AddConstraintNotValid(
            "dispute",
            models.CheckConstraint(
                condition=models.Q(fault="")
                | (models.Q(fault__in=[name for name, _label in FAULTS]) & ~models.Q(outcome="")),
                name="dispute_fault_of_a_decision",
            ),
        ),
    ]
