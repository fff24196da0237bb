"""Find sellers by phone and by any part of their name in the console. Beside the traffic."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sellers", "0002_wallet_changes")]

    operations = [
        AddIndexConcurrently(
            "seller",
            models.Index(fields=["phone"], name="seller_by_phone"),
        ),
        AddIndexConcurrently(
            "seller",
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="seller_by_part_of_name"),
        ),
    ]
