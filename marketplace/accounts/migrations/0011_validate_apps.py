"""Step 2 of 2: an app that counts has a secret, also in rows from before 0009."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_apps_have_a_time")]

    operations = [ValidateConstraint("secondfactor", "second_factor_app_has_secret")]
