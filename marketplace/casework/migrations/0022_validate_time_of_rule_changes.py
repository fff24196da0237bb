"""Step 2 of 2, beside the traffic: validate what 0021 added."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("casework", "0021_time_of_rule_changes")]

    operations = [ValidateConstraint("queuetime", "queue_time_queue_known")]
