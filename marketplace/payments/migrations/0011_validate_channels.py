"""Step 2 of 2: check the rows of before, beside the traffic."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_bills")]

    operations = [ValidateConstraint("attempt", "attempt_channel_known")]
