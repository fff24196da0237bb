"""Find products by any part of their title in the console. Beside the traffic."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            "product",
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="product_by_part_of_title"),
        ),
    ]
