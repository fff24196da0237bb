"""What the console calls a batch."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0004_forwarding"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="forwardbatch",
            options={
                "verbose_name": "forwarded batch",
                "verbose_name_plural": "forwarded batches",
            },
        ),
    ]
