"""Payouts that come back, batches that are tried again, and a provider whose float is empty."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from fixtures.simulators.mpesa.faults import Product
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.notifications.models import Message
from marketplace.payments.ports import Answer, Outcome
from marketplace.payouts.commands import (
    approve_batch,
    enquire_due_payouts,
    hold_earning,
    prepare_batch,
    resume_payouts,
    retry_failures,
    return_payout,
)
from marketplace.payouts.commands.settling import take_answer
from marketplace.payouts.errors import (
    FourEyes,
    NothingFailed,
    NothingToPayOut,
    NotReturnable,
    PayoutsNotPaused,
    ReasonMissing,
)
from marketplace.payouts.models import Earning, Payout, PayoutPause
from marketplace.payouts.queries import balance_of
from marketplace.payouts.states import EarningStatus, PayoutStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.payouts import a_paid_payout, a_ripe_part, an_approved_payout, answered
from tests.factories.sellers import a_seller
from tests.threads import at_once
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


def came_back(payout: Payout, **changes: Any) -> Payout:
    given = {"reason": "the wallet is closed", "actor": staff_actor(), **changes}
    return return_payout(payout_id=payout.pk, **given)


def available(payout: Payout) -> int:
    return balance_of(seller_reference=payout.seller.reference).available_minor


def test_a_payout_that_came_back_is_no_longer_settled_and_credits_the_seller():
    payout = a_paid_payout()
    wallet = balance(account=chart.provider_clearing("mpesa"))

    came_back(payout)

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.RETURNED
    assert payout.receipt, "the evidence of the payment stays"
    assert Earning.objects.get().status == EarningStatus.AVAILABLE
    assert available(payout) == payout.amount_minor
    assert balance(account=chart.provider_clearing("mpesa")) == wallet + payout.amount_minor
    deliver_all()
    assert Message.objects.filter(code="payout_returned").exists()
    assert broken_invariants() == []


def test_only_what_was_paid_comes_back_once_and_by_another_person():
    payout = a_paid_payout()
    with pytest.raises(FourEyes):
        came_back(payout, actor=Actor.staff(payout.batch.decided_by_id))
    with pytest.raises(ReasonMissing):
        came_back(payout, reason=" ")

    came_back(payout)
    with pytest.raises(NotReturnable):
        came_back(payout)


def test_what_was_never_paid_does_not_come_back():
    with pytest.raises(NotReturnable):
        came_back(an_approved_payout())


def test_disputed_money_that_comes_back_is_held():
    payout = a_paid_payout()
    part = payout.earnings.get().seller_order
    came_back(payout)

    hold_earning(seller_order_id=part.pk, reason="x", actor=staff_actor(), dispute="DSP-1")

    assert available(payout) == 0
    assert broken_invariants() == []


def test_the_provider_is_asked_again_whether_a_paid_payout_came_back(mpesa):
    seller = a_seller(payout_msisdn=mpesa.number("000"))
    payout = an_approved_payout(a_listing(seller))
    deliver_all()
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    entry = mpesa.entry(payout.receipt)
    mpesa.book.change(entry.id, reversed_minor=entry.amount_minor)

    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert enquire_due_payouts() == 1

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.RETURNED
    assert broken_invariants() == []


def test_only_the_failures_of_a_batch_are_tried_again():
    failed, _paid = a_ripe_part(), a_ripe_part()
    batch = prepare_batch(actor=staff_actor())
    approve_batch(batch_id=batch.pk, actor=staff_actor())
    for payout in batch.payouts.all():
        is_failed = payout.seller_id == failed.seller_id
        answered(payout, Outcome.FAILED if is_failed else Outcome.SUCCEEDED)
    a_ripe_part()

    again = retry_failures(batch_id=batch.pk, actor=staff_actor())

    assert [one.seller_id for one in again.payouts.all()] == [failed.seller_id]
    assert again.retry_of_id == batch.pk
    with pytest.raises(NothingToPayOut):
        retry_failures(batch_id=batch.pk, actor=staff_actor())


def test_a_batch_without_failures_is_not_tried_again():
    with pytest.raises(NothingFailed):
        retry_failures(batch_id=a_paid_payout().batch_id, actor=staff_actor())


def test_an_empty_float_pauses_the_provider_until_a_person_resumes(mpesa):
    first, second = (a_seller(payout_msisdn=mpesa.number(digits)) for digits in ("001", "000"))
    for seller in (first, second):
        a_ripe_part(a_listing(seller))
    batch = prepare_batch(actor=staff_actor())
    approve_batch(batch_id=batch.pk, actor=staff_actor())
    mpesa.set_fault("984", product=Product.PAYOUT)
    deliver_all()

    statuses = sorted(batch.payouts.values_list("status", flat=True))
    assert statuses == [PayoutStatus.APPROVED, PayoutStatus.FAILED]
    assert len(mpesa.requests("b2cPayment")) == 1
    with clock.at(clock.now() + timedelta(hours=2)):
        enquire_due_payouts()
    assert len(mpesa.requests("b2cPayment")) == 1, "no sweep passes the pause by"

    mpesa.set_fault("", product=Product.PAYOUT)
    with pytest.raises(ReasonMissing):
        resume_payouts(provider="mpesa", reason="", actor=staff_actor())
    resume_payouts(provider="mpesa", reason="topped up", actor=staff_actor())
    deliver_all()

    statuses = sorted(batch.payouts.values_list("status", flat=True))
    assert statuses == [PayoutStatus.FAILED, PayoutStatus.PAID]
    with pytest.raises(PayoutsNotPaused):
        resume_payouts(provider="mpesa", reason="again", actor=staff_actor())
    assert PayoutPause.objects.count() == 1
    assert broken_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_a_return_told_twice_at_once_credits_once():
    payout = a_paid_payout()
    reversed_one = Answer(Outcome.SUCCEEDED, is_reversed=True, message="reversed")

    at_once(
        *(partial(came_back, payout, actor=staff_actor()) for _ in range(2)),
        *(partial(take_answer, payout.pk, reversed_one) for _ in range(2)),
    )

    assert available(payout) == payout.amount_minor
    assert broken_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_an_approval_and_a_hold_at_once_end_in_one_of_two_ways():
    part = a_ripe_part()
    batch = prepare_batch(actor=staff_actor())

    at_once(
        partial(approve_batch, batch_id=batch.pk, actor=staff_actor()),
        partial(hold_earning, seller_order_id=part.pk, reason="x", actor=staff_actor()),
    )

    status = Earning.objects.get().status
    payout = batch.payouts.get()
    is_paying = payout.status == PayoutStatus.APPROVED
    assert status == (EarningStatus.AVAILABLE if is_paying else EarningStatus.ON_HOLD)
    assert broken_invariants() == []
