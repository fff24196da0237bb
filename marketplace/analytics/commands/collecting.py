"""Which deeds of buyers the services are to be told: of those who allowed it when they did them.

Orders, payments, parcels and refunds are read from the event log, by a cursor of their own; searches,
product pages and carts leave no event and are written down as they happen. A row for each service
stands in the queue then, once: its deed's id is the event's.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import DatabaseError, connection, transaction

from marketplace.accounts.states import Purpose
from marketplace.analytics.destinations import destinations
from marketplace.analytics.log import SKEW, first_id, horizon, next_ids
from marketplace.analytics.models import ForwardCursor
from marketplace.analytics.policies import permitted
from marketplace.analytics.states import DeedName
from marketplace.shared import clock
from marketplace.shared.ids import uuid7

logger = logging.getLogger(__name__)

BATCH = 5_000
BATCHES_PER_SWEEP = 40
# Older deeds are no news any more: forwarding that was off for a month does not tell of it.
TELLS_BACK = timedelta(days=7)

# Whole shillings; an order's id is made a pseudonym when it leaves.
_ORDER = "'order', o.id, 'total', {total} / 100, 'currency', o.currency"
_DEEDS = f"""
    SELECT b.id, '{DeedName.ORDER_PLACED}', o.buyer_id, b.occurred_at,
        jsonb_build_object({_ORDER.format(total="o.total_minor")}, 'pieces', l.pieces, 'sellers', l.sellers)
    FROM batch b JOIN orders_order o ON o.id = b.aggregate_id::uuid CROSS JOIN LATERAL (
        SELECT sum(l.quantity) AS pieces, count(DISTINCT s.seller_id) AS sellers
        FROM orders_sellerorder s JOIN orders_orderline l ON l.seller_order_id = s.id
        WHERE s.order_id = o.id) l
    WHERE b.name = 'orders.placed.v1'
    UNION ALL
    SELECT b.id, '{DeedName.ORDER_PAID}', o.buyer_id, b.occurred_at,
        jsonb_build_object({_ORDER.format(total="o.total_minor")})
    FROM batch b JOIN orders_order o ON o.id = b.aggregate_id::uuid WHERE b.name = 'orders.paid.v1'
    UNION ALL
    SELECT b.id, '{DeedName.PARCEL_DELIVERED}', o.buyer_id, b.occurred_at,
        jsonb_build_object({_ORDER.format(total="(s.items_minor + s.shipping_minor)")})
    FROM batch b JOIN orders_sellerorder s ON s.id = b.aggregate_id::uuid
    JOIN orders_order o ON o.id = s.order_id WHERE b.name = 'orders.seller_order_delivered.v1'
    UNION ALL
    SELECT b.id, '{DeedName.REFUNDED}', o.buyer_id, b.occurred_at,
        jsonb_build_object({_ORDER.format(total="r.amount_minor")}, 'reason', r.reason)
    FROM batch b JOIN payments_refund r ON r.id = b.aggregate_id::uuid
    JOIN payments_attempt a ON a.id = r.attempt_id JOIN payments_intent i ON i.id = a.intent_id
    JOIN orders_order o ON o.id = i.order_id WHERE b.name = 'payments.refund_succeeded.v1'
"""  # noqa: S608 - our own words
_QUEUE = f"""
    INSERT INTO analytics_forwardeddeed
        (destination, deed_id, name, buyer_id, happened_at, properties, status, failure)
    SELECT destination, d.id, d.name, d.buyer_id, d.at, d.properties, 'waiting', ''
    FROM deeds d CROSS JOIN unnest(%(destinations)s::text[]) AS destination
    WHERE EXISTS (
        SELECT FROM accounts_consent c WHERE c.user_id = d.buyer_id AND c.withdrawn_at IS NULL
        AND c.purpose = '{Purpose.ANALYTICS}' AND c.given_at <= d.at
    )
    ON CONFLICT (destination, deed_id) DO NOTHING
"""  # noqa: S608 - our own words
_COLLECT = f"""
    WITH batch AS MATERIALIZED (
        SELECT id, name, aggregate_id, occurred_at FROM shared_loggedevent
        WHERE id > %(after)s AND id <= %(last)s
    ), deeds (id, name, buyer_id, at, properties) AS ({_DEEDS}) {_QUEUE}
"""  # noqa: S608 - our own words
_NOTE = f"""
    WITH deeds (id, name, buyer_id, at, properties) AS (
        VALUES (%(id)s::uuid, %(name)s, %(buyer)s::uuid, %(at)s::timestamptz, %(properties)s::jsonb)
    ) {_QUEUE}
"""


def note_deed(*, buyer_id: UUID, name: DeedName, properties: Mapping[str, Any]) -> None:
    """Queue what a buyer does now, where they allow it; a no-op where nothing is forwarded.

    Of the properties only those count that `policies.ALLOWED` names. A database that refuses stops
    nobody from searching.
    """
    told = destinations()
    if not told:
        return
    values: dict[str, Any] = {
        "id": uuid7(),
        "name": name,
        "buyer": buyer_id,
        "at": clock.now(),
        "properties": orjson.dumps(permitted(name, properties)).decode(),
        "destinations": told,
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_NOTE, values)
    except DatabaseError:
        logger.warning("%s was not noted", name, exc_info=True)


def collect_deeds(*, skew: timedelta = SKEW) -> int:
    """Queue what the log says that buyers did since the last time; returns how many rows that made.

    Begins with what happens after the first call. A no-op while somebody else collects, or where
    nothing is forwarded.
    """
    told = destinations()
    if not told:
        return 0
    now = clock.now()
    beginning = ForwardCursor(pk=1, last_event_id=first_id(now))
    ForwardCursor.objects.bulk_create([beginning], ignore_conflicts=True)
    before, oldest = horizon(skew), first_id(now - TELLS_BACK)
    queued = 0
    for _number in range(BATCHES_PER_SWEEP):
        with transaction.atomic():
            cursor = ForwardCursor.objects.select_for_update(skip_locked=True).filter(pk=1).first()
            if cursor is None:
                break
            after = max(cursor.last_event_id, oldest)
            ids = next_ids(after=after, before=before, limit=BATCH)
            if ids:
                queued += _collect(after, ids[-1], told)
                cursor.last_event_id = ids[-1]
                cursor.save(update_fields=["last_event_id"])
        if len(ids) < BATCH:
            break
    return queued


def _collect(after: UUID, last: UUID, told: list[str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COLLECT, {"after": after, "last": last, "destinations": told})
        return int(cursor.rowcount)
