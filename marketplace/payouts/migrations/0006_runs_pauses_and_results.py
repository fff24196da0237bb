"""New tables: the daily run, pauses of providers, and result files."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import marketplace.shared.fields
import marketplace.shared.ids


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0005_terms_and_wallet_checks"),
        ("sellers", "0002_wallet_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PayoutPause",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("provider", models.CharField(max_length=20, verbose_name="provider")),
                ("code", models.CharField(max_length=40, verbose_name="provider code")),
                (
                    "message",
                    models.CharField(blank=True, max_length=300, verbose_name="provider message"),
                ),
                ("paused_at", models.DateTimeField(verbose_name="since")),
                ("resumed_at", models.DateTimeField(blank=True, null=True, verbose_name="resumed")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
            ],
            options={
                "verbose_name": "pause of payouts",
                "verbose_name_plural": "pauses of payouts",
            },
        ),
        migrations.CreateModel(
            name="PayoutRun",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False, verbose_name="day")),
                ("ran_at", models.DateTimeField(verbose_name="ran")),
                ("sellers_due", models.PositiveIntegerField(verbose_name="sellers due")),
            ],
            options={
                "verbose_name": "payout run",
                "verbose_name_plural": "payout runs",
            },
        ),
        migrations.CreateModel(
            name="ResultFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=marketplace.shared.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        db_collation="C",
                        default=marketplace.shared.fields.Reference("PRF"),
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("original_name", models.CharField(max_length=120, verbose_name="file name")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("uploaded", "Uploaded"), ("finished", "Finished")],
                        default="uploaded",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded")),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="finished"),
                ),
            ],
            options={
                "verbose_name": "payout result file",
                "verbose_name_plural": "payout result files",
            },
        ),
        migrations.CreateModel(
            name="ResultRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("line_number", models.PositiveIntegerField(verbose_name="line")),
                ("reference", models.CharField(blank=True, max_length=40, verbose_name="payout")),
                ("outcome", models.CharField(blank=True, max_length=40, verbose_name="outcome")),
                (
                    "amount_minor",
                    models.BigIntegerField(blank=True, null=True, verbose_name="amount"),
                ),
                ("receipt", models.CharField(blank=True, max_length=40, verbose_name="receipt")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("waiting", "Not looked at yet"),
                            ("paid", "Paid"),
                            ("failed", "Failed: the seller is credited again"),
                            ("returned", "Returned: the seller is credited again"),
                            ("known", "We knew that already"),
                            ("unreadable", "The row cannot be read"),
                            ("repeated", "The file names this payout more than once"),
                            ("unknown_reference", "No payout of ours has this reference"),
                            ("amount_differs", "The amount differs"),
                            ("not_sent", "The payout was not sent"),
                            ("denied", "The provider says otherwise"),
                            ("too_early", "The provider may still decide"),
                            ("own_approval", "Who approved a payout does not settle it"),
                            ("contradicts", "It contradicts what is settled"),
                            ("receipt_used", "The receipt belongs to another payout"),
                        ],
                        default="waiting",
                        max_length=20,
                        verbose_name="verdict",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
            ],
            options={
                "verbose_name": "row of a result file",
                "verbose_name_plural": "rows of result files",
            },
        ),
        migrations.AddField(
            model_name="payoutpause",
            name="resumed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="resumed by",
            ),
        ),
        migrations.AddField(
            model_name="payoutrun",
            name="batch",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payouts.payoutbatch",
            ),
        ),
        migrations.AddField(
            model_name="resultfile",
            name="uploaded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="uploaded by",
            ),
        ),
        migrations.AddField(
            model_name="resultrow",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rows",
                to="payouts.resultfile",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutpause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("resumed_at__isnull", True)),
                fields=("provider",),
                name="payout_pause_once_per_provider",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutpause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("resumed_at__isnull", True),
                    models.Q(
                        ("resumed_by__isnull", False), models.Q(("reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="payout_pause_ended_by_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["uploaded", "finished"])),
                name="result_file_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "verdict__in",
                        [
                            "waiting",
                            "paid",
                            "failed",
                            "returned",
                            "known",
                            "unreadable",
                            "repeated",
                            "unknown_reference",
                            "amount_differs",
                            "not_sent",
                            "denied",
                            "too_early",
                            "own_approval",
                            "contradicts",
                            "receipt_used",
                        ],
                    )
                ),
                name="result_row_verdict_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultrow",
            constraint=models.UniqueConstraint(
                fields=("file", "line_number"), name="result_row_once"
            ),
        ),
    ]
