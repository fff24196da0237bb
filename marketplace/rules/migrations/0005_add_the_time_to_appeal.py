"""Step 2 of 2, beside the traffic: validate what 0004 added, and let the rule have its row."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("rules", "0004_time_to_appeal")]

    operations = [
        ValidateConstraint("rulesetting", "rule_known"),
        migrations.RunSQL(
            "INSERT INTO rules_rulesetting (name) VALUES ('appeal_window') ON CONFLICT DO NOTHING",
            "DELETE FROM rules_rulesetting WHERE name = 'appeal_window'",
        ),
    ]
