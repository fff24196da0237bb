"""Totals of closed months: the table, what the months that are closed already come to, and its guard.

The months' own locks keep postings out while they are read; a row is never changed, and only goes
with its lock, when the month is opened again.
"""

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
INSERT INTO ledger_closedtotal (lock_id, account_id, debit_minor, credit_minor)
SELECT lock_id, account_id, sum(debit) OVER months, sum(credit) OVER months FROM (
    SELECT k.id AS lock_id, k.until, a.account_id, coalesce(m.debit, 0) AS debit,
        coalesce(m.credit, 0) AS credit
    FROM ledger_periodlock k
    JOIN (
        SELECT account_id, min(posted_at) AS first FROM ledger_posting GROUP BY account_id
    ) a ON a.first < k.until
    LEFT JOIN (
        SELECT account_id, sum(greatest(amount_minor, 0)) AS debit,
            sum(greatest(-amount_minor, 0)) AS credit,
            1 + width_bucket(posted_at,
                (SELECT array_agg(until ORDER BY until) FROM ledger_periodlock)) AS number
        FROM ledger_posting WHERE posted_at < (SELECT max(until) FROM ledger_periodlock)
        GROUP BY account_id, number
    ) m ON m.account_id = a.account_id
        AND m.number = (SELECT count(*) FROM ledger_periodlock b WHERE b.until <= k.until)
) moved WINDOW months AS (PARTITION BY account_id ORDER BY until)
"""
FORWARD = """
CREATE TRIGGER closed_total_immutable BEFORE UPDATE ON ledger_closedtotal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER closed_total_not_truncated BEFORE TRUNCATE ON ledger_closedtotal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER closed_total_not_truncated ON ledger_closedtotal;
DROP TRIGGER closed_total_immutable ON ledger_closedtotal;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_seals"), ("shared", "0002_events_are_immutable")]
    operations = [
        migrations.CreateModel(
            name="ClosedTotal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("debit_minor", models.BigIntegerField(verbose_name="debit")),
                ("credit_minor", models.BigIntegerField(verbose_name="credit")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                (
                    "lock",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="totals",
                        to="ledger.periodlock",
                    ),
                ),
            ],
            options={
                "verbose_name": "total of a closed month",
                "verbose_name_plural": "totals of closed months",
                "constraints": [
                    models.UniqueConstraint(fields=("lock", "account"), name="closed_total_once"),
                    models.CheckConstraint(
                        condition=models.Q(("debit_minor__gte", 0), ("credit_minor__gte", 0)),
                        name="closed_total_sides_not_negative",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
