"""A rule says how long a decision may be appealed. Step 1 of 2: the check is NOT VALID, 0005 validates it."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

NAME = "appeal_window"
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
    (NAME, "From the decision of a dispute in which it may be appealed"),
    ("wallet_rest", "Nothing is paid to a changed number"),
]


class Migration(migrations.Migration):
    dependencies = [("rules", "0003_validate_rules_of_reviews")]

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
    ]
