"""The latest exception of a line without sorting. Built beside the traffic, then the shorter index goes."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reconciliation", "0014_validate_topped_up_wallets")]
    operations = [
        AddIndexConcurrently(
            model_name="reconciliationexception",
            index=models.Index(
                condition=models.Q(("line__isnull", False)),
                fields=["line", "id"],
                name="exception_by_line",
            ),
        ),
        migrations.AlterField(
            model_name="reconciliationexception",
            name="line",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="exceptions",
                to="reconciliation.statementline",
                verbose_name="statement line",
            ),
        ),
    ]
