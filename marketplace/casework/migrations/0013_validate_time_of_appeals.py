"""Step 2 of 2, beside the traffic: validate what 0012 added."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("casework", "0012_time_of_appeals")]

    operations = [ValidateConstraint("queuetime", "queue_time_queue_known")]
