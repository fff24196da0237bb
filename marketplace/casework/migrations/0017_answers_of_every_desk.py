"""Prepared answers are offered at more desks than that of disputes. Step 1 of 2: 0018 validates the check."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

KINDS = [
    ("disputes", "Disputes"),
    ("applications", "Applications"),
    ("listings", "Moderation"),
    ("reviews", "Reviews"),
]


class Migration(migrations.Migration):
    dependencies = [("casework", "0016_answers_to_begin_with")]

    operations = [
        migrations.AddField(
            "macro",
            "kind",
            models.CharField(
                choices=KINDS,
                db_default="disputes",
                default="disputes",
                max_length=12,
                verbose_name="offered for",
            ),
        ),
        AddConstraintNotValid(
            "macro",
            models.CheckConstraint(
                condition=models.Q(kind__in=[name for name, _label in KINDS]),
                name="macro_kind_known",
            ),
        ),
    ]
