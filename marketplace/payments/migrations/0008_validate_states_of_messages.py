"""Step 2 of 2: check the rows of before, beside the traffic."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_payment_issues")]

    operations = [ValidateConstraint("inboxmessage", "inbox_message_status_known")]
