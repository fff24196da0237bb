"""Step 2 of 2, beside the traffic: validate what 0013 added."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payments", "0013_goodwill_bears_refunds")]

    operations = [
        ValidateConstraint("refundpart", "refund_part_adds_up"),
        ValidateConstraint("refundpart", "refund_part_not_negative"),
    ]
