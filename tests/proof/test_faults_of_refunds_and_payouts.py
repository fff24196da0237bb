"""Every bad day of money that goes out: refunds by the number that paid, payouts by the wallet."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from fixtures.simulators.core.faults import Product
from fixtures.simulators.mpesa.faults import ALL
from marketplace.disputes.commands import open_dispute, withdraw_dispute
from marketplace.disputes.models import Dispute
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.orders.commands import cancel_order, deliver_seller_order, ship_seller_order
from marketplace.payments.commands import retry_refund
from marketplace.payments.models import Refund
from marketplace.payments.states import RefundStatus
from marketplace.payouts.commands import (
    hold_earning,
    prepare_batch,
    settle_payout,
    unhold_earning,
)
from marketplace.payouts.errors import FourEyes, NothingToPayOut, ReceiptMissing, StillUncertain
from marketplace.payouts.models import Earning, Payout
from marketplace.payouts.queries import balance_of
from marketplace.payouts.states import BatchStatus, EarningStatus, PayoutStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.models import Delivery, DeliveryStatus
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.orders import an_attempt, an_order, pay
from tests.factories.payouts import a_ripe_part, an_approved_payout
from tests.factories.sellers import a_seller, seller_actor
from tests.proof.road import news_arrive, nothing_is_wrong, time_passes
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
CLEARING = chart.provider_clearing("mpesa")
DAY_MIN = 24 * 60
# Each after the latest moment that a delivery's next try may come at: the waits vary by a fifth.
LONGER_THAN_DELIVERIES_ARE_TRIED = (0.2, 0.5, 1, 2, 4, 8, 14.8)

REFUNDED = ["000", "962", "965"]
NOT_REFUNDED = ["961", "963", "964"]
PAID_OUT = ["000", "982", "985", "988"]
NOT_PAID_OUT = ["981", "984", "986", "987"]
NOBODY_KNOWS = ["983"]
RETURNED = ["991", "992"]  # test_returned_payouts.py


def test_every_fault_of_a_refund_and_a_payout_has_its_proof():
    refunds = {fault.digits for fault in ALL if fault.product is Product.REFUND}
    payouts = {fault.digits for fault in ALL if fault.product is Product.PAYOUT}

    assert refunds == {*REFUNDED, *NOT_REFUNDED} - {"000"}
    assert payouts == {*PAID_OUT, *NOT_PAID_OUT, *NOBODY_KNOWS, *RETURNED} - {"000"}


# --- Refunds ---


def a_cancelled_order(mpesa: Any, digits: str) -> Refund:
    """Paid from a number that ends so, then cancelled by its buyer; the refund's try was made."""
    order = an_order()
    an_attempt(order, msisdn=mpesa.number(digits))
    deliver_all()
    news_arrive(mpesa)
    return the_refund_after_cancelling(order)


def the_refund_after_cancelling(order: Any) -> Refund:
    cancel_order(order_id=order.pk, reason="Changed my mind", actor=Actor.buyer(order.buyer_id))
    deliver_all()
    return Refund.objects.get()


@pytest.mark.parametrize("digits", REFUNDED)
def test_a_refund_that_arrived_is_booked_once(mpesa, digits):
    refund = a_cancelled_order(mpesa, digits)

    news_arrive(mpesa)
    time_passes(2, 5, 20)

    refund.refresh_from_db()
    assert (refund.status, refund.tries) == (RefundStatus.SUCCEEDED, 1)
    assert len(mpesa.requests("reversal")) == 1
    assert not balance(account=CLEARING)
    assert not balance(account=chart.REFUNDS_CLEARING)
    nothing_is_wrong()


@pytest.mark.parametrize("digits", NOT_REFUNDED)
def test_a_refund_that_was_refused_is_still_owed_and_tried_again_by_a_person(mpesa, digits):
    refund = a_cancelled_order(mpesa, digits)
    news_arrive(mpesa)
    time_passes(2, 5, 20, 40)
    refund.refresh_from_db()
    assert refund.status == RefundStatus.FAILED
    assert -balance(account=chart.REFUNDS_CLEARING) == refund.amount_minor

    mpesa.set_fault("000", product=Product.REFUND, msisdn=mpesa.number(digits))
    retry_refund(refund_id=refund.pk, actor=staff_actor())
    deliver_all()

    refund.refresh_from_db()
    assert (refund.status, refund.tries) == (RefundStatus.SUCCEEDED, 2)
    names = [r.fields["input_ThirdPartyConversationID"] for r in mpesa.requests("reversal")]
    assert len(names) == len(set(names)) == 2
    assert not balance(account=chart.REFUNDS_CLEARING)
    nothing_is_wrong()


def test_a_second_try_that_is_not_found_at_once_is_not_given_up_at_once(mpesa):
    """Finance tries again after days; the provider has it, but does not find it for a while."""
    refund = a_cancelled_order(mpesa, "961")
    mpesa.set_fault("963", product=Product.REFUND, msisdn=mpesa.number("961"))
    with clock.at(clock.now() + timedelta(days=3)):
        retry_refund(refund_id=refund.pk, actor=staff_actor())
        deliver_all()
        time_passes(2)
        refund.refresh_from_db()
        assert refund.status == RefundStatus.UNKNOWN

        time_passes(5, 20, 40)

    refund.refresh_from_db()
    assert refund.status == RefundStatus.FAILED


def test_a_refund_that_an_outage_stranded_is_sent_when_the_provider_is_back(mpesa):
    order = an_order()
    an_attempt(order)
    deliver_all()
    news_arrive(mpesa)
    port = int(mpesa.url.rpartition(":")[2])
    mpesa.stop()
    refund = the_refund_after_cancelling(order)
    time_passes(*LONGER_THAN_DELIVERIES_ARE_TRIED)
    assert Delivery.objects.get(handler="payments.send_refund").status == DeliveryStatus.DEAD
    mpesa.start(port)
    cache.clear()

    time_passes(90)

    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert len(mpesa.requests("reversal")) == 1
    assert broken_invariants() == []


# --- Payouts ---


def a_payout_to(mpesa: Any, digits: str) -> Payout:
    """Approved, and its try made."""
    seller = a_seller(payout_msisdn=mpesa.number(digits))
    payout = an_approved_payout(a_listing(seller=seller))
    deliver_all()
    payout.refresh_from_db()
    return payout


def available_minor(payout: Payout) -> int:
    return balance_of(seller_reference=payout.seller.reference).available_minor


@pytest.mark.parametrize("digits", PAID_OUT)
def test_a_payout_that_arrived_is_booked_once(mpesa, digits):
    payout = a_payout_to(mpesa, digits)

    news_arrive(mpesa)
    time_passes()

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    assert payout.batch.status == BatchStatus.COMPLETED
    assert Earning.objects.get().status == EarningStatus.PAID
    assert len(mpesa.requests("b2cPayment")) == 1
    assert (available_minor(payout), balance(account=chart.PAYOUT_CLEARING)) == (0, 0)
    nothing_is_wrong()


@pytest.mark.parametrize("digits", NOT_PAID_OUT)
def test_a_payout_that_was_refused_is_never_shown_as_paid_and_credits_the_seller(mpesa, digits):
    payout = a_payout_to(mpesa, digits)
    assert payout.status != PayoutStatus.PAID

    news_arrive(mpesa)
    time_passes()

    payout.refresh_from_db()
    assert (payout.status, payout.receipt) == (PayoutStatus.FAILED, "")
    assert Earning.objects.get().status == EarningStatus.AVAILABLE
    assert available_minor(payout) == payout.amount_minor
    assert prepare_batch(actor=staff_actor()).payouts.get().amount_minor == payout.amount_minor
    nothing_is_wrong()


def test_a_payout_that_nobody_knows_of_is_neither_repeated_nor_given_up(mpesa):
    payout = a_payout_to(mpesa, "983")

    time_passes(2, 10, 60, DAY_MIN, 3 * DAY_MIN)

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.UNKNOWN
    assert len(mpesa.requests("b2cPayment")) == 1
    with pytest.raises(NothingToPayOut):
        prepare_batch(actor=staff_actor())
    nothing_is_wrong()


def test_a_person_who_did_not_approve_it_settles_what_nobody_knows(mpesa):
    payout = a_payout_to(mpesa, "983")
    approver = Actor.staff(payout.batch.decided_by_id)
    decision = {"payout_id": payout.pk, "is_paid": False, "reason": "Vodacom: never received"}
    with pytest.raises(StillUncertain):
        settle_payout(**decision, actor=staff_actor())

    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        with pytest.raises(FourEyes):
            settle_payout(**decision, actor=approver)
        settle_payout(**decision, actor=staff_actor())
        with pytest.raises(StillUncertain):
            settle_payout(**decision, actor=staff_actor())

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.FAILED
    assert available_minor(payout) == payout.amount_minor
    nothing_is_wrong()


def test_a_payout_that_a_person_found_in_the_statement_is_paid_with_its_receipt(mpesa):
    payout = a_payout_to(mpesa, "983")
    found = {"payout_id": payout.pk, "is_paid": True, "reason": "It is in the statement"}
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        with pytest.raises(ReceiptMissing):
            settle_payout(**found, actor=staff_actor())
        settle_payout(**found, receipt="8FD5H2K1LM", actor=staff_actor())

    payout.refresh_from_db()
    assert (payout.status, payout.receipt) == (PayoutStatus.PAID, "8FD5H2K1LM")
    assert (available_minor(payout), balance(account=chart.PAYOUT_CLEARING)) == (0, 0)
    nothing_is_wrong()


def test_a_payout_that_an_outage_stranded_is_sent_when_the_provider_is_back(mpesa):
    port = int(mpesa.url.rpartition(":")[2])
    mpesa.stop()
    payout = a_payout_to(mpesa, "000")
    time_passes(*LONGER_THAN_DELIVERIES_ARE_TRIED)
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.APPROVED
    mpesa.start(port)
    cache.clear()

    time_passes(90)

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    assert len(mpesa.requests("b2cPayment")) == 1
    assert broken_invariants() == []


# --- Disputes about money that is on its way out ---


def a_dispute_about(payout: Payout) -> Dispute:
    part = Earning.objects.get(payout=payout).seller_order
    return open_dispute(
        seller_order_id=part.pk,
        reason="damaged",
        claimed_minor=part.gross_minor,
        message="The screen is broken.",
        actor=Actor.buyer(part.order.buyer_id),
    )


def test_disputed_money_that_comes_back_from_a_failed_payout_is_held(mpesa):
    payout = a_payout_to(mpesa, "986")
    dispute = a_dispute_about(payout)

    news_arrive(mpesa)

    assert Earning.objects.get().status == EarningStatus.ON_HOLD
    assert available_minor(payout) == 0
    nothing_is_wrong()
    with clock.at(clock.now() + timedelta(days=8)):
        withdraw_dispute(dispute_id=dispute.pk, actor=Actor.buyer(dispute.buyer_id))
    assert available_minor(payout) == payout.amount_minor
    nothing_is_wrong()


def test_a_dispute_that_closed_before_the_payout_failed_holds_nothing(mpesa):
    payout = a_payout_to(mpesa, "986")
    dispute = a_dispute_about(payout)
    withdraw_dispute(dispute_id=dispute.pk, actor=Actor.buyer(dispute.buyer_id))

    news_arrive(mpesa)

    assert available_minor(payout) == payout.amount_minor
    nothing_is_wrong()


def test_a_person_and_a_dispute_hold_money_independently(mpesa):
    part = a_ripe_part()
    hold = {"seller_order_id": part.pk, "actor": staff_actor()}
    hold_earning(reason="police", **hold)
    dispute = open_dispute(
        seller_order_id=part.pk, reason="damaged", claimed_minor=100, message="A scratch.",
        actor=Actor.buyer(part.order.buyer_id),
    )  # fmt: skip

    assert not unhold_earning(**hold), "the dispute is still open"
    hold_earning(reason="police again", **hold)
    withdraw_dispute(dispute_id=dispute.pk, actor=Actor.buyer(dispute.buyer_id))

    assert Earning.objects.get().status == EarningStatus.ON_HOLD
    with clock.at(clock.now() + timedelta(days=8)):
        assert unhold_earning(**hold)
    assert Earning.objects.get().status == EarningStatus.AVAILABLE
    nothing_is_wrong()


def test_a_parcel_that_arrives_before_its_payment_is_known_here_is_released_in_time():
    order = an_order()
    pay(order)
    part = order.seller_orders.get()
    Delivery.objects.filter(handler="payouts.open_earnings").update(
        next_attempt_at=clock.now() + timedelta(hours=1)
    )  # It failed, and is tried again later.
    ship_seller_order(
        seller_order_id=part.pk, carrier="Bodaboda", actor=seller_actor(part.seller_id)
    )
    deliver_seller_order(seller_order_id=part.pk, actor=Actor.buyer(order.buyer_id))
    deliver_all()
    deliver_all(ahead=timedelta(hours=2))

    time_passes(DAY_MIN * 8)

    assert Earning.objects.get().status == EarningStatus.AVAILABLE
    nothing_is_wrong()
