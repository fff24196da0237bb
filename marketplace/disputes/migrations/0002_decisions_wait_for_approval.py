"""A decided case may wait for the second person. Step 1 of 2: the check is NOT VALID, 0003 validates it."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

STATES = [
    ("open", "Open"),
    ("approval", "Waits for approval"),
    ("resolved", "Resolved"),
    ("withdrawn", "Withdrawn"),
]


class Migration(migrations.Migration):
    dependencies = [("disputes", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("dispute", "dispute_status_known"),
        migrations.AlterField(
            "dispute",
            "status",
            models.CharField(choices=STATES, default="open", max_length=10, verbose_name="status"),
        ),
        AddConstraintNotValid(
            "dispute",
            models.CheckConstraint(
                condition=models.Q(status__in=[name for name, _label in STATES]),
                name="dispute_status_known",
            ),
        ),
    ]
