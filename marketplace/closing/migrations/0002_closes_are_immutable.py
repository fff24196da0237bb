"""What a close stated stays as it was stated."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER close_immutable BEFORE UPDATE OR DELETE ON closing_close
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER close_not_truncated BEFORE TRUNCATE ON closing_close
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER closing_balance_immutable BEFORE UPDATE OR DELETE ON closing_closingbalance
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER closing_balance_not_truncated BEFORE TRUNCATE ON closing_closingbalance
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER closing_balance_not_truncated ON closing_closingbalance;
DROP TRIGGER closing_balance_immutable ON closing_closingbalance;
DROP TRIGGER close_not_truncated ON closing_close;
DROP TRIGGER close_immutable ON closing_close;
"""


class Migration(migrations.Migration):
    dependencies = [("closing", "0001_initial"), ("shared", "0002_events_are_immutable")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
