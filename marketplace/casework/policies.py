"""How long a case may wait where nobody said otherwise, and the limits of what people write."""

from datetime import timedelta

from marketplace.casework.states import QueueName

DEFAULT_HOURS: dict[str, int] = {
    QueueName.APPLICATIONS: 48,
    QueueName.LISTINGS: 24,
    QueueName.REVIEWS: 24,
    QueueName.SUGGESTIONS: 72,
    QueueName.REFUNDS: 8,
    QueueName.FAILED_REFUNDS: 24,
    QueueName.BATCHES: 8,
    QueueName.PAYMENT_ISSUES: 24,
    # From payment: two days to hand the parcel over.
    QueueName.SHIPMENTS: 48,
    QueueName.DEAD_LETTERS: 4,
    QueueName.ROLE_REQUESTS: 24,
    QueueName.RULE_REQUESTS: 24,
    QueueName.TERMS_REQUESTS: 24,
    # Working time, of which a working day has 24 hours.
    QueueName.DISPUTE_SELLER: 48,
    QueueName.DISPUTE_BUYER: 72,
    QueueName.DISPUTE_STAFF: 72,
    QueueName.DISPUTE_APPEAL: 96,
    QueueName.DISPUTE_PROVIDER: 240,
}
SNOOZE_MAX = timedelta(days=30)
NOTE_MAX = 4000
VIEW_NAME_MAX = 60
VIEW_QUERY_MAX = 500
BULK_ROWS_MAX = 100_000
BULK_DRAFT_KEPT = timedelta(days=1)
