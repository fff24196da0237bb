"""Step 2 of 2, beside the traffic: validate what 0010 added."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("disputes", "0010_proposals_and_more_outcomes")]

    operations = [
        ValidateConstraint("dispute", "dispute_refund_fits_outcome"),
        ValidateConstraint("dispute", "dispute_fault_of_a_decision"),
    ]
