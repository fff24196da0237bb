"""Two sweeps at once order a beat's report once. The index is built beside the traffic."""

from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reports", "0004_runs_of_schedules")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY report_run_once_per_beat"
                    " ON reports_reportrun (schedule_id, due_at) WHERE schedule_id IS NOT NULL",
                    "DROP INDEX CONCURRENTLY report_run_once_per_beat",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="reportrun",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("schedule__isnull", False)),
                        fields=("schedule", "due_at"),
                        name="report_run_once_per_beat",
                    ),
                )
            ],
        )
    ]
