"""Proposals of the sides; outcomes beside refunds. Step 1 of 2: NOT VALID, 0011 validates."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import marketplace.shared.ids

PARTIES = [("buyer", "Buyer"), ("seller", "Seller"), ("staff", "ZetuTech")]
OUTCOMES = [
    ("refund_full", "Full refund"),
    ("refund_partial", "Partial refund"),
    ("refund_shipping", "Refund of the shipping"),
    ("replacement", "Replacement by the seller"),
    ("goodwill", "Goodwill from ZetuTech"),
    ("declined", "Declined"),
]
NO_REFUND = ["", "declined", "replacement"]
FAULTS = [
    ("buyer", "Buyer"),
    ("seller", "Seller"),
    ("carrier", "Carrier"),
    ("marketplace", "ZetuTech"),
    ("nobody", "Nobody: they agreed"),
]
STATES = [
    ("open", "Open"),
    ("accepted", "Accepted"),
    ("countered", "Overtaken"),
    ("ended", "Ended"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0009_validate_turns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposal",
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
                    "party",
                    models.CharField(choices=PARTIES, max_length=8, verbose_name="party"),
                ),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                (
                    "status",
                    models.CharField(
                        choices=STATES, default="open", max_length=10, verbose_name="status"
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="disputes.dispute",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposal",
                "verbose_name_plural": "proposals",
                "indexes": [models.Index(fields=["dispute", "id"], name="proposal_thread")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(status__in=[name for name, _label in STATES]),
                        name="proposal_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(amount_minor__gt=0), name="proposal_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(party__in=["buyer", "seller"]),
                        name="proposal_by_a_side",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(status="open"),
                        fields=["dispute"],
                        name="proposal_one_open_per_dispute",
                    ),
                ],
            },
        ),
        migrations.AlterField(
            "dispute",
            "outcome",
            models.CharField(blank=True, choices=OUTCOMES, max_length=16, verbose_name="outcome"),
        ),
        migrations.AlterField(
            "dispute",
            "fault",
            models.CharField(
                blank=True,
                choices=FAULTS,
                db_default="",
                default="",
                max_length=12,
                verbose_name="at fault",
            ),
        ),
        migrations.RemoveConstraint("dispute", "dispute_refund_fits_outcome"),
        migrations.RemoveConstraint("dispute", "dispute_fault_of_a_decision"),
        AddConstraintNotValid(
            "dispute",
            models.CheckConstraint(
                condition=models.Q(refunded_minor__gte=0)
                & (
                    models.Q(outcome__in=NO_REFUND, refunded_minor=0)
                    | (~models.Q(outcome__in=NO_REFUND) & models.Q(refunded_minor__gt=0))
                ),
                name="dispute_refund_fits_outcome",
            ),
        ),
        AddConstraintNotValid(
            "dispute",
            models.CheckConstraint(
                condition=models.Q(fault="")
                | (models.Q(fault__in=[name for name, _label in FAULTS]) & ~models.Q(outcome="")),
                name="dispute_fault_of_a_decision",
            ),
        ),
    ]
