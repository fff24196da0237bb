"""Step 2 of 2, beside the traffic: validate what 0010 added."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("casework", "0010_time_of_reviews")]

    operations = [ValidateConstraint("queuetime", "queue_time_queue_known")]
