"""An index on payouts by which statements are reconciled. Built beside the traffic: no lock is held."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payouts", "0001_initial")]
    operations = [
        AddIndexConcurrently(
            "payout",
            models.Index(
                condition=models.Q(("status", "paid")),
                fields=["provider", "settled_at"],
                name="payout_by_settlement",
            ),
        ),
    ]
