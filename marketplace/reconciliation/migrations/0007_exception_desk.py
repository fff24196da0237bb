"""Who works on an exception, notes about it that stay as they were written; names of kinds and rules.

A new table, and a column without values: the lock on the old table is brief. 0008 indexes it.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER exception_note_immutable BEFORE UPDATE OR DELETE ON reconciliation_exceptionnote
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER exception_note_not_truncated BEFORE TRUNCATE ON reconciliation_exceptionnote
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER exception_note_not_truncated ON reconciliation_exceptionnote;
DROP TRIGGER exception_note_immutable ON reconciliation_exceptionnote;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0006_statement_dropped"),
        ("shared", "0002_events_are_immutable"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="reconciliationexception",
            name="assignee",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="assigned to",
            ),
        ),
        migrations.CreateModel(
            name="ExceptionNote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("body", models.TextField(max_length=2000, verbose_name="note")),
                ("written_at", models.DateTimeField(verbose_name="written")),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "exception",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="reconciliation.reconciliationexception",
                    ),
                ),
            ],
            options={
                "verbose_name": "note",
                "verbose_name_plural": "notes",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("body", ""), _negated=True),
                        name="exception_note_says_something",
                    )
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        # Names for people; the database sees none of it.
        migrations.AlterField(
            model_name="match",
            name="rule",
            field=models.CharField(
                choices=[
                    ("charge", "Charge for a movement"),
                    ("sweep", "Transfer to the bank"),
                    ("receipt", "Same receipt"),
                    ("reference", "Our reference"),
                    ("linked_receipt", "Receipt of the payment given back"),
                    ("amount_wallet_time", "Amount, wallet and time"),
                    ("receipt_without_zeros", "Receipt without its zeros"),
                    ("sum_of_reference", "Lines of one reference"),
                    ("sum_of_movements", "One line, several movements"),
                    ("sum_of_lines", "Several lines, one movement"),
                    ("sum_of_both", "Several lines, several movements"),
                ],
                max_length=40,
                verbose_name="rule",
            ),
        ),
        migrations.AlterField(
            model_name="statementline",
            name="kind",
            field=models.CharField(
                choices=[
                    ("payment", "Payment"),
                    ("refund", "Refund"),
                    ("payout", "Payout"),
                    ("fee", "Provider fee"),
                    ("sweep", "Transfer to the bank"),
                    ("other", "Another kind"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="suggestion",
            name="rule",
            field=models.CharField(
                choices=[
                    ("charge", "Charge for a movement"),
                    ("sweep", "Transfer to the bank"),
                    ("receipt", "Same receipt"),
                    ("reference", "Our reference"),
                    ("linked_receipt", "Receipt of the payment given back"),
                    ("amount_wallet_time", "Amount, wallet and time"),
                    ("receipt_without_zeros", "Receipt without its zeros"),
                    ("sum_of_reference", "Lines of one reference"),
                    ("sum_of_movements", "One line, several movements"),
                    ("sum_of_lines", "Several lines, one movement"),
                    ("sum_of_both", "Several lines, several movements"),
                ],
                max_length=40,
                verbose_name="rule",
            ),
        ),
    ]
