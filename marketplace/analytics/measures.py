"""What is counted of which event: one SELECT per measure over a batch of the event log.

Each SELECT reads facts that never change once the event is recorded (an order's frozen amounts, a
ledger entry's postings), and dates them by the fact, not by when it was counted: a late correction
goes to its own day, and counting the log again gives the same figures. Only a product's category and
the time of a queue are read as they stand now: one that changed takes its past along at the next
recount.
"""

import hashlib
from dataclasses import dataclass
from typing import LiteralString

from marketplace.casework.policies import DEFAULT_HOURS

PLACED = "placed"
PAID = "paid"
PLACED_PAID = "placed_paid"
PLACED_DELIVERED = "placed_delivered"
TAKE = "take"
ATTEMPTED = "attempted"
SUCCEEDED = "succeeded"
REFUNDED = "refunded"
DISPUTED = "disputed"
APPROVED = "approved"
REJECTED = "rejected"
DELIVERED = "delivered"
SOLD_OUT = "sold_out"
DECIDED = "decided"
VERDICT = "verdict"
LISTING_APPROVED = "listing_approved"
LISTING_REJECTED = "listing_rejected"
REVIEW_PUBLISHED = "review_published"
REVIEW_REJECTED = "review_rejected"

SELLER = "seller"
SELLER_MONTH = "seller_month"
CATEGORY = "category"
PROVIDER = "provider"
QUEUE = "queue"
WAITED = "waited"
# Kept by month as well.
BY_MONTH = {(PAID, SELLER): SELLER_MONTH}
# Dimensions of a handful of keys, which a page reads whole.
FEW = ["", PROVIDER, QUEUE]


@dataclass(frozen=True, slots=True)
class Measure:
    """`rows` ends a SELECT of (day's instant, key, count, total) FROM batch `b`."""

    name: str
    dimension: str
    rows: LiteralString


_ORDER = "JOIN orders_order o ON o.id = b.aggregate_id::uuid WHERE b.name = "
_PARTS = (
    "JOIN orders_sellerorder s ON s.order_id = b.aggregate_id::uuid"
    " JOIN orders_order o ON o.id = s.order_id WHERE b.name = "
)
_ATTEMPT = "JOIN payments_attempt a ON a.id = b.aggregate_id::uuid WHERE b.name = "
_REFUND = "JOIN payments_refund r ON r.id = b.aggregate_id::uuid"
_DISPUTE = (
    "JOIN disputes_dispute d ON d.id = b.aggregate_id::uuid"
    " JOIN orders_sellerorder s ON s.id = d.seller_order_id WHERE b.name = "
)
_APPLICATION = "JOIN sellers_application a ON a.id = b.aggregate_id::uuid WHERE b.name = "
# A verdict, and when the listing was last sent in before it. What a file brought in has no event of its
# own for that: it waits from the moment on in which it was made.
_MODERATED = (
    "FROM batch b CROSS JOIN LATERAL (SELECT coalesce((SELECT max(e.occurred_at)"
    " FROM shared_loggedevent e WHERE e.aggregate = 'listing'"
    " AND e.aggregate_id = b.aggregate_id AND e.id < b.id"
    " AND e.after ->> 'status' = 'in_moderation'),"
    " (SELECT l.created_at FROM listings_listing l WHERE l.id = b.aggregate_id::uuid))"
    " AS entered_at) i"
    " WHERE b.name = 'listings.status_changed.v1' AND b.before ->> 'status' = 'in_moderation'"
    " AND i.entered_at IS NOT NULL"
)
_TOOK = (
    f"b.occurred_at, '', 1, extract(epoch FROM b.occurred_at - i.entered_at)::bigint {_MODERATED}"
)

# The same of a review, where a person gave it: what no rule holds may publish itself.
_REVIEWED = (
    "FROM batch b CROSS JOIN LATERAL (SELECT max(e.occurred_at) AS entered_at"
    " FROM shared_loggedevent e WHERE e.aggregate = 'review'"
    " AND e.aggregate_id = b.aggregate_id AND e.id < b.id"
    " AND e.after ->> 'status' = 'pending') i"
    " WHERE b.name = ANY ('{reviews.published.v1,reviews.rejected.v1}')"
    " AND b.before ->> 'status' = 'pending' AND b.actor_kind = 'staff'"
    " AND i.entered_at IS NOT NULL"
)
_REVIEW_TOOK = (
    f"b.occurred_at, '', 1, extract(epoch FROM b.occurred_at - i.entered_at)::bigint {_REVIEWED}"
)


def _in_time(queue: str, since: str, until: str) -> LiteralString:
    """1 where a case was done within its queue's time, 0 where it was late."""
    hours = (
        f"coalesce((SELECT hours FROM casework_queuetime WHERE queue = '{queue}'),"  # noqa: S608 - our own words
        f" {DEFAULT_HOURS[queue]})"
    )
    return f"({until} - {since} <= {hours} * interval '1 hour')::int"


_WAITED = "extract(epoch FROM a.decided_at - a.submitted_at)::bigint"
# Eight steps for each doubling, from a minute on.
_STEP = (
    "floor(8 * log(2.0, greatest(extract(epoch FROM a.decided_at - a.submitted_at), 60) / 60))"
    "::int::text"
)

MEASURES = (
    # --- Selling: TZS minor units ---
    Measure(
        PLACED, "", f"o.placed_at, '', 1, o.total_minor FROM batch b {_ORDER} 'orders.placed.v1'"
    ),
    Measure(PAID, "", f"o.paid_at, '', 1, o.total_minor FROM batch b {_ORDER} 'orders.paid.v1'"),
    Measure(
        PAID,
        SELLER,
        "o.paid_at, s.seller_id::text, 1, s.items_minor + s.shipping_minor"
        f" FROM batch b {_PARTS} 'orders.paid.v1'",
    ),
    # The same on the first day of its month: a year of thousands of sellers is read in a moment.
    Measure(
        PAID,
        SELLER_MONTH,
        "date_trunc('month', o.paid_at, 'Africa/Dar_es_Salaam'), s.seller_id::text, 1,"
        f" s.items_minor + s.shipping_minor FROM batch b {_PARTS} 'orders.paid.v1'",
    ),
    Measure(
        PAID,
        CATEGORY,
        "o.paid_at, p.category_id::text, 1, l.total_minor FROM batch b"
        " JOIN orders_sellerorder s ON s.order_id = b.aggregate_id::uuid"
        " JOIN orders_order o ON o.id = s.order_id JOIN orders_orderline l ON l.seller_order_id = s.id"
        " JOIN listings_listing i ON i.id = l.listing_id JOIN catalog_product p ON p.id = i.product_id"
        " WHERE b.name = 'orders.paid.v1'",
    ),
    # What the ledger booked as ours, whatever event booked it: sales, refunds, corrections.
    Measure(
        TAKE,
        "",
        "p.posted_at, '', 1, -p.amount_minor FROM batch b JOIN ledger_entry e ON e.event_id = b.id"
        " JOIN ledger_posting p ON p.entry_id = e.id JOIN ledger_account a ON a.id = p.account_id"
        " WHERE a.code = 'commission_revenue'",
    ),
    # --- Of the orders placed on a day, how many came how far ---
    Measure(PLACED_PAID, "", f"o.placed_at, '', 1, 0 FROM batch b {_ORDER} 'orders.paid.v1'"),
    Measure(
        PLACED_DELIVERED, "", f"o.placed_at, '', 1, 0 FROM batch b {_ORDER} 'orders.completed.v1'"
    ),
    Measure(
        DELIVERED,
        "",
        "s.delivered_at, '', 1, s.items_minor + s.shipping_minor FROM batch b"
        " JOIN orders_sellerorder s ON s.id = b.aggregate_id::uuid"
        " WHERE b.name = 'orders.seller_order_delivered.v1'",
    ),
    # --- Payments, on the day of the attempt ---
    Measure(
        ATTEMPTED,
        PROVIDER,
        f"a.created_at, a.provider, 1, a.amount_minor FROM batch b {_ATTEMPT}"
        " 'payments.attempt_started.v1'",
    ),
    Measure(
        SUCCEEDED,
        PROVIDER,
        f"a.created_at, a.provider, 1, a.amount_minor FROM batch b {_ATTEMPT}"
        " 'payments.succeeded.v1'",
    ),
    # --- What went wrong ---
    Measure(
        REFUNDED,
        "",
        f"r.settled_at, '', 1, r.amount_minor FROM batch b {_REFUND}"
        " WHERE b.name = 'payments.refund_succeeded.v1'",
    ),
    Measure(
        REFUNDED,
        SELLER,
        f"r.settled_at, s.seller_id::text, 1, x.amount_minor FROM batch b {_REFUND}"
        " JOIN payments_refundpart x ON x.refund_id = r.id"
        " JOIN orders_sellerorder s ON s.id = x.seller_order_id"
        " WHERE b.name = 'payments.refund_succeeded.v1'",
    ),
    Measure(DISPUTED, "", f"d.opened_at, '', 1, 0 FROM batch b {_DISPUTE} 'disputes.opened.v1'"),
    Measure(
        DISPUTED,
        SELLER,
        f"d.opened_at, s.seller_id::text, 1, 0 FROM batch b {_DISPUTE} 'disputes.opened.v1'",
    ),
    # --- Applications: seconds from the last submission to the decision ---
    Measure(
        APPROVED,
        "",
        f"a.decided_at, '', 1, {_WAITED} FROM batch b {_APPLICATION}"
        " 'sellers.application_approved.v1'",
    ),
    Measure(
        REJECTED,
        "",
        f"a.decided_at, '', 1, {_WAITED} FROM batch b {_APPLICATION}"
        " 'sellers.application_rejected.v1'",
    ),
    # Both of them by how long they waited, in steps of a ninth: medians are read from here.
    Measure(
        VERDICT,
        WAITED,
        f"a.decided_at, {_STEP}, 1, {_WAITED} FROM batch b {_APPLICATION} ANY"
        " ('{sellers.application_approved.v1,sellers.application_rejected.v1}')",
    ),
    Measure(
        SOLD_OUT, "", "b.occurred_at, '', 1, 0 FROM batch b WHERE b.name = 'listings.sold_out.v1'"
    ),
    Measure(
        SOLD_OUT,
        SELLER,
        "b.occurred_at, i.seller_id::text, 1, 0 FROM batch b"
        " JOIN listings_listing i ON i.id = b.aggregate_id::uuid"
        " WHERE b.name = 'listings.sold_out.v1'",
    ),
    # --- Work done: `total` is how many were done within the queue's time, as it is set now ---
    Measure(
        DECIDED,
        QUEUE,
        f"a.decided_at, 'applications', 1, {_in_time('applications', 'a.submitted_at', 'a.decided_at')}"
        f" FROM batch b {_APPLICATION} ANY ('{{sellers.application_approved.v1,"
        "sellers.application_rejected.v1}')",
    ),
    Measure(
        DECIDED,
        QUEUE,
        f"b.occurred_at, 'listings', 1, {_in_time('listings', 'i.entered_at', 'b.occurred_at')}"
        f" {_MODERATED}",
    ),
    # The same verdicts by what they were, with the seconds that they took.
    Measure(LISTING_APPROVED, "", f"{_TOOK} AND b.after ->> 'status' = 'live'"),
    Measure(LISTING_REJECTED, "", f"{_TOOK} AND b.after ->> 'status' = 'rejected'"),
    Measure(
        DECIDED,
        QUEUE,
        f"b.occurred_at, 'reviews', 1, {_in_time('reviews', 'i.entered_at', 'b.occurred_at')}"
        f" {_REVIEWED}",
    ),
    Measure(REVIEW_PUBLISHED, "", f"{_REVIEW_TOOK} AND b.after ->> 'status' = 'published'"),
    Measure(REVIEW_REJECTED, "", f"{_REVIEW_TOOK} AND b.after ->> 'status' = 'rejected'"),
    Measure(
        DECIDED,
        QUEUE,
        f"s.shipped_at, 'shipments', 1, {_in_time('shipments', 's.placed_at', 's.shipped_at')}"
        " FROM batch b JOIN orders_sellerorder s ON s.id = b.aggregate_id::uuid"
        " WHERE b.name = 'orders.seller_order_shipped.v1'",
    ),
    # A dispute has a day of its own.
    Measure(
        DECIDED,
        QUEUE,
        "b.occurred_at, 'disputes', 1, (b.occurred_at <= d.due_at)::int"
        f" FROM batch b {_DISPUTE} 'disputes.resolved.v1'",
    ),
)
# Changes with what is counted.
EDITION = hashlib.blake2b(repr(MEASURES).encode(), digest_size=16).hexdigest()
