"""Numbers beside files, and a place where a side prepares. Step 1 of 2: the checks are NOT VALID, 0017
validates them."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

import marketplace.shared.fields
import marketplace.shared.ids
import marketplace.shared.storage

PARTIES = [("buyer", "Buyer"), ("seller", "Seller"), ("staff", "ZetuTech")]
KINDS = [
    ("unboxing", "Photo of the unboxing"),
    ("goods", "Photo of the goods"),
    ("serial", "IMEI or serial number"),
    ("packing", "Photo of the packed goods"),
    ("handover", "Carrier's receipt"),
    ("delivery", "Proof of delivery"),
    ("tracking", "Tracking number"),
    ("invoice", "Supplier's invoice"),
    ("other", "Something else"),
]
NUMBERS = [
    ("imei", "IMEI"),
    ("serial_number", "Serial number"),
    ("tracking_number", "Tracking number"),
]


def kind():
    return models.CharField(
        choices=KINDS, db_default="other", default="other", max_length=10, verbose_name="shows"
    )


def number_kind():
    return models.CharField(blank=True, choices=NUMBERS, db_default="", default="", max_length=16)


def number():
    return models.CharField(
        blank=True, db_default="", default="", max_length=60, verbose_name="number"
    )


def file():
    return models.FileField(
        blank=True,
        max_length=200,
        storage=marketplace.shared.storage.private_storage,
        upload_to="evidence/%Y/%m/",
        verbose_name="file",
    )


def about_the_file():
    return {
        "original_name": models.CharField(blank=True, max_length=200, verbose_name="file name"),
        "content_type": models.CharField(blank=True, max_length=80),
        "size_bytes": models.PositiveIntegerField(default=0),
        "sha256": models.CharField(blank=True, max_length=64),
    }


def checks(prefix):
    return [
        models.CheckConstraint(
            condition=Q(kind__in=[name for name, _label in KINDS]), name=f"{prefix}_kind_known"
        ),
        models.CheckConstraint(
            condition=Q(number="", number_kind="")
            | (Q(number_kind__in=[name for name, _label in NUMBERS]) & ~Q(number="")),
            name=f"{prefix}_number_has_its_kind",
        ),
        models.CheckConstraint(
            condition=~Q(file="") | ~Q(number=""), name=f"{prefix}_shows_something"
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0015_validate_appeals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StagedEvidence",
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
                ("kind", kind()),
                ("number_kind", number_kind()),
                ("number", number()),
                ("file", file()),
                *about_the_file().items(),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded")),
                (
                    "reference",
                    models.CharField(
                        db_collation="C",
                        default=marketplace.shared.fields.Reference("EVD"),
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staged",
                        to="disputes.dispute",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "prepared evidence",
                "verbose_name_plural": "prepared evidence",
                "constraints": [
                    *checks("staged"),
                    models.UniqueConstraint(
                        fields=["dispute", "party", "sha256"],
                        condition=~Q(sha256=""),
                        name="staged_once_per_side",
                    ),
                    models.CheckConstraint(
                        condition=Q(party__in=["buyer", "seller"]), name="staged_by_a_side"
                    ),
                ],
            },
        ),
        migrations.AddField("evidence", "number_kind", number_kind()),
        migrations.AddField("evidence", "number", number()),
        migrations.AlterField("evidence", "kind", kind()),
        migrations.AlterField("evidence", "file", file()),
        *(migrations.AlterField("evidence", *each) for each in about_the_file().items()),
        migrations.RemoveConstraint("evidence", "evidence_kind_known"),
        *(AddConstraintNotValid("evidence", check) for check in checks("evidence")),
    ]
