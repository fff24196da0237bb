"""How often somebody called a provider's webhook without its secret."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_validate_channels")]

    operations = [
        migrations.AddField(
            model_name="providertally",
            name="turned_away",
            field=models.IntegerField(db_default=0, default=0),
        ),
    ]
