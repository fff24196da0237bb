"""Step 2 of 2, beside the traffic: validate, let the index of undecided cases cover appeals, and write
down from the event log who decided the cases of before."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models

NAME = "dispute_undecided_once_per_part"
UNDECIDED = models.UniqueConstraint(
    fields=["seller_order"],
    condition=models.Q(status__in=["open", "approval", "appealed"]),
    name=NAME,
)
DECIDERS = """
UPDATE disputes_dispute d SET decided_by_id = e.actor_id::uuid
FROM shared_loggedevent e
WHERE e.aggregate = 'dispute' AND e.aggregate_id = d.id::text AND e.actor_kind = 'staff'
AND e.name IN ('disputes.resolved.v1', 'disputes.decided.v1')
AND d.status IN ('approval', 'resolved') AND d.decided_by_id IS NULL
AND NOT EXISTS (
    SELECT FROM shared_loggedevent later
    WHERE later.aggregate = 'dispute' AND later.aggregate_id = d.id::text AND later.id > e.id
    AND later.name = 'disputes.reopened.v1'
)
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("disputes", "0014_appeals"),
        ("shared", "0001_initial"),
    ]

    operations = [
        ValidateConstraint("dispute", "dispute_status_known"),
        ValidateConstraint("dispute", "dispute_approved_by_another"),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY {NAME} ON disputes_dispute"
                    " (seller_order_id) WHERE status IN ('open', 'approval', 'appealed')",
                    f"DROP INDEX CONCURRENTLY {NAME}",
                )
            ],
            [migrations.AddConstraint("dispute", UNDECIDED)],
        ),
        migrations.RemoveConstraint("dispute", "dispute_one_undecided_per_part"),
        migrations.RunSQL(DECIDERS, migrations.RunSQL.noop),
    ]
