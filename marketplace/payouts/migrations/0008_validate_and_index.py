"""Reads the old rows without keeping anybody from writing, and indexes what is asked about again."""

from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payouts", "0007_runs_and_returns")]
    operations = [
        ValidateConstraint("payout", "payout_status_known"),
        ValidateConstraint("payout", "payout_returned_with_reason"),
        ValidateConstraint("payoutbatch", "payout_batch_four_eyes"),
        AddIndexConcurrently(
            "payout",
            models.Index(
                fields=["next_enquiry_at"],
                condition=models.Q(next_enquiry_at__isnull=False),
                name="payout_to_look_at",
            ),
        ),
        RemoveIndexConcurrently("payout", "payout_to_enquire"),
    ]
