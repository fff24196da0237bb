"""Indexes on refunds by which statements are reconciled. Built beside the traffic: no lock is held."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payments", "0001_initial")]
    operations = [
        AddIndexConcurrently(
            "refund",
            models.Index(
                condition=models.Q(("receipt", ""), _negated=True),
                fields=["receipt"],
                name="refund_by_receipt",
            ),
        ),
        AddIndexConcurrently(
            "refund",
            models.Index(
                condition=models.Q(("status", "succeeded")),
                fields=["settled_at"],
                name="refund_by_settlement",
            ),
        ),
    ]
