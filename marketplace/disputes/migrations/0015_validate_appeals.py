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
# The cases after one id, in its order; the last of them is where the next step goes on.
DECIDERS = """
WITH these AS (
    SELECT id FROM disputes_dispute
    WHERE id > %s AND status IN ('approval', 'resolved') AND decided_by_id IS NULL
    ORDER BY id LIMIT %s
), named AS (
    UPDATE disputes_dispute d SET decided_by_id = e.actor_id::uuid
    FROM these, shared_loggedevent e
    WHERE d.id = these.id AND e.aggregate = 'dispute' AND e.aggregate_id = d.id::text
    AND e.actor_kind = 'staff' AND e.name IN ('disputes.resolved.v1', 'disputes.decided.v1')
    AND NOT EXISTS (
        SELECT FROM shared_loggedevent later
        WHERE later.aggregate = 'dispute' AND later.aggregate_id = d.id::text AND later.id > e.id
        AND later.name = 'disputes.reopened.v1'
    )
)
SELECT id FROM these ORDER BY id DESC LIMIT 1
"""
BEFORE_ALL, STEP = "00000000-0000-0000-0000-000000000000", 1000


def name_deciders(apps, schema_editor):
    """A thousand cases at a time, each step committed: no decision waits for all of them."""
    with schema_editor.connection.cursor() as cursor:
        last = BEFORE_ALL
        while last:
            cursor.execute(DECIDERS, [last, STEP])
            found = cursor.fetchone()
            last = found and found[0]


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
        migrations.RunPython(name_deciders, migrations.RunPython.noop),
    ]
