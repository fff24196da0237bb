"""Each file says what it shows. Step 1 of 2: the check is NOT VALID, 0005 validates it."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

KINDS = [
    ("unboxing", "Photo of the unboxing"),
    ("goods", "Photo of the goods"),
    ("serial", "IMEI or serial number"),
    ("packing", "Photo of the packed goods"),
    ("handover", "Carrier's receipt"),
    ("delivery", "Proof of delivery"),
    ("invoice", "Supplier's invoice"),
    ("other", "Something else"),
]


class Migration(migrations.Migration):
    dependencies = [("disputes", "0003_one_undecided_per_part")]

    operations = [
        migrations.AddField(
            "evidence",
            "kind",
            models.CharField(
                choices=KINDS,
                db_default="other",
                default="other",
                max_length=10,
                verbose_name="shows",
            ),
        ),
        AddConstraintNotValid(
            "evidence",
            models.CheckConstraint(
                condition=models.Q(kind__in=[name for name, _label in KINDS]),
                name="evidence_kind_known",
            ),
        ),
    ]
