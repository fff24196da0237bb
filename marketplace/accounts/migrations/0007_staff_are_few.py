"""Find the few colleagues among all the buyers: pages of cases name them. Beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0006_role_requests")]

    operations = [
        AddIndexConcurrently(
            "user",
            models.Index(
                condition=models.Q(("is_staff", True)), fields=["name"], name="user_staff_by_name"
            ),
        ),
    ]
