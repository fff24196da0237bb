"""Step 2 of 2, beside the traffic: validate what 0005 added."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("billing", "0005_lines_of_appeals")]

    operations = [
        ValidateConstraint("commissionline", "commission_line_kind_known"),
        ValidateConstraint("commissionline", "commission_line_sign"),
    ]
