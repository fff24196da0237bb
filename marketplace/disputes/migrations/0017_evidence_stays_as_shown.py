"""Step 2 of 2, beside the traffic: validate, know a file once by each side, and refuse every change of
what was shown."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models

NAME = "evidence_once_per_side"
ONCE = models.UniqueConstraint(
    fields=["dispute", "party", "sha256"], condition=~models.Q(sha256=""), name=NAME
)
FREEZE = """
CREATE TRIGGER evidence_immutable BEFORE UPDATE OR DELETE ON disputes_evidence
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
# The schema of before has no place for a number: whoever goes back is to know that, not to lose them.
THAW = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM disputes_evidence WHERE number <> '') THEN
        RAISE EXCEPTION 'numbers were submitted as evidence, and going back would lose them';
    END IF;
END $$;
DROP TRIGGER evidence_immutable ON disputes_evidence;
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("disputes", "0016_prepared_evidence"),
        ("shared", "0002_events_are_immutable"),
    ]

    operations = [
        ValidateConstraint("evidence", "evidence_kind_known"),
        ValidateConstraint("evidence", "evidence_number_has_its_kind"),
        ValidateConstraint("evidence", "evidence_shows_something"),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY {NAME} ON disputes_evidence"
                    " (dispute_id, party, sha256) WHERE NOT (sha256 = '')",
                    f"DROP INDEX CONCURRENTLY {NAME}",
                )
            ],
            [migrations.AddConstraint("evidence", ONCE)],
        ),
        migrations.RemoveConstraint("evidence", "evidence_once_per_dispute"),
        migrations.RunSQL(FREEZE, THAW),
    ]
