"""Step 2 of 2, beside the traffic: validate what 0004 added."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("disputes", "0004_evidence_says_what_it_shows")]

    operations = [ValidateConstraint("evidence", "evidence_kind_known")]
