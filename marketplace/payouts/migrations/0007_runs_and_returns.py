"""Batches that the daily run prepares, retries, and payouts that come back.

The new constraints are NOT VALID, so that old rows are not read under the lock; 0008 validates them.
"""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0006_runs_pauses_and_results"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="payout",
            name="payout_status_known",
        ),
        migrations.RemoveConstraint(
            model_name="payoutbatch",
            name="payout_batch_four_eyes",
        ),
        migrations.AddField(
            model_name="payout",
            name="return_reason",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=300,
                verbose_name="why it came back",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="returned_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="returned"),
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="is_scheduled",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="by the daily run"
            ),
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="retry_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="retries",
                to="payouts.payoutbatch",
                verbose_name="retry of",
            ),
        ),
        migrations.AlterField(
            model_name="payout",
            name="status",
            field=models.CharField(
                choices=[
                    ("planned", "Planned"),
                    ("approved", "Approved"),
                    ("sent", "Sent"),
                    ("unknown", "Unknown"),
                    ("paid", "Paid"),
                    ("failed", "Failed"),
                    ("returned", "Returned"),
                    ("cancelled", "Cancelled"),
                ],
                default="planned",
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="payoutbatch",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="prepared by",
            ),
        ),
        AddConstraintNotValid(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "planned",
                            "approved",
                            "sent",
                            "unknown",
                            "paid",
                            "failed",
                            "returned",
                            "cancelled",
                        ],
                    )
                ),
                name="payout_status_known",
            ),
        ),
        AddConstraintNotValid(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "returned"), _negated=True),
                    models.Q(
                        ("returned_at__isnull", False),
                        models.Q(("return_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payout_returned_with_reason",
            ),
        ),
        AddConstraintNotValid(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["awaiting_approval", "rejected"]),
                    models.Q(
                        ("created_by__isnull", False),
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("created_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payout_batch_four_eyes",
            ),
        ),
    ]
