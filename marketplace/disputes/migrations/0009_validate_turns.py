"""Step 2 of 2, beside the traffic: validate what 0008 added."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("disputes", "0008_one_clock_for_each_side")]

    operations = [
        ValidateConstraint("dispute", "dispute_turn_known"),
        ValidateConstraint("dispute", "dispute_silent_known"),
    ]
