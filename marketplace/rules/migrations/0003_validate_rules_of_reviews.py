"""Step 2 of 2, beside the traffic: validate what 0002 added."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("rules", "0002_rules_of_reviews")]

    operations = [ValidateConstraint("rulesetting", "rule_known")]
