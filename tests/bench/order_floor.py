"""The least that placing an order can cost here: its rows, written by hand in one transaction.

No ORM, no checks, no terms: prepared statements through psycopg, one for each table that `check_out`
writes. `check_out` reads, checks, computes and hints the queue beside it.
"""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta

import psycopg
from django.conf import settings

from marketplace.accounts.models import User
from marketplace.listings.models import Listing
from marketplace.orders.models import Order, OrderLine, Reservation, SellerOrder
from marketplace.payments.models import Intent
from marketplace.shared import clock
from marketplace.shared.ids import reference, uuid7
from marketplace.shared.models import Delivery, LoggedEvent
from tests.factories.fees import COMMISSION_BP, VAT_BP
from tests.factories.orders import HOME, SHIPPING_MINOR

LOCK = """
    SELECT l.seller_id, l.sku, l.price_minor, p.title FROM listings_listing l
    JOIN catalog_product p ON p.id = l.product_id WHERE l.id = %s FOR UPDATE OF l"""
RESERVE = "UPDATE listings_listing SET reserved = reserved + 1 WHERE id = %s"
EMPTY_CART = "DELETE FROM orders_cartline WHERE buyer_id = %s AND listing_id = %s"


def insert(table: str, columns: str) -> str:
    places = ", ".join(["%s"] * len(columns.split()))
    return f"INSERT INTO {table} ({', '.join(columns.split())}) VALUES ({places})"


ORDER = insert(
    "orders_order",
    "id reference buyer_id status currency items_minor shipping_minor total_minor recipient phone"
    " region district street landmark placed_at expires_at close_reason",
)
PART = insert(
    "orders_sellerorder",
    "id reference order_id seller_id status items_minor shipping_minor commission_minor"
    " commission_vat_minor placed_at cancel_reason",
)
LINE = insert(
    "orders_orderline",
    "seller_order_id listing_id title sku quantity unit_price_minor total_minor vat_bp vat_minor"
    " commission_bp commission_minor commission_vat_bp commission_vat_minor commission_rule",
)
RESERVATION = insert("orders_reservation", "order_id listing_id quantity status expires_at")
INTENT = insert("payments_intent", "id reference order_id amount_minor currency status created_at")
EVENT = insert(
    "shared_loggedevent",
    "id name aggregate aggregate_id payload after actor_kind actor_id actor_label request_id"
    " occurred_at",
)
DELIVERY = insert(
    "shared_delivery",
    "event_id handler queue status attempts next_attempt_at last_error created_at closing_reason",
)


class OrderFloor:
    """The work of one client, as `clients.per_second` wants it."""

    WRITES = (Order, SellerOrder, OrderLine, Reservation, Intent, LoggedEvent, Delivery)

    def __init__(self, buyers: Sequence[User], listings: Sequence[Sequence[Listing]]) -> None:
        self.buyers = buyers
        self.listings = listings

    def make_work(self, index: int) -> Callable[[], bool]:
        database = settings.DATABASES["default"]
        connection = psycopg.connect(
            host=database["HOST"],
            user=database["USER"],
            password=database["PASSWORD"],
            dbname=database["NAME"],
            prepare_threshold=0,
        )
        buyer, own = self.buyers[index], self.listings[index]
        placed = 0

        def work() -> bool:
            nonlocal placed
            listing = own[placed % len(own)]
            placed += 1
            with connection.cursor() as cursor:
                _place(cursor, buyer, listing)
            connection.commit()
            return True

        return work


# fmt: off
def _place(cursor: psycopg.Cursor, buyer: User, listing: Listing) -> None:
    cursor.execute(LOCK, [listing.pk])
    seller_id, sku, price, title = cursor.fetchone()
    cursor.execute(RESERVE, [listing.pk])
    now = clock.now()
    until = now + timedelta(minutes=settings.ORDER_EXPIRY_MINUTES)
    order_id, part_id, intent_id = uuid7(), uuid7(), uuid7()
    total = price + SHIPPING_MINOR
    commission = price * COMMISSION_BP // 10_000
    commission_vat = commission * VAT_BP // 10_000
    cursor.execute(
        ORDER,
        [order_id, reference("ORD"), buyer.pk, "awaiting_payment", "TZS", price, SHIPPING_MINOR,
         total, HOME.recipient, HOME.phone, HOME.region, HOME.district, HOME.street, "",
         now, until, ""],
    )
    cursor.execute(
        PART,
        [part_id, reference("SO"), order_id, seller_id, "awaiting_payment", price,
         SHIPPING_MINOR, commission, commission_vat, now, ""],
    )
    cursor.execute(
        LINE,
        [part_id, listing.pk, title, sku, 1, price, price, VAT_BP, price * 18 // 118,
         COMMISSION_BP, commission, VAT_BP, commission_vat, "Everything"],
    )
    cursor.execute(RESERVATION, [order_id, listing.pk, 1, "open", until])
    cursor.execute(EMPTY_CART, [buyer.pk, listing.pk])
    placed_id = _record(cursor, "orders.order_placed.v1", "order", order_id, buyer)
    for handler in ("notifications.order_placed", "search.index_ordered"):
        cursor.execute(
            DELIVERY, [placed_id, handler, "default", "pending", 0, now, "", now, ""]
        )
    cursor.execute(INTENT, [intent_id, reference("PAY"), order_id, total, "TZS", "open", now])
    _record(cursor, "payments.intent_opened.v1", "intent", intent_id, buyer)


def _record(cursor: psycopg.Cursor, name: str, aggregate: str, key: object, buyer: User) -> object:
    event_id = uuid7()
    cursor.execute(
        EVENT,
        [event_id, name, aggregate, str(key), json.dumps({f"{aggregate}_id": str(key)}), None,
         "buyer", str(buyer.pk), buyer.name, "", clock.now()],
    )
    return event_id
