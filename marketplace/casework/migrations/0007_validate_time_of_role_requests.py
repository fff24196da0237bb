"""Step 2 of 2, beside the traffic: validate what 0006 added."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("casework", "0006_time_of_role_requests")]

    operations = [ValidateConstraint("queuetime", "queue_time_queue_known")]
