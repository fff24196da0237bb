"""Every bad day of Airtel money that goes out: whole refunds, parts as payouts, payouts, statements."""

from typing import Any

import pytest

from fixtures.simulators.core.faults import Product
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.orders.commands import cancel_order
from marketplace.payments.commands import refund_seller_order, retry_refund
from marketplace.payments.gateways import wire
from marketplace.payments.models import Refund
from marketplace.payments.states import (
    RefundChannel,
    RefundReason,
    RefundStatus,
)
from marketplace.payouts.models import Payout
from marketplace.payouts.queries import balance_of
from marketplace.payouts.states import PayoutStatus
from marketplace.reconciliation.models import Match, ReconciliationException
from marketplace.shared.actors import Actor
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.payouts import an_approved_payout
from tests.factories.sellers import a_seller
from tests.proof.airtel_road import (
    CLEARING,
    a_paid_order_of,
    import_statement_of,
    named,
    news_arrive,
)
from tests.proof.road import nothing_is_wrong, time_passes

pytestmark = pytest.mark.django_db
PART_MINOR = 1_000_000

REFUNDED = ["000", "962", "965", "966"]
NOT_REFUNDED = ["961", "963", "964"]
PAID_OUT = ["000", "982", "985", "987", "988", "989"]
NOT_PAID_OUT = ["981", "984", "986"]
NOBODY_KNOWS = ["983"]
RETURNED = ["991", "992"]  # test_returned_payouts.py


def test_every_fault_of_a_refund_and_a_payout_has_its_proof():
    assert named(Product.REFUND) == {*REFUNDED, *NOT_REFUNDED} - {"000"}
    assert named(Product.PAYOUT) == {*PAID_OUT, *NOT_PAID_OUT, *NOBODY_KNOWS, *RETURNED} - {"000"}


# --- Refunds ---


def a_cancelled_order(airtel: Any, digits: str) -> Refund:
    order = a_paid_order_of(airtel, digits)
    cancel_order(order_id=order.pk, reason="Changed my mind", actor=Actor.buyer(order.buyer_id))
    deliver_all()
    return Refund.objects.get()


@pytest.mark.parametrize("digits", REFUNDED)
def test_a_whole_refund_is_booked_once_when_the_payment_says_so(airtel, digits):
    refund = a_cancelled_order(airtel, digits)

    news_arrive(airtel)
    time_passes(2, 5, 20)

    refund.refresh_from_db()
    assert (refund.status, refund.channel) == (RefundStatus.SUCCEEDED, RefundChannel.REVERSAL)
    assert airtel.entry(wire(refund.attempt.reference)).is_reversed
    assert len(airtel.requests("refund")) == 1
    assert not balance(account=CLEARING)
    assert not balance(account=chart.REFUNDS_CLEARING)
    nothing_is_wrong()


@pytest.mark.parametrize("digits", NOT_REFUNDED)
def test_a_refund_that_was_refused_is_still_owed_and_tried_again_by_a_person(airtel, digits):
    refund = a_cancelled_order(airtel, digits)
    time_passes(2, 5, 20, 40)
    refund.refresh_from_db()
    assert refund.status == RefundStatus.FAILED
    assert -balance(account=chart.REFUNDS_CLEARING) == refund.amount_minor

    airtel.set_fault("000", product=Product.REFUND, msisdn=airtel.number(digits))
    retry_refund(refund_id=refund.pk, actor=staff_actor())
    deliver_all()

    refund.refresh_from_db()
    assert (refund.status, refund.tries) == (RefundStatus.SUCCEEDED, 2)
    assert not balance(account=chart.REFUNDS_CLEARING)
    nothing_is_wrong()


def a_refunded_part(airtel: Any, digits: str) -> Refund:
    """A person gives a part of what a number paid back."""
    part = a_paid_order_of(airtel, digits).seller_orders.get()
    refund = refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=PART_MINOR,
        reason=RefundReason.PRICE_ADJUSTED,
        cause="scratched",
        actor=staff_actor(),
    )
    deliver_all()
    refund.refresh_from_db()
    return refund


@pytest.mark.parametrize("digits", PAID_OUT)
def test_a_part_goes_back_as_a_payout_to_the_wallet_that_paid(airtel, digits):
    refund = a_refunded_part(airtel, digits)

    airtel.settle()
    time_passes(2, 5, 20)

    refund.refresh_from_db()
    assert (refund.status, refund.channel) == (RefundStatus.SUCCEEDED, RefundChannel.PAYOUT)
    (entry,) = airtel.book.entries(Product.PAYOUT)
    assert (f"+{entry.msisdn}", entry.amount_minor) == (refund.attempt.msisdn, PART_MINOR)
    assert not airtel.requests("refund")
    assert balance(account=CLEARING) == refund.attempt.amount_minor - PART_MINOR
    assert not balance(account=chart.REFUNDS_CLEARING)
    nothing_is_wrong()


@pytest.mark.parametrize("digits", [*NOT_PAID_OUT, *NOBODY_KNOWS])
def test_a_part_that_did_not_arrive_is_still_owed(airtel, digits):
    refund = a_refunded_part(airtel, digits)

    airtel.settle()
    time_passes(2, 5, 20, 40)

    refund.refresh_from_db()
    assert refund.status == RefundStatus.FAILED
    assert -balance(account=chart.REFUNDS_CLEARING) == PART_MINOR
    nothing_is_wrong()


# --- Payouts ---


def a_payout_to(airtel: Any, digits: str) -> Payout:
    """Approved, and its try made."""
    seller = a_seller(payout_provider="airtel", payout_msisdn=airtel.number(digits))
    payout = an_approved_payout(a_listing(seller=seller))
    deliver_all()
    payout.refresh_from_db()
    return payout


def available_minor(payout: Payout) -> int:
    return balance_of(seller_reference=payout.seller.reference).available_minor


@pytest.mark.parametrize("digits", PAID_OUT)
def test_a_payout_that_arrived_is_booked_once(airtel, mpesa, digits):
    payout = a_payout_to(airtel, digits)

    airtel.settle()
    time_passes()

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    assert len(airtel.requests("payout")) == 1
    assert (available_minor(payout), balance(account=chart.PAYOUT_CLEARING)) == (0, 0)
    nothing_is_wrong()


@pytest.mark.parametrize("digits", NOT_PAID_OUT)
def test_a_payout_that_was_refused_credits_the_seller(airtel, mpesa, digits):
    payout = a_payout_to(airtel, digits)

    airtel.settle()
    time_passes()

    payout.refresh_from_db()
    assert (payout.status, payout.receipt) == (PayoutStatus.FAILED, "")
    assert available_minor(payout) == payout.amount_minor
    nothing_is_wrong()


@pytest.mark.parametrize("digits", NOBODY_KNOWS)
def test_a_payout_that_nobody_knows_of_is_neither_repeated_nor_given_up(airtel, mpesa, digits):
    payout = a_payout_to(airtel, digits)

    time_passes(2, 10, 60, 24 * 60)

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.UNKNOWN
    assert len(airtel.requests("payout")) == 1
    nothing_is_wrong()


# --- The statement ---


def test_the_statement_finds_payment_refund_in_whole_refund_in_part_and_payout(airtel, mpesa):
    a_cancelled_order(airtel, "001")
    a_refunded_part(airtel, "002")
    a_payout_to(airtel, "003")

    import_statement_of(airtel)

    assert not ReconciliationException.objects.exists()
    kinds = list(Match.objects.values_list("target_kind", flat=True))
    assert (kinds.count("attempt"), kinds.count("refund"), kinds.count("payout")) == (2, 2, 1)
    in_the_book = sum(
        (entry.amount_minor if entry.kind == Product.PAYMENT else -entry.amount_minor)
        - entry.fee_minor
        for entry in airtel.book.entries()
    )
    others_minor = balance(account=chart.provider_clearing("mpesa"))
    assert others_minor > 0, "the seller's order was paid by M-Pesa"
    assert balance(account=CLEARING) == in_the_book
    nothing_is_wrong()


@pytest.mark.parametrize(
    ("digits", "kind"),
    [("952", "amount_differs"), ("953", "missing_in_statement"), ("954", "duplicate")],
)
def test_what_the_statement_has_wrong_is_found_as_what_it_is(airtel, digits, kind):
    a_paid_order_of(airtel, digits)
    a_paid_order_of(airtel, "001")

    import_statement_of(airtel)

    assert [each.kind for each in ReconciliationException.objects.all()] == [kind]
    nothing_is_wrong()
