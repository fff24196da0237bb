"""Read what is counted as a whole without walking over the days of every seller. Beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("analytics", "0002_footfall")]

    operations = [
        AddIndexConcurrently(
            "rollup",
            models.Index(
                fields=["day"],
                condition=models.Q(("dimension__in", ["", "provider", "queue"])),
                name="rollup_of_few",
            ),
        ),
    ]
