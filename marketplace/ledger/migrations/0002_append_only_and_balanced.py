"""The books guard themselves: append-only, and every entry balances per currency at commit."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER account_not_deleted BEFORE DELETE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entry_immutable BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entry_not_truncated BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_immutable BEFORE UPDATE OR DELETE ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_not_truncated BEFORE TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION check_entry_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked uuid;
    postings integer;
BEGIN
    IF TG_TABLE_NAME = 'ledger_entry' THEN checked := NEW.id; ELSE checked := NEW.entry_id; END IF;
    SELECT count(*) INTO postings FROM ledger_posting WHERE entry_id = checked;
    IF postings < 2 OR EXISTS (
        SELECT FROM ledger_posting WHERE entry_id = checked
        GROUP BY currency HAVING sum(amount_minor) <> 0
    ) THEN
        RAISE EXCEPTION 'ledger entry % does not balance (% postings)', checked, postings
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_balanced AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_entry_balanced();
CREATE CONSTRAINT TRIGGER posting_balanced AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_entry_balanced();
"""
BACKWARD = """
DROP TRIGGER posting_balanced ON ledger_posting;
DROP TRIGGER entry_balanced ON ledger_entry;
DROP FUNCTION check_entry_balanced();
DROP TRIGGER posting_not_truncated ON ledger_posting;
DROP TRIGGER posting_immutable ON ledger_posting;
DROP TRIGGER entry_not_truncated ON ledger_entry;
DROP TRIGGER entry_immutable ON ledger_entry;
DROP TRIGGER account_not_deleted ON ledger_account;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("shared", "0002_events_are_immutable")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
