"""Step 2 of 2, beside the traffic: validate what 0017 added."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("casework", "0017_answers_of_every_desk")]

    operations = [ValidateConstraint("macro", "macro_kind_known")]
