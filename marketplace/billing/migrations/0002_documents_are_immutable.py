"""What was issued stays as it is; a commission line only gets its document, once."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER billing_document_immutable BEFORE UPDATE OR DELETE ON billing_document
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER billing_document_not_truncated BEFORE TRUNCATE ON billing_document
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION guard_commission_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.document_id IS NULL
        AND to_jsonb(NEW) - 'document_id' = to_jsonb(OLD) - 'document_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'commission lines are written once' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER commission_line_written_once BEFORE UPDATE OR DELETE ON billing_commissionline
    FOR EACH ROW EXECUTE FUNCTION guard_commission_line();
CREATE TRIGGER commission_line_not_truncated BEFORE TRUNCATE ON billing_commissionline
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER commission_line_not_truncated ON billing_commissionline;
DROP TRIGGER commission_line_written_once ON billing_commissionline;
DROP FUNCTION guard_commission_line();
DROP TRIGGER billing_document_not_truncated ON billing_document;
DROP TRIGGER billing_document_immutable ON billing_document;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("shared", "0002_events_are_immutable")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
