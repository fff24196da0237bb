"""Numbers and bytes of fiscal messages never change, and what was acknowledged changes no more at all."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION guard_fiscal_message() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    progress text[] := ARRAY['status', 'tries', 'ack_code', 'ack_message', 'sent_at', 'acknowledged_at'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status <> 'acknowledged'
        AND to_jsonb(NEW) - progress = to_jsonb(OLD) - progress THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'fiscal messages are written once' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER fiscal_receipt_written_once BEFORE UPDATE OR DELETE ON billing_fiscalreceipt
    FOR EACH ROW EXECUTE FUNCTION guard_fiscal_message();
CREATE TRIGGER fiscal_receipt_not_truncated BEFORE TRUNCATE ON billing_fiscalreceipt
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER fiscal_report_written_once BEFORE UPDATE OR DELETE ON billing_fiscalreport
    FOR EACH ROW EXECUTE FUNCTION guard_fiscal_message();
CREATE TRIGGER fiscal_report_not_truncated BEFORE TRUNCATE ON billing_fiscalreport
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER fiscal_report_not_truncated ON billing_fiscalreport;
DROP TRIGGER fiscal_report_written_once ON billing_fiscalreport;
DROP TRIGGER fiscal_receipt_not_truncated ON billing_fiscalreceipt;
DROP TRIGGER fiscal_receipt_written_once ON billing_fiscalreceipt;
DROP FUNCTION guard_fiscal_message();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_fiscal_receipts"), ("shared", "0002_events_are_immutable")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
