"""Step 2 of 2: reads the old rows without keeping anybody from writing."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reconciliation", "0013_topped_up_wallets")]
    operations = [
        ValidateConstraint("match", "match_target_known"),
        ValidateConstraint("suggestiontarget", "suggestion_target_known"),
    ]
