"""Roads of the money that are walked until somebody dies on them, and what must be true in the end.

Each has a beginning, the work that is killed, what people and sweeps do afterwards, and its right end: done,
or given back. The provider's own book is the witness.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.core.files.uploadedfile import SimpleUploadedFile

from fixtures.simulators.core.entries import COMPLETED, Entry
from fixtures.simulators.core.faults import Product
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.listings.commands import upload_import
from marketplace.listings.models import ImportBatch, Listing
from marketplace.orders.commands import cancel_order, expire_due_orders
from marketplace.orders.models import Order, Reservation
from marketplace.payments.commands import (
    enquire_due_attempts,
    enquire_due_refunds,
    retry_refund,
    start_attempt,
)
from marketplace.payments.gateways import wire
from marketplace.payments.models import Attempt, Intent, Refund
from marketplace.payouts.commands import (
    approve_batch,
    enquire_due_payouts,
    hold_seller,
    prepare_batch,
    settle_payout,
)
from marketplace.payouts.commands.settling import DOUBT
from marketplace.payouts.errors import NothingToPayOut
from marketplace.payouts.models import Payout, PayoutBatch
from marketplace.payouts.queries import balance_of
from marketplace.reconciliation.models import Statement, StatementLine
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.models import Delivery, DeliveryStatus
from tests.api.client import Caller
from tests.api.test_orders import wish
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer, staff_actor
from tests.factories.catalog import a_category
from tests.factories.fees import the_terms
from tests.factories.listings import a_listing
from tests.factories.orders import an_attempt, an_order, the_shipping_rates
from tests.factories.payouts import a_ripe_part
from tests.factories.reconciliation import a_payment, an_uploaded_statement, charge, paid
from tests.factories.sellers import a_seller, seller_actor
from tests.marketplace.reconciliation.books import broken_invariants as of_reconciliation
from tests.verified import broken_invariants

ANSWERED_AT_ONCE, NOT_A_WALLET = "912", "987"
ROWS = 12
# Enquiries have a ladder; what was never received is believed after ten minutes.
LATER_MIN = (1, 4, 12, 16)
DAY_MIN = 24 * 60


@dataclass
class Road:
    """One walk. `again` is what a client, a colleague or the buyer does who saw nothing happen."""

    mpesa: Any
    later_min: ClassVar[tuple[int, ...]] = LATER_MIN

    def begin(self) -> None:
        raise NotImplementedError

    def work(self) -> None:
        raise NotImplementedError

    def again(self) -> None:
        """Nothing, where the workers go on by themselves."""

    def wrong(self) -> list[str]:
        """What is not as it must be in the end."""
        raise NotImplementedError

    def leave(self) -> None:
        """Nothing of this walk may come into the next one's way."""

    def broken(self) -> list[str]:
        """Invariants that do not hold."""
        return broken_invariants()

    def recover(self) -> None:
        """Leases end, the workers and the sweeps go on, somebody asks again; minutes pass."""
        Delivery.objects.filter(status=DeliveryStatus.PENDING).update(next_attempt_at=clock.now())
        deliver_all()
        self.again()
        start = clock.now()
        for minutes in self.later_min:
            self.mpesa.settle()
            with clock.at(start + timedelta(minutes=minutes)):
                deliver_all()
                for sweep in (enquire_due_attempts, enquire_due_refunds, enquire_due_payouts):
                    sweep()
                deliver_all()
                self.again()
                deliver_all()

    def entries(self, product: Product, references: list[str]) -> list[Entry]:
        """What the provider's book has done under these references of ours."""
        names = [wire(reference) for reference in references]
        return [
            entry
            for entry in self.mpesa.book.entries(product)
            if entry.status == COMPLETED and entry.third_party_id.startswith(tuple(names))
        ]


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


class PaidOut(Road):
    """A batch is approved, and its payout leaves."""

    digits = "000"
    later_min: ClassVar[tuple[int, ...]] = (*LATER_MIN, DAY_MIN + 1)

    def begin(self) -> None:
        number = self.mpesa.number(self.digits)
        self.seller = a_seller(payout_provider="mpesa", payout_msisdn=number)
        a_ripe_part(a_listing(seller=self.seller))
        self.owed = balance_of(seller_reference=self.seller.reference).available_minor
        self.batch = prepare_batch(actor=staff_actor())
        self.approver = staff_actor()

    def work(self) -> None:
        self.batch.refresh_from_db()
        if self.batch.status == "awaiting_approval":
            approve_batch(batch_id=self.batch.pk, actor=self.approver)
        deliver_all()

    def again(self) -> None:
        """Of what nobody tells a person does, a day later; what never left is planned once more."""
        self.work()
        self.look_into_the_portal()
        if not self.payouts().filter(status__in=["planned", "approved", "sent", "unknown", "paid"]):
            try:
                self.batch = prepare_batch(actor=staff_actor())
            except NothingToPayOut:
                return
            self.work()

    def look_into_the_portal(self) -> None:
        doubtful = self.payouts().filter(status__in=["sent", "unknown"])
        for payout in doubtful.filter(sent_at__lte=clock.now() - DOUBT):
            found = self.entries(Product.PAYOUT, [payout.reference])
            settle_payout(
                payout_id=payout.pk,
                is_paid=bool(found),
                receipt=found[0].receipt if found else "",
                reason="The portal says so",
                actor=staff_actor(),
            )

    def payouts(self) -> Any:
        return Payout.objects.filter(seller=self.seller)

    def wrong(self) -> list[str]:
        there = self.entries(
            Product.PAYOUT, list(self.payouts().values_list("reference", flat=True))
        )
        return differing(
            paid=(self.payouts().filter(status="paid").count(), 1),
            sent_there=([entry.amount_minor for entry in there], [self.owed]),
            left=(balance_of(seller_reference=self.seller.reference).available_minor, 0),
        )


class RefusedForGood(PaidOut):
    """M17: the provider refuses the payout; the seller is owed all of it again."""

    digits = NOT_A_WALLET

    def leave(self) -> None:
        """The next batch is not for this seller, who still is owed."""
        hold_seller(seller_id=self.seller.pk, reason="His wallet is none", actor=staff_actor())

    def again(self) -> None:
        self.work()
        self.look_into_the_portal()

    def wrong(self) -> list[str]:
        there = self.entries(
            Product.PAYOUT, list(self.payouts().values_list("reference", flat=True))
        )
        return differing(
            failed=(list(self.payouts().values_list("status", flat=True)), ["failed"]),
            sent_there=(there, []),
            owed=(balance_of(seller_reference=self.seller.reference).available_minor, self.owed),
            batch=(PayoutBatch.objects.get(pk=self.batch.pk).status, "completed"),
        )


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


def differing(**figures: tuple[Any, Any]) -> list[str]:
    """What is not what it must be, in words."""
    return [
        f"{name} is {found}, not {due}" for name, (found, due) in figures.items() if found != due
    ]
