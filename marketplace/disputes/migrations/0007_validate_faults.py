"""Step 2 of 2, beside the traffic: validate what 0006 added."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("disputes", "0006_decisions_name_who_is_at_fault")]

    operations = [ValidateConstraint("dispute", "dispute_fault_of_a_decision")]
