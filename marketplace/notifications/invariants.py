"""What must hold of messages at every moment, beyond what a constraint can say."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "notifications.told_once",
        _("News that happens once is told once to each address."),
        by_sql(
            "SELECT count(*) FROM notifications_message",
            "SELECT min(reference) FROM notifications_message WHERE about <> '' AND code IN"
            " ('order_placed', 'order_paid', 'order_expired', 'payout_paid')"
            " GROUP BY code, channel, recipient, about HAVING count(*) > 1",
        ),
    ),
    Invariant(
        "notifications.sent_after_written",
        _("Every sent message says when, and that is not before it was written."),
        by_sql(
            "SELECT count(*) FROM notifications_message",
            "SELECT reference FROM notifications_message"
            " WHERE (status = 'sent' AND (sent_at IS NULL OR sent_at < created_at))",
        ),
    ),
    Invariant(
        "notifications.nobody_waits_for_ever",
        _("Every queued message has a delivery that will still send or bury it."),
        by_sql(
            "SELECT count(*) FROM notifications_message",
            "SELECT m.reference FROM notifications_message m WHERE m.status = 'queued'"
            " AND NOT EXISTS (SELECT 1 FROM shared_loggedevent e"
            " JOIN shared_delivery d ON d.event_id = e.id"
            " WHERE e.aggregate = 'message' AND e.aggregate_id = m.id::text"
            " AND e.name = 'notifications.message_queued.v1'"
            " AND d.status IN ('pending', 'dead'))",
        ),
    ),
]
