"""Prepared answers, in both languages."""

from django.db import migrations, models
from django.db.models import Q

import marketplace.shared.ids


class Migration(migrations.Migration):
    dependencies = [("casework", "0014_bulk_decisions")]

    operations = [
        migrations.CreateModel(
            name="Macro",
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
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                ("reason", models.CharField(blank=True, max_length=20, verbose_name="suits")),
                ("english", models.TextField(max_length=2000, verbose_name="in English")),
                ("swahili", models.TextField(max_length=2000, verbose_name="in Swahili")),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
                ("times_used", models.PositiveIntegerField(default=0, verbose_name="used")),
            ],
            options={
                "verbose_name": "prepared answer",
                "verbose_name_plural": "prepared answers",
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(english="") & ~Q(swahili=""), name="macro_in_both_languages"
                    )
                ],
            },
        ),
    ]
