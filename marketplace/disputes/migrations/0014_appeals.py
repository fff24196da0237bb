"""Appeals, and who decided. Step 1 of 2: the checks are NOT VALID, 0015 validates them."""

from functools import reduce
from operator import and_

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import F, Q

import marketplace.shared.ids

PARTIES = [("buyer", "Buyer"), ("seller", "Seller"), ("staff", "ZetuTech")]
STATES = [
    ("open", "Open"),
    ("approval", "Waits for approval"),
    ("resolved", "Resolved"),
    ("appealed", "In appeal"),
    ("withdrawn", "Withdrawn"),
]
APPEAL_STATES = [
    ("open", "Open"),
    ("waiting", "Waits for approval"),
    ("upheld", "Decision upheld"),
    ("changed", "Decision changed"),
    ("dropped", "Overtaken"),
]
UNDECIDED = ["open", "dropped"]
OUTCOMES = [
    ("refund_full", "Full refund"),
    ("refund_partial", "Partial refund"),
    ("refund_shipping", "Refund of the shipping"),
    ("replacement", "Replacement by the seller"),
    ("goodwill", "Goodwill from ZetuTech"),
    ("declined", "Declined"),
    ("loss_accepted", "Loss accepted"),
    ("won_back", "Won back from the provider"),
]
FAULTS = [
    ("buyer", "Buyer"),
    ("seller", "Seller"),
    ("carrier", "Carrier"),
    ("marketplace", "ZetuTech"),
    ("nobody", "Nobody: they agreed"),
]
AMOUNTS = ["extra_minor", "kept_minor", "seller_minor", "commission_minor", "commission_vat_minor"]


def person(label=None, **more):
    named = {"verbose_name": label} if label else {}
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        **named,
        **more,
    )


NOBODY_YET = {"blank": True, "null": True}


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0013_one_case_per_chargeback"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "dispute", "decided_by", person("decided by", db_index=False, **NOBODY_YET)
        ),
        migrations.AddField(
            "dispute", "approved_by", person("approved by", db_index=False, **NOBODY_YET)
        ),
        migrations.AlterField(
            "dispute",
            "status",
            models.CharField(choices=STATES, default="open", max_length=10, verbose_name="status"),
        ),
        migrations.RemoveConstraint("dispute", "dispute_status_known"),
        AddConstraintNotValid(
            "dispute",
            models.CheckConstraint(
                condition=Q(status__in=[name for name, _label in STATES]),
                name="dispute_status_known",
            ),
        ),
        AddConstraintNotValid(
            "dispute",
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (Q(decided_by__isnull=False) & ~Q(approved_by=F("decided_by"))),
                name="dispute_approved_by_another",
            ),
        ),
        migrations.CreateModel(
            name="Appeal",
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
                ("party", models.CharField(choices=PARTIES, max_length=8, verbose_name="party")),
                ("appealed_at", models.DateTimeField(verbose_name="appealed")),
                ("reason", models.TextField(max_length=4000, verbose_name="reason")),
                (
                    "status",
                    models.CharField(
                        choices=APPEAL_STATES, default="open", max_length=10, verbose_name="status"
                    ),
                ),
                ("first_outcome", models.CharField(choices=OUTCOMES, max_length=16)),
                ("first_fault", models.CharField(blank=True, choices=FAULTS, max_length=12)),
                ("first_refunded_minor", models.BigIntegerField(default=0)),
                ("first_note", models.TextField(blank=True, max_length=2000)),
                (
                    "outcome",
                    models.CharField(
                        blank=True, choices=OUTCOMES, max_length=16, verbose_name="outcome"
                    ),
                ),
                (
                    "fault",
                    models.CharField(
                        blank=True, choices=FAULTS, max_length=12, verbose_name="at fault"
                    ),
                ),
                ("refunded_minor", models.BigIntegerField(default=0)),
                ("refund_reference", models.CharField(blank=True, max_length=20)),
                *((name, models.BigIntegerField(default=0)) for name in AMOUNTS),
                ("note", models.TextField(blank=True, max_length=2000, verbose_name="note")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="decided"),
                ),
                (
                    "dispute",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeal",
                        to="disputes.dispute",
                    ),
                ),
                ("appealed_by", person()),
                ("first_decided_by", person("first decided by", **NOBODY_YET)),
                ("decided_by", person("decided by", **NOBODY_YET)),
                ("approved_by", person("approved by", **NOBODY_YET)),
            ],
            options={
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(status__in=[name for name, _label in APPEAL_STATES]),
                        name="appeal_status_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(party__in=["buyer", "seller"]), name="appeal_by_a_side"
                    ),
                    models.CheckConstraint(
                        condition=Q(decided_by=None)
                        | Q(first_decided_by=None)
                        | ~Q(decided_by=F("first_decided_by")),
                        name="appeal_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=Q(approved_by=None)
                        | (Q(decided_by__isnull=False) & ~Q(approved_by=F("decided_by"))),
                        name="appeal_approved_by_another",
                    ),
                    models.CheckConstraint(
                        condition=Q(status__in=UNDECIDED, decided_by=None)
                        | (
                            ~Q(status__in=UNDECIDED)
                            & Q(decided_by__isnull=False, decided_at__isnull=False)
                            & ~Q(outcome="")
                        ),
                        name="appeal_decided_says_by_whom",
                    ),
                    models.CheckConstraint(
                        condition=reduce(and_, (Q(**{f"{name}__gte": 0}) for name in AMOUNTS)),
                        name="appeal_amounts_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=Q(extra_minor=0) | Q(kept_minor=0), name="appeal_gives_or_leaves"
                    ),
                ],
            },
        ),
    ]
