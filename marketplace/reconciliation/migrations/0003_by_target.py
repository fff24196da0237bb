"""Indexes by which new lines find who holds what they claim. Built beside the traffic: no lock is held."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reconciliation", "0002_suggestions")]
    operations = [
        AddIndexConcurrently(
            model_name="reconciliationexception",
            index=models.Index(
                condition=models.Q(("target_reference", ""), _negated=True),
                fields=["target_reference"],
                name="exception_by_target",
            ),
        ),
        AddIndexConcurrently(
            model_name="match",
            index=models.Index(
                condition=models.Q(("suggestion__isnull", False)),
                fields=["suggestion"],
                name="match_by_suggestion",
            ),
        ),
        ValidateConstraint("reconciliationexception", "exception_kind_known"),
    ]
