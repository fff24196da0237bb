"""Numbers that a side told us and we wrote down. Step 1 of 2: the check is NOT VALID, 0020 validates it."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("disputes", "0018_evidence_is_not_truncated")]

    operations = [
        migrations.AddField(
            "evidence",
            "is_taken_down",
            models.BooleanField(db_default=False, default=False, verbose_name="written down by us"),
        ),
        AddConstraintNotValid(
            "evidence",
            models.CheckConstraint(
                condition=Q(is_taken_down=False)
                | (Q(party__in=["buyer", "seller"]) & ~Q(number="")),
                name="evidence_taken_down_for_a_side",
            ),
        ),
    ]
