"""Step 2 of 2: check the rows of before, beside the traffic."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_refunds_by_two_people")]

    operations = [
        ValidateConstraint("refund", "refund_status_known"),
        ValidateConstraint("refund", "refund_decided_by_another"),
        ValidateConstraint("refund", "refund_settled_by_another"),
    ]
