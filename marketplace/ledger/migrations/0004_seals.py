"""Seals over the event log and the books, and their guards: a seal, too, is written once."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER seal_immutable BEFORE UPDATE OR DELETE ON ledger_seal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER seal_not_truncated BEFORE TRUNCATE ON ledger_seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sealed_row_immutable BEFORE UPDATE OR DELETE ON ledger_sealedrow
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sealed_row_not_truncated BEFORE TRUNCATE ON ledger_sealedrow
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER sealed_row_not_truncated ON ledger_sealedrow;
DROP TRIGGER sealed_row_immutable ON ledger_sealedrow;
DROP TRIGGER seal_not_truncated ON ledger_seal;
DROP TRIGGER seal_immutable ON ledger_seal;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_closed_months"),
        ("shared", "0002_events_are_immutable"),
    ]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "number",
                    models.BigIntegerField(
                        primary_key=True, serialize=False, verbose_name="number"
                    ),
                ),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="digest")),
                ("rows", models.PositiveIntegerField(verbose_name="rows")),
                ("reached", models.UUIDField()),
                ("sealed_at", models.DateTimeField(verbose_name="sealed")),
            ],
            options={
                "verbose_name": "seal",
                "verbose_name_plural": "seals",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1), ("rows__gte", 1)),
                        name="seal_counts_from_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SealedRow",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=5)),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.seal",
                    ),
                ),
            ],
            options={
                "verbose_name": "sealed row",
                "verbose_name_plural": "sealed rows",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["event", "entry"])),
                        name="sealed_row_kind_known",
                    )
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
