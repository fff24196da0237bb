"""Step 2 of 2, beside the traffic: validate what 0023 added."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("casework", "0023_time_of_changed_terms")]

    operations = [ValidateConstraint("queuetime", "queue_time_queue_known")]
