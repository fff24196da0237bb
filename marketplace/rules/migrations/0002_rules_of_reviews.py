"""Two rules of reviews. Step 1 of 2: the check is NOT VALID, 0003 validates it."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

RULES = [
    ("checkout", "Buyers may order"),
    ("applications", "New sellers may apply"),
    ("imports", "Sellers may import listings"),
    ("payout_runs", "Payouts are prepared by schedule"),
    ("proposals", "Buyer and seller may settle a dispute by themselves"),
    ("reviews_seen_first", "A moderator sees every review before it is public"),
    ("refund_approval", "Refund that one person may give"),
    ("minimum_payout", "Smallest payout"),
    ("limit_unknown", "Largest order of an unverified buyer"),
    ("limit_phone", "Largest order with a verified phone"),
    ("limit_identity", "Largest order with a verified identity"),
    ("order_expiry", "An unpaid order keeps its stock"),
    ("hold", "From delivery until the money is the seller's"),
    ("dispute_window", "From delivery in which a dispute may be opened"),
    ("review_edit", "From writing in which a review may be changed"),
    ("wallet_rest", "Nothing is paid to a changed number"),
]
NEW = ("reviews_seen_first", "review_edit")


def add_rules(apps, schema_editor):
    setting = apps.get_model("rules", "RuleSetting")
    database = schema_editor.connection.alias
    setting.objects.using(database).bulk_create([setting(name=name) for name in NEW])


def remove_rules(apps, schema_editor):
    setting = apps.get_model("rules", "RuleSetting")
    setting.objects.using(schema_editor.connection.alias).filter(name__in=NEW).delete()


class Migration(migrations.Migration):
    dependencies = [("rules", "0001_rules_of_the_house")]

    operations = [
        migrations.AlterField(
            "rulesetting",
            "name",
            models.CharField(
                choices=RULES,
                max_length=20,
                primary_key=True,
                serialize=False,
                verbose_name="rule",
            ),
        ),
        migrations.RemoveConstraint("rulesetting", "rule_known"),
        AddConstraintNotValid(
            "rulesetting",
            models.CheckConstraint(
                condition=models.Q(name__in=[name for name, _label in RULES]), name="rule_known"
            ),
        ),
        migrations.RunPython(add_rules, remove_rules),
    ]
