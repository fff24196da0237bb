"""Step 2 of 2, beside the traffic: validate what 0012 added, and let no reversal open two cases."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models

NAME = "dispute_one_per_chargeback"
ONE = models.UniqueConstraint(
    fields=["seller_order"], condition=models.Q(taken_back_minor__gt=0), name=NAME
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("disputes", "0012_what_providers_take_back")]

    operations = [
        ValidateConstraint("dispute", "dispute_refund_fits_outcome"),
        ValidateConstraint("dispute", "dispute_origin_known"),
        ValidateConstraint("dispute", "dispute_taken_back_fits"),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY {NAME} ON disputes_dispute"
                    " (seller_order_id) WHERE taken_back_minor > 0",
                    f"DROP INDEX CONCURRENTLY {NAME}",
                )
            ],
            [migrations.AddConstraint("dispute", ONE)],
        ),
    ]
