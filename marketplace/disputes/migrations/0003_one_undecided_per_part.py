"""Step 2 of 2, beside the traffic: validate, and let the index of open cases cover those in approval."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models

NAME = "dispute_one_undecided_per_part"
UNDECIDED = models.UniqueConstraint(
    fields=["seller_order"], condition=models.Q(status__in=["open", "approval"]), name=NAME
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("disputes", "0002_decisions_wait_for_approval")]

    operations = [
        ValidateConstraint("dispute", "dispute_status_known"),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY {NAME} ON disputes_dispute"
                    " (seller_order_id) WHERE status IN ('open', 'approval')",
                    f"DROP INDEX CONCURRENTLY {NAME}",
                )
            ],
            [migrations.AddConstraint("dispute", UNDECIDED)],
        ),
        migrations.RemoveConstraint("dispute", "dispute_one_open_per_seller_order"),
    ]
