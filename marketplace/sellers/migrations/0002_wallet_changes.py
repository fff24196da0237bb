"""When a wallet changed and until when it rests; both are empty for all sellers so far."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sellers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="seller",
            name="wallet_changed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="wallet changed"),
        ),
        migrations.AddField(
            model_name="seller",
            name="wallet_rests_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="wallet rests until"),
        ),
    ]
