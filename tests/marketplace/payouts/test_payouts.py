"""From a delivered order to the seller's wallet, with four eyes, holds and re-credits."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction

from marketplace.payments.commands import refund_seller_order
from marketplace.payments.ports import Answer, Outcome
from marketplace.payments.states import RefundReason
from marketplace.payouts.commands import (
    approve_batch,
    hold_earning,
    prepare_batch,
    reject_batch,
    release_due,
    unhold_earning,
)
from marketplace.payouts.commands.disburse import _claim
from marketplace.payouts.commands.settling import take_answer
from marketplace.payouts.errors import FourEyes, NothingToPayOut, ReasonMissing
from marketplace.payouts.models import Earning, Payout, PayoutBatch
from marketplace.payouts.queries import balance_of
from marketplace.payouts.states import BatchStatus, EarningStatus, PayoutStatus
from marketplace.shared.actors import Actor
from marketplace.shared.states import IllegalTransition
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part, a_receipt
from tests.factories.payouts import a_ripe_part
from tests.threads import at_once
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


def answered(payout: Payout, outcome: Outcome) -> None:
    """The provider's answer to a disbursement, without a provider."""
    assert _claim(payout.pk)
    receipt = a_receipt() if outcome == Outcome.SUCCEEDED else ""
    take_answer(payout.pk, Answer(outcome, code="X", message="tests", receipt=receipt))


def test_money_is_pending_until_the_hold_is_over():
    part = a_delivered_part()
    earning = Earning.objects.get(seller_order=part)

    assert release_due() == 0
    assert balance_of(seller_reference=part.seller.reference).pending_minor == part.net_minor
    with time_machine.travel(earning.release_at + timedelta(seconds=1)):
        assert release_due() == 1
        assert release_due() == 0

    balance = balance_of(seller_reference=part.seller.reference)
    assert (balance.pending_minor, balance.available_minor) == (0, part.net_minor)
    assert broken_invariants() == []


def test_a_batch_pays_what_is_available_when_a_second_person_approves():
    part = a_ripe_part()
    batch = prepare_batch(actor=staff_actor())
    payout = batch.payouts.get()
    assert payout.amount_minor == part.net_minor

    approve_batch(batch_id=batch.pk, actor=staff_actor())
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.APPROVED
    answered(payout, Outcome.SUCCEEDED)

    batch.refresh_from_db()
    assert batch.status == BatchStatus.COMPLETED
    assert Earning.objects.get(seller_order=part).status == EarningStatus.PAID
    assert balance_of(seller_reference=part.seller.reference).available_minor == 0
    assert broken_invariants() == []


def test_who_prepared_a_batch_cannot_approve_it_by_any_road():
    a_ripe_part()
    author = staff_actor()
    batch = prepare_batch(actor=author)

    with pytest.raises(FourEyes):
        approve_batch(batch_id=batch.pk, actor=author)
    with pytest.raises(IntegrityError, match="payout_batch_four_eyes"), transaction.atomic():
        PayoutBatch.objects.filter(pk=batch.pk).update(
            status=BatchStatus.APPROVED, decided_by_id=author.user_id
        )


def test_a_payout_that_fails_credits_the_seller_again():
    part = a_ripe_part()
    batch = prepare_batch(actor=staff_actor())
    approve_batch(batch_id=batch.pk, actor=staff_actor())

    answered(batch.payouts.get(), Outcome.FAILED)

    assert balance_of(seller_reference=part.seller.reference).available_minor == part.net_minor
    assert batch.payouts.get().status == PayoutStatus.FAILED
    assert prepare_batch(actor=staff_actor()).payouts.get().amount_minor == part.net_minor
    assert broken_invariants() == []


def test_a_payout_whose_answer_never_came_is_neither_sent_again_nor_given_up():
    a_ripe_part()
    batch = prepare_batch(actor=staff_actor())
    approve_batch(batch_id=batch.pk, actor=staff_actor())
    payout = batch.payouts.get()

    answered(payout, Outcome.UNKNOWN)

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.UNKNOWN
    assert _claim(payout.pk) is None
    with pytest.raises(NothingToPayOut):
        prepare_batch(actor=staff_actor())
    assert broken_invariants() == []


def test_a_balance_that_changed_after_preparing_cancels_that_payout_only():
    changed, untouched = a_ripe_part(), a_ripe_part()
    batch = prepare_batch(actor=staff_actor())
    assert batch.payouts.count() == 2
    hold_earning(seller_order_id=changed.pk, reason="police", actor=staff_actor())

    approve_batch(batch_id=batch.pk, actor=staff_actor())

    by_seller = dict(batch.payouts.values_list("seller_id", "status"))
    assert by_seller == {
        changed.seller_id: PayoutStatus.CANCELLED,
        untouched.seller_id: PayoutStatus.APPROVED,
    }
    assert broken_invariants() == []


def test_a_rejected_batch_pays_nothing_and_needs_a_reason():
    a_ripe_part()
    batch = prepare_batch(actor=staff_actor())

    with pytest.raises(ReasonMissing):
        reject_batch(batch_id=batch.pk, reason=" ", actor=staff_actor())
    reject_batch(batch_id=batch.pk, reason="wrong week", actor=staff_actor())

    assert batch.payouts.get().status == PayoutStatus.CANCELLED
    assert prepare_batch(actor=staff_actor()).payouts.exists()
    with pytest.raises(IllegalTransition):
        approve_batch(batch_id=batch.pk, actor=staff_actor())


def test_held_money_is_not_paid_and_goes_on_when_it_is_let_go():
    part = a_ripe_part()

    assert hold_earning(seller_order_id=part.pk, reason="dispute", actor=SYSTEM)
    assert balance_of(seller_reference=part.seller.reference).on_hold_minor == part.net_minor
    with pytest.raises(NothingToPayOut):
        prepare_batch(actor=staff_actor())
    with time_machine.travel(part.delivered_at + timedelta(days=settings.HOLD_DAYS, seconds=1)):
        assert unhold_earning(seller_order_id=part.pk, actor=SYSTEM)

    assert balance_of(seller_reference=part.seller.reference).available_minor == part.net_minor
    assert broken_invariants() == []


def test_small_balances_wait():
    small = a_listing(price_minor=100_000)
    settings_minimum = settings.MINIMUM_PAYOUT_MINOR
    part = a_ripe_part(small)
    assert part.net_minor < settings_minimum

    with pytest.raises(NothingToPayOut):
        prepare_batch(actor=staff_actor())


@pytest.mark.django_db(transaction=True)
def test_two_who_prepare_at_once_plan_each_seller_once():
    for _ in range(3):
        a_ripe_part()

    colleagues = [staff_actor() for _ in range(4)]

    outcomes = at_once(*(partial(prepare_batch, actor=each) for each in colleagues))

    unexpected = [
        each
        for each in outcomes
        if isinstance(each, Exception) and not isinstance(each, NothingToPayOut | IntegrityError)
    ]
    assert unexpected == []
    assert Payout.objects.filter(status=PayoutStatus.PLANNED).count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_once_take_the_money_from_the_seller_once():
    part = a_ripe_part()
    batch = prepare_batch(actor=staff_actor())

    colleagues = [staff_actor() for _ in range(4)]

    at_once(*(partial(approve_batch, batch_id=batch.pk, actor=each) for each in colleagues))

    assert balance_of(seller_reference=part.seller.reference).available_minor == 0
    assert broken_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_a_disbursement_that_is_claimed_twice_at_once_leaves_the_house_once():
    a_ripe_part()
    batch = prepare_batch(actor=staff_actor())
    approve_batch(batch_id=batch.pk, actor=staff_actor())
    payout = batch.payouts.get()

    claims = at_once(*(lambda: _claim(payout.pk) for _ in range(6)))

    assert len([claim for claim in claims if claim is not None]) == 1


def test_an_earning_that_goes_back_to_the_buyer_whole_is_over():
    part = a_delivered_part()

    refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=part.gross_minor,
        reason=RefundReason.DISPUTE,
        cause="tests",
        actor=staff_actor(),
    )
    deliver_all()

    assert Earning.objects.get(seller_order=part).status == EarningStatus.CANCELLED
    assert broken_invariants() == []


def test_a_refund_after_the_payout_is_made_up_for_by_the_next_payouts():
    part = a_ripe_part()
    batch = prepare_batch(actor=staff_actor())
    approve_batch(batch_id=batch.pk, actor=staff_actor())
    answered(batch.payouts.get(), Outcome.SUCCEEDED)

    refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=1_000_000,
        reason=RefundReason.DISPUTE,
        cause="tests",
        actor=staff_actor(),
    )

    assert balance_of(seller_reference=part.seller.reference).available_minor < 0
    with pytest.raises(NothingToPayOut):
        prepare_batch(actor=staff_actor())
    assert broken_invariants() == []
