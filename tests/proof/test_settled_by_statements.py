"""Refunds and payouts of which no answer and no enquiry tells: the statement does."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from fixtures.simulators.core.faults import Product
from marketplace.accounts.models import User
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.orders.commands import cancel_order
from marketplace.orders.models import Order
from marketplace.payments.commands import refund_seller_order, retry_refund
from marketplace.payments.gateways import wire
from marketplace.payments.models import Refund
from marketplace.payments.states import RefundReason, RefundStatus
from marketplace.payouts.models import Payout
from marketplace.payouts.states import PayoutStatus
from marketplace.reconciliation.commands import (
    settle_by_statements,
    upload_statement,
)
from marketplace.reconciliation.handlers import look_again_everywhere
from marketplace.reconciliation.models import Match, ReconciliationException
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.orders import an_attempt, an_order
from tests.factories.payouts import an_approved_payout
from tests.factories.sellers import a_seller
from tests.proof.road import nothing_is_wrong, time_passes
from tests.proof.test_faults_of_mixx import news_arrive

pytestmark = pytest.mark.django_db
DAY_MIN = 24 * 60
DONE, NOT_DONE, REFUSED_BUT_DONE = ["962", "964"], "963", "961"
HOUR = timedelta(hours=1)


def a_paid_order(mixx: Any, digits: str) -> Order:
    order = an_order()
    an_attempt(order, msisdn=mixx.number(digits))
    deliver_all()
    news_arrive(mixx)
    return order


def a_refund(mixx: Any, digits: str) -> Refund:
    """Its try was made, and Mixx can be asked nothing."""
    order = a_paid_order(mixx, digits)
    cancel_order(order_id=order.pk, reason="Changed my mind", actor=Actor.buyer(order.buyer_id))
    deliver_all()
    return Refund.objects.get()


def a_statement(mixx: Any, *, days: float = 0.1, actor: Actor | None = None) -> None:
    """From an hour ago to so many days from now, brought when they are over."""
    now = clock.now()
    file = BytesIO(mixx.statement(now - HOUR, end=now + timedelta(days=days)))
    file.name = "mixx.csv"
    with clock.at(now + timedelta(days=days)):
        upload_statement(provider="mixx", file=file, actor=actor or staff_actor())
        deliver_all()


def status_of(row: Refund | Payout) -> str:
    row.refresh_from_db()
    return row.status


def is_given_back_once(mixx: Any, refund: Refund) -> None:
    (entry,) = mixx.book.entries(Product.REFUND)
    assert status_of(refund) == RefundStatus.SUCCEEDED
    assert refund.receipt == entry.receipt
    assert Match.objects.filter(target_kind="refund", target_reference=refund.reference).exists()
    assert not ReconciliationException.objects.filter(status="open").exists()
    assert not balance(account=chart.REFUNDS_CLEARING)
    fees = sum(entry.fee_minor for entry in mixx.book.entries())
    assert balance(account=chart.provider_clearing("mixx")) == -fees
    nothing_is_wrong()


@pytest.mark.parametrize("digits", DONE)
def test_a_refund_that_the_statement_shows_is_done(mixx, digits):
    refund = a_refund(mixx, digits)
    time_passes(2, DAY_MIN)
    assert status_of(refund) == RefundStatus.UNKNOWN

    a_statement(mixx)
    look_again_everywhere()

    is_given_back_once(mixx, refund)
    assert not settle_by_statements(), "nothing is left to do"


def test_a_refund_that_the_statements_of_a_day_do_not_show_failed_and_can_be_sent_again(mixx):
    refund = a_refund(mixx, NOT_DONE)

    a_statement(mixx, days=0.5)
    assert status_of(refund) == RefundStatus.UNKNOWN, "it may still come"
    a_statement(mixx, days=1.1)

    assert status_of(refund) == RefundStatus.FAILED
    assert -balance(account=chart.REFUNDS_CLEARING) == refund.amount_minor
    assert not ReconciliationException.objects.filter(status="open").exists()
    nothing_is_wrong()
    mixx.set_fault("000", product=Product.REFUND, msisdn=mixx.number(NOT_DONE))
    retry_refund(refund_id=refund.pk, actor=staff_actor())
    deliver_all()
    a_statement(mixx)
    is_given_back_once(mixx, refund)


def test_a_day_that_no_statement_tells_of_proves_nothing(mixx):
    refund = a_refund(mixx, NOT_DONE)
    sent_at = clock.now()

    with clock.at(sent_at + timedelta(days=2)):
        a_statement(mixx)

    assert status_of(refund) == RefundStatus.UNKNOWN
    nothing_is_wrong()


def test_a_line_of_that_amount_that_nobody_explained_proves_nothing(mixx):
    refund = a_refund(mixx, NOT_DONE)
    mixx.book.sweep(refund.amount_minor)
    mixx.book.run("UPDATE entry SET kind = 'payout' WHERE kind = 'sweep'")

    a_statement(mixx, days=1.1)

    assert status_of(refund) == RefundStatus.UNKNOWN
    nothing_is_wrong()


def test_who_asked_for_a_refund_cannot_bring_the_statement_that_gives_it_up(mixx):
    part = a_paid_order(mixx, NOT_DONE).seller_orders.get()
    asker = staff_actor()
    refund = refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=part.gross_minor,
        reason=RefundReason.PRICE_ADJUSTED,
        cause="scratched",
        actor=asker,
    )
    deliver_all()
    refund.refresh_from_db()
    assert User.objects.filter(pk=refund.requested_by_id).exists()

    a_statement(mixx, days=1.1, actor=asker)

    assert status_of(refund) in {RefundStatus.SENT, RefundStatus.UNKNOWN}
    nothing_is_wrong()


def test_a_refusal_that_was_not_true_is_found_out_by_the_statement(mixx):
    refund = a_refund(mixx, REFUSED_BUT_DONE)
    assert status_of(refund) == RefundStatus.FAILED
    given_back = mixx.book.reverse_by_provider(refund.attempt.receipt)
    mixx.book.change(given_back.id, third_party_id=wire(refund.reference))

    a_statement(mixx)

    assert status_of(refund) == RefundStatus.SUCCEEDED
    assert not balance(account=chart.REFUNDS_CLEARING)
    assert not ReconciliationException.objects.filter(status="open").exists()
    nothing_is_wrong()


@pytest.mark.parametrize(("digits", "status"), [("986", "paid"), ("983", "unknown")])
def test_a_payout_that_the_statement_shows_is_paid_and_another_waits_for_a_person(
    mpesa, mixx, digits, status
):
    seller = a_seller(payout_provider="mixx", payout_msisdn=mixx.number(digits))
    payout = an_approved_payout(a_listing(seller=seller))
    deliver_all()
    assert status_of(payout) == PayoutStatus.UNKNOWN

    a_statement(mixx, days=1.1)
    look_again_everywhere()

    assert status_of(payout) == status
    assert not ReconciliationException.objects.filter(status="open").exists()
    nothing_is_wrong()
