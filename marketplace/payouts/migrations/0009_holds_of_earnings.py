"""What held an earning becomes rows of its own.

The two columns leave our models and stay in the table, with a default, for processes that still run
the earlier code; a later release drops them.
"""

from django.db import migrations

COPY = """
INSERT INTO payouts_hold (seller_id, earning_id, kind, subject, reason, opened_at, opened_by)
SELECT seller_id, id, 'dispute', dispute_reference, 'dispute ' || dispute_reference, now(), 'disputes'
FROM payouts_earning WHERE dispute_reference <> '' AND status IN ('pending', 'available', 'on_hold')
UNION ALL
SELECT seller_id, id, 'risk', '', hold_reason, now(), 'before holds were kept one by one'
FROM payouts_earning WHERE hold_reason <> '' AND status IN ('pending', 'available', 'on_hold')
"""
DEFAULT = "ALTER TABLE payouts_earning ALTER COLUMN hold_reason SET DEFAULT ''"
NO_DEFAULT = "ALTER TABLE payouts_earning ALTER COLUMN hold_reason DROP DEFAULT"


class Migration(migrations.Migration):
    dependencies = [("payouts", "0008_validate_and_index")]
    operations = [
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.RunSQL(DEFAULT, NO_DEFAULT),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField("earning", "dispute_reference"),
                migrations.RemoveField("earning", "hold_reason"),
            ]
        ),
    ]
