"""A refund may be borne by the marketplace. Step 1 of 2: the checks are NOT VALID, 0014 validates them."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0012_turned_away")]

    operations = [
        migrations.AddField(
            "refundpart", "goodwill_minor", models.BigIntegerField(db_default=0, default=0)
        ),
        migrations.RemoveConstraint("refundpart", "refund_part_adds_up"),
        migrations.RemoveConstraint("refundpart", "refund_part_not_negative"),
        AddConstraintNotValid(
            "refundpart",
            models.CheckConstraint(
                condition=models.Q(
                    amount_minor=models.F("seller_minor")
                    + models.F("commission_minor")
                    + models.F("commission_vat_minor")
                    + models.F("goodwill_minor")
                ),
                name="refund_part_adds_up",
            ),
        ),
        AddConstraintNotValid(
            "refundpart",
            models.CheckConstraint(
                condition=models.Q(seller_minor__gte=0)
                & models.Q(commission_minor__gte=0)
                & models.Q(commission_vat_minor__gte=0)
                & models.Q(goodwill_minor__gte=0),
                name="refund_part_not_negative",
            ),
        ),
    ]
