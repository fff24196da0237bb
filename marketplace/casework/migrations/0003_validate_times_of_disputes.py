"""Step 2 of 2, beside the traffic: validate what 0002 added."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("casework", "0002_times_of_disputes")]

    operations = [ValidateConstraint("queuetime", "queue_time_queue_known")]
