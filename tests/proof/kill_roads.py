"""Roads of the money that are walked until somebody dies on them, and what must be true in the end.

Each has a beginning, the work that is killed, what people and sweeps do afterwards, and its right end: done,
or given back. The provider's own book is the witness.
"""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from fixtures.simulators.core.faults import Product
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.listings.commands import upload_import
from marketplace.listings.models import ImportBatch, Listing
from marketplace.orders.commands import cancel_order, expire_due_orders
from marketplace.orders.models import Order, Reservation
from marketplace.payments.commands import (
    enquire_due_attempts,
    retry_refund,
    start_attempt,
)
from marketplace.payments.models import Attempt, Intent, Refund
from marketplace.reconciliation.models import Statement, StatementLine
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from tests.api.client import Caller
from tests.api.test_orders import wish
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer, staff_actor
from tests.factories.catalog import a_category
from tests.factories.fees import the_terms
from tests.factories.listings import a_listing
from tests.factories.orders import an_attempt, an_order, the_shipping_rates
from tests.factories.reconciliation import a_payment, an_uploaded_statement, charge, paid
from tests.factories.sellers import a_seller, seller_actor
from tests.marketplace.reconciliation.books import broken_invariants as of_reconciliation
from tests.proof.payout_roads import PaidInPart, PaidOut, RefusedForGood
from tests.proof.walking import Road, differing

ANSWERED_AT_ONCE = "912"
ROWS = 12


class Checkout(Road):
    """An order by the API, under the client's key."""

    def begin(self) -> None:
        the_terms()
        the_shipping_rates()
        self.buyer, self.listing = a_buyer(), a_listing(on_hand=5)

    def work(self) -> None:
        answer = Caller(self.buyer).post("/orders", wish(self.listing), key=f"key-{self.buyer.pk}")
        assert answer.status_code in {200, 201}
        deliver_all()

    def again(self) -> None:
        """With the same key; its token would not live through the minutes to come."""
        if not Order.objects.filter(buyer=self.buyer).exists():
            self.work()

    def wrong(self) -> list[str]:
        orders = Order.objects.filter(buyer=self.buyer).count()
        held = Reservation.objects.filter(listing=self.listing).count()
        self.listing.refresh_from_db()
        return differing(orders=(orders, 1), held=(held, 1), reserved=(self.listing.reserved, 1))


class Payment(Road):
    """A push that is answered at once, with all that follows from it."""

    def begin(self) -> None:
        self.order = an_order()

    def work(self) -> None:
        an_attempt(self.order, msisdn=self.mpesa.number(ANSWERED_AT_ONCE))
        deliver_all()

    def again(self) -> None:
        """Whoever sees the order unpaid, and nothing on its way, asks once more."""
        self.order.refresh_from_db()
        intent = Intent.objects.get(order=self.order)
        on_its_way = intent.attempts.filter(status__in=["created", "sent", "unknown"])
        if self.order.status == "awaiting_payment" and not on_its_way.exists():
            start_attempt(
                intent_id=intent.pk,
                msisdn=self.mpesa.number(ANSWERED_AT_ONCE),
                actor=Actor.buyer(self.order.buyer_id),
            )

    def wrong(self) -> list[str]:
        self.order.refresh_from_db()
        attempts = Attempt.objects.filter(intent__order=self.order)
        paid_there = self.entries(
            Product.PAYMENT, list(attempts.values_list("reference", flat=True))
        )
        return differing(
            status=(self.order.status, "paid"),
            paid_there=([entry.amount_minor for entry in paid_there], [self.order.total_minor]),
            applied=(attempts.filter(is_applied=True).count(), 1),
        )


class GivenBack(Road):
    """A paid order is cancelled, and its money goes back."""

    def begin(self) -> None:
        self.order = a_paid_order(self.mpesa)

    def work(self) -> None:
        self.order.refresh_from_db()
        if self.order.status != "cancelled":
            cancel_order(
                order_id=self.order.pk,
                reason="Changed my mind",
                actor=Actor.buyer(self.order.buyer_id),
            )
        deliver_all()

    def again(self) -> None:
        self.work()
        for refund in self.refunds().filter(status="failed"):
            retry_refund(refund_id=refund.pk, actor=staff_actor())

    def refunds(self) -> Any:
        return Refund.objects.filter(attempt__intent__order=self.order)

    def wrong(self) -> list[str]:
        there = self.entries(
            Product.REFUND, list(self.refunds().values_list("reference", flat=True))
        )
        return differing(
            refunds=(list(self.refunds().values_list("status", flat=True)), ["succeeded"]),
            back_there=([entry.amount_minor for entry in there], [self.order.total_minor]),
        )


class PaidTooLate(GivenBack):
    """M17: the money comes when its order has expired; it has to go back by itself."""

    def begin(self) -> None:
        self.order = an_order()
        an_attempt(self.order)
        deliver_all()
        now = clock.now()
        Order.objects.filter(pk=self.order.pk).update(expires_at=now)
        expire_due_orders()
        deliver_all()
        self.mpesa.settle()
        Attempt.objects.filter(intent__order=self.order).update(next_enquiry_at=now)

    def work(self) -> None:
        enquire_due_attempts()
        deliver_all()


class StatementRead(Road):
    """A file is imported: lines, matches, charges."""

    def begin(self) -> None:
        payments = [a_payment() for _ in range(3)]
        rows = [row for each in payments for row in (paid(each), charge(each.receipt))]
        self.held = balance(account=chart.PROVIDER_FEES)
        self.statement: Statement = an_uploaded_statement(rows)

    def work(self) -> None:
        deliver_all()

    def broken(self) -> list[str]:
        """Its payments are rows without what led to them."""
        return list(of_reconciliation())

    def wrong(self) -> list[str]:
        self.statement.refresh_from_db()
        lines = StatementLine.objects.filter(statement=self.statement)
        return differing(
            status=(self.statement.status, "imported"),
            lines=(lines.count(), 6),
            matched=(lines.filter(state="matched").count(), 6),
            charges=(balance(account=chart.PROVIDER_FEES) - self.held, 3 * 250_00),
        )


class GoodsImported(Road):
    """A seller's file of goods, in steps."""

    def begin(self) -> None:
        category, self.seller = a_category(), a_seller()
        rows = [f"S-{n},Phone {n % 4},Tecno,{category.slug},{n + 1},1" for n in range(ROWS)]
        text = "\n".join(["sku,title,brand,category,price_tzs,quantity", *rows])
        file = SimpleUploadedFile("stock.csv", text.encode())
        self.batch: ImportBatch = upload_import(
            seller_id=self.seller.pk, file=file, actor=seller_actor(self.seller)
        )

    def work(self) -> None:
        deliver_all()

    def wrong(self) -> list[str]:
        self.batch.refresh_from_db()
        prices = Listing.objects.filter(seller=self.seller).values_list("price_minor", flat=True)
        counted = (self.batch.rows_created, self.batch.rows_updated, self.batch.rows_failed)
        return differing(
            status=(self.batch.status, "finished"),
            rows=(counted, (ROWS, 0, 0)),
            prices=(sorted(prices), [100 * (n + 1) for n in range(ROWS)]),
        )


ROADS: dict[str, Callable[[Any], Road]] = {
    "checkout": Checkout,
    "payment": Payment,
    "refund": GivenBack,
    "paid too late": PaidTooLate,
    "payout": PaidOut,
    "payout in part": PaidInPart,
    "payout refused for good": RefusedForGood,
    "statement": StatementRead,
    "goods": GoodsImported,
}


def a_paid_order(mpesa: Any) -> Order:
    order = an_order()
    an_attempt(order, msisdn=mpesa.number(ANSWERED_AT_ONCE))
    deliver_all()
    order.refresh_from_db()
    assert order.status == "paid"
    return order
