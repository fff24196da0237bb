"""Step 2 of 2, beside the traffic."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("disputes", "0019_numbers_that_we_write_down")]

    operations = [ValidateConstraint("evidence", "evidence_taken_down_for_a_side")]
