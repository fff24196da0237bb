"""Reads the old rows without keeping anybody from writing."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payouts", "0011_taken_back_before_sending")]
    operations = [
        ValidateConstraint("payout", "payout_taken_back_not_negative"),
        ValidateConstraint("payoutline", "payout_line_not_zero"),
        ValidateConstraint("payoutline", "payout_line_taken_back_known"),
    ]
