"""What somebody has taken. Built beside the traffic: no lock is held."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reconciliation", "0007_exception_desk")]
    operations = [
        AddIndexConcurrently(
            model_name="reconciliationexception",
            index=models.Index(
                condition=models.Q(("assignee__isnull", False), ("status", "open")),
                fields=["assignee", "opened_at"],
                name="exception_by_assignee",
            ),
        ),
    ]
