"""What was shown cannot be emptied as a whole, either: the other of a book's two guards."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER evidence_not_truncated BEFORE TRUNCATE ON disputes_evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
BACKWARD = "DROP TRIGGER evidence_not_truncated ON disputes_evidence;"


class Migration(migrations.Migration):
    dependencies = [("disputes", "0017_evidence_stays_as_shown")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
