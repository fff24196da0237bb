"""Languages by their names in forms and lists; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="language",
            field=models.CharField(
                choices=[("en", "English"), ("sw", "Kiswahili")],
                max_length=2,
                verbose_name="language",
            ),
        ),
        migrations.AlterField(
            model_name="messagetemplate",
            name="language",
            field=models.CharField(
                choices=[("en", "English"), ("sw", "Kiswahili")],
                max_length=2,
                verbose_name="language",
            ),
        ),
    ]
