"""Find listings by the beginning of their SKU in the console. Beside the traffic."""

from django.contrib.postgres.indexes import OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("listings", "0002_rows_of_imports")]

    operations = [
        AddIndexConcurrently(
            "listing",
            models.Index(
                OpClass(Upper("sku"), name="text_pattern_ops"), name="listing_by_beginning_of_sku"
            ),
        ),
    ]
