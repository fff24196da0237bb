"""Closed months: the table, and the triggers by which the books refuse what belongs there.

A posting holds the lock of its month, shared, to the end of its transaction; a close takes it alone
and so waits for postings under way, and those that come later see that the month is closed. Whatever
is not of the present month shares one lock, so that a close never stops the trade of today.
"""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION hold_ledger_month(instant timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    month text := to_char(instant AT TIME ZONE 'Africa/Dar_es_Salaam', 'YYYY-MM');
BEGIN
    IF month <> to_char(now() AT TIME ZONE 'Africa/Dar_es_Salaam', 'YYYY-MM') THEN
        month := 'past';
    END IF;
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('ledger-month:' || month, 0));
END $$;

CREATE FUNCTION refuse_closed_months() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM hold_ledger_month(months.month) FROM (
        SELECT DISTINCT date_trunc('month', posted_at, 'Africa/Dar_es_Salaam') AS month
        FROM added ORDER BY month DESC
    ) months;
    -- A statement of its own, so that it sees a close that was committed while we waited.
    IF EXISTS (
        SELECT FROM added WHERE posted_at < (SELECT max(until) FROM ledger_periodlock)
    ) THEN
        RAISE EXCEPTION 'the month is closed' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER months_stay_closed AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_months();
CREATE TRIGGER months_stay_closed AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_months();
"""
BACKWARD = """
DROP TRIGGER months_stay_closed ON ledger_posting;
DROP TRIGGER months_stay_closed ON ledger_entry;
DROP FUNCTION refuse_closed_months();
DROP FUNCTION hold_ledger_month(timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_append_only_and_balanced"),
        ("shared", "0002_events_are_immutable"),
    ]
    operations = [
        migrations.CreateModel(
            name="PeriodLock",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("month", models.DateField(unique=True, verbose_name="month")),
                ("until", models.DateTimeField()),
                ("postings", models.PositiveBigIntegerField(verbose_name="postings")),
                ("debit_minor", models.BigIntegerField(verbose_name="debit")),
                ("closed_at", models.DateTimeField(verbose_name="closed")),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shared.loggedevent",
                    ),
                ),
            ],
            options={
                "verbose_name": "closed month",
                "verbose_name_plural": "closed months",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)),
                        name="period_lock_month_begins_on_its_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closed_at__gte", models.F("until"))),
                        name="period_lock_month_was_over",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
