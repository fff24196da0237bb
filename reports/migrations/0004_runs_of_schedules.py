"""A run names the schedule and the beat that ordered it; both are empty for what people order."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_schedules")]

    operations = [
        migrations.AddField(
            model_name="reportrun",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reportrun",
            name="schedule",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="runs",
                to="reports.reportschedule",
                verbose_name="report schedule",
            ),
        ),
    ]
