"""Payments that buyers begin on their phones. NOT VALID, so that no lock outlasts the statement; 0011
validates."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_reason_wrong_amount")]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="channel",
            field=models.CharField(
                choices=[
                    ("push", "Prompt on the phone"),
                    ("bill", "Bill paid from the phone's menu"),
                ],
                db_default="push",
                default="push",
                max_length=10,
                verbose_name="channel",
            ),
        ),
        AddConstraintNotValid(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(channel__in=["push", "bill"]), name="attempt_channel_known"
            ),
        ),
    ]
