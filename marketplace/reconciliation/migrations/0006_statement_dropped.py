"""The index by which the sweep finds the statement of a file. Built beside the traffic: no lock is held."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reconciliation", "0005_dropped_statements")]
    operations = [
        AddIndexConcurrently(
            "statement",
            models.Index(
                condition=models.Q(("dropped_as", ""), _negated=True),
                fields=["dropped_as"],
                name="statement_dropped",
            ),
        )
    ]
