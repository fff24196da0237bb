"""Changes of payout terms have a time of their own. Step 1 of 2: the check is NOT VALID, 0024 validates it."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

QUEUES = [
    ("applications", "Applications to review"),
    ("listings", "Listings to moderate"),
    ("reviews", "Reviews to decide"),
    ("suggestions", "Matches to judge"),
    ("refunds", "Refunds to approve"),
    ("failed_refunds", "Refunds in trouble"),
    ("batches", "Payouts to approve"),
    ("payment_issues", "Payments to settle"),
    ("shipments", "Shipments to chase"),
    ("dead_letters", "Dead letters"),
    ("role_requests", "Role requests to decide"),
    ("rule_requests", "Rule changes to decide"),
    ("terms_requests", "Payout terms to decide"),
    ("dispute_seller", "Disputes: the seller answers"),
    ("dispute_buyer", "Disputes: the buyer answers"),
    ("dispute_staff", "Disputes: we decide"),
    ("dispute_appeal", "Disputes: we decide an appeal"),
    ("dispute_provider", "Disputes: the provider answers"),
]


class Migration(migrations.Migration):
    dependencies = [("casework", "0022_validate_time_of_rule_changes")]

    operations = [
        migrations.AlterField(
            "queuetime",
            "queue",
            models.CharField(choices=QUEUES, max_length=20, primary_key=True, serialize=False),
        ),
        migrations.RemoveConstraint("queuetime", "queue_time_queue_known"),
        AddConstraintNotValid(
            "queuetime",
            models.CheckConstraint(
                condition=models.Q(queue__in=[name for name, _label in QUEUES]),
                name="queue_time_queue_known",
            ),
        ),
    ]
