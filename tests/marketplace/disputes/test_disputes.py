"""A dispute holds the seller's money, hears both sides, and ends in a refund or none."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.conf import settings

from marketplace.disputes.commands import (
    add_evidence,
    assign_dispute,
    open_dispute,
    post_message,
    resolve_dispute,
    withdraw_dispute,
)
from marketplace.disputes.errors import (
    AlreadyDisputed,
    ClaimInvalid,
    DisputeClosed,
    EvidenceRepeated,
    MessageEmpty,
    NotAParty,
    NotDisputable,
    NoteMissing,
    NothingLeftToRefund,
    RefundAmountInvalid,
    TooLate,
)
from marketplace.disputes.models import Dispute
from marketplace.disputes.queries import disputes_of, get_dispute, thread
from marketplace.disputes.states import DisputeOutcome, DisputeReason, DisputeStatus, Fault
from marketplace.orders.models import SellerOrder
from marketplace.payments.commands import approve_refund, refund_seller_order, reject_refund
from marketplace.payments.models import Refund
from marketplace.payments.states import RefundReason
from marketplace.payouts.models import Earning
from marketplace.payouts.queries import balance_of
from marketplace.payouts.states import EarningStatus
from marketplace.shared.actors import Actor
from marketplace.shared.states import IllegalTransition
from tests.deliveries import deliver_all
from tests.factories.accounts import SYSTEM, a_buyer, buyer_actor, staff_actor
from tests.factories.disputes import an_open_dispute
from tests.factories.files import a_pdf
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part, a_paid_order
from tests.factories.sellers import a_seller, seller_actor
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


def disputed(part: SellerOrder, claimed_minor: int = 1_000_000) -> Dispute:
    return an_open_dispute(part, claimed_minor=claimed_minor)


def test_an_open_dispute_holds_the_sellers_money_of_that_part():
    part = a_delivered_part()

    dispute = disputed(part)

    assert Earning.objects.get(seller_order=part).status == EarningStatus.ON_HOLD
    assert balance_of(seller_reference=part.seller.reference).on_hold_minor == part.net_minor
    assert [message.body for message in thread(dispute_id=dispute.pk).messages] == [
        "The screen is broken."
    ]
    assert broken_invariants() == []


def test_a_full_refund_gives_all_back_and_ends_the_earning():
    part = a_delivered_part()
    dispute = disputed(part)

    resolve_dispute(
        dispute_id=dispute.pk,
        outcome=DisputeOutcome.REFUND_FULL,
        fault=Fault.SELLER,
        note="Proven",
        actor=staff_actor(),
    )
    deliver_all()

    assert Refund.objects.get().amount_minor == part.gross_minor
    assert Earning.objects.get(seller_order=part).status == EarningStatus.CANCELLED
    assert broken_invariants() == []


def test_a_partial_refund_is_borne_by_seller_commission_and_vat_in_proportion():
    part = a_delivered_part()
    dispute = disputed(part)

    resolve_dispute(
        dispute_id=dispute.pk,
        outcome=DisputeOutcome.REFUND_PARTIAL,
        fault=Fault.SELLER,
        refund_minor=1_100_000,
        note="Half of it",
        actor=staff_actor(),
    )
    deliver_all()

    share = Refund.objects.get().parts.get()
    assert share.seller_minor + share.commission_minor + share.commission_vat_minor == 1_100_000
    assert share.commission_minor == 100_000
    balance = balance_of(seller_reference=part.seller.reference)
    assert balance.pending_minor == part.net_minor - share.seller_minor
    assert balance.on_hold_minor == 0
    assert broken_invariants() == []


def test_a_declined_dispute_lets_the_money_go_on():
    part = a_delivered_part()
    dispute = disputed(part)

    resolve_dispute(
        dispute_id=dispute.pk,
        outcome=DisputeOutcome.DECLINED,
        fault=Fault.BUYER,
        note="No proof",
        actor=staff_actor(),
    )

    assert Earning.objects.get(seller_order=part).status == EarningStatus.PENDING
    assert not Refund.objects.exists()
    with pytest.raises(DisputeClosed):
        post_message(dispute_id=dispute.pk, body="But", actor=Actor.buyer(part.order.buyer_id))


def test_a_withdrawn_dispute_can_be_followed_by_another():
    part = a_delivered_part()
    dispute = disputed(part)
    with pytest.raises(AlreadyDisputed):
        disputed(part)

    withdraw_dispute(dispute_id=dispute.pk, actor=Actor.buyer(part.order.buyer_id))

    assert disputed(part).status == DisputeStatus.OPEN


def test_only_goods_on_their_way_can_be_disputed_and_not_for_ever():
    waiting = a_paid_order().seller_orders.get()
    with pytest.raises(NotDisputable):
        disputed(waiting)

    part = a_delivered_part()
    late = part.delivered_at + timedelta(days=settings.DISPUTE_WINDOW_DAYS, seconds=1)
    with time_machine.travel(late), pytest.raises(TooLate):
        disputed(part)


@pytest.mark.parametrize("claimed", [0, -100, 50, 10**12])
def test_a_claim_is_positive_whole_and_within_what_was_paid(claimed):
    with pytest.raises(ClaimInvalid):
        disputed(a_delivered_part(), claimed)


def test_a_partial_refund_of_everything_is_no_partial_refund():
    part = a_delivered_part()
    dispute = disputed(part)

    with pytest.raises(RefundAmountInvalid):
        resolve_dispute(
            dispute_id=dispute.pk,
            outcome=DisputeOutcome.REFUND_PARTIAL,
            fault=Fault.SELLER,
            refund_minor=part.gross_minor,
            note="All",
            actor=staff_actor(),
        )
    with pytest.raises(NoteMissing):
        resolve_dispute(
            dispute_id=dispute.pk,
            outcome=DisputeOutcome.DECLINED,
            fault=Fault.BUYER,
            note=" ",
            actor=staff_actor(),
        )


@pytest.mark.parametrize("outcome", [DisputeOutcome.REFUND_FULL, DisputeOutcome.REFUND_PARTIAL])
def test_what_was_given_back_already_cannot_be_refunded_by_a_dispute(outcome):
    part = a_delivered_part()
    dispute = disputed(part)
    refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=part.gross_minor,
        reason=RefundReason.PRICE_ADJUSTED,
        cause="test",
        actor=SYSTEM,
    )

    with pytest.raises(NothingLeftToRefund):
        resolve_dispute(
            dispute_id=dispute.pk,
            outcome=outcome,
            fault=Fault.SELLER,
            refund_minor=1_00,
            note="Yes",
            actor=staff_actor(),
        )

    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.OPEN


def test_strangers_neither_open_write_nor_see():
    part = a_delivered_part()
    with pytest.raises(NotAParty):
        open_dispute(
            seller_order_id=part.pk,
            reason=DisputeReason.OTHER,
            claimed_minor=100,
            message="Mine",
            actor=buyer_actor(a_buyer()),
        )
    dispute = disputed(part)
    with pytest.raises(NotAParty):
        post_message(dispute_id=dispute.pk, body="Hi", actor=seller_actor(a_seller()))
    with pytest.raises(NotAParty):
        post_message(
            dispute_id=dispute.pk,
            body="hidden",
            is_internal=True,
            actor=seller_actor(part.seller_id),
        )
    assert not disputes_of(buyer_id=a_buyer().pk).exists()


def test_internal_notes_are_for_staff_only():
    part = a_delivered_part()
    dispute = disputed(part)
    post_message(dispute_id=dispute.pk, body="Suspicious", is_internal=True, actor=staff_actor())
    post_message(dispute_id=dispute.pk, body="It was fine", actor=seller_actor(part.seller_id))

    outside = [message.body for message in thread(dispute_id=dispute.pk).messages]
    inside = [m.body for m in thread(dispute_id=dispute.pk, for_staff=True).messages]
    assert "Suspicious" not in outside
    assert "Suspicious" in inside
    with pytest.raises(MessageEmpty):
        post_message(dispute_id=dispute.pk, body="  ", actor=staff_actor())


def test_the_same_file_counts_once_for_each_side():
    part = a_delivered_part()
    dispute = disputed(part)
    buyer = Actor.buyer(part.order.buyer_id)

    evidence = add_evidence(dispute_id=dispute.pk, file=a_pdf(), actor=buyer, note="Photo")

    assert evidence.file.size == evidence.size_bytes
    with pytest.raises(EvidenceRepeated):
        add_evidence(dispute_id=dispute.pk, file=a_pdf(), actor=buyer)
    add_evidence(dispute_id=dispute.pk, file=a_pdf(), actor=seller_actor(part.seller_id))


def test_a_case_is_assigned_and_given_back():
    dispute = disputed(a_delivered_part())
    agent = staff_actor()

    assign_dispute(dispute_id=dispute.pk, assignee_id=agent.user_id, actor=agent)
    assert get_dispute(reference=dispute.reference).assignee_id == agent.user_id
    assign_dispute(dispute_id=dispute.pk, assignee_id=None, actor=agent)
    assert get_dispute(reference=dispute.reference).assignee_id is None


@pytest.mark.django_db(transaction=True)
def test_two_who_resolve_at_once_refund_once():
    part = a_delivered_part()
    dispute = disputed(part)

    colleagues = [staff_actor() for _ in range(4)]
    decide = partial(
        resolve_dispute,
        dispute_id=dispute.pk,
        outcome=DisputeOutcome.REFUND_FULL,
        fault=Fault.SELLER,
        note="Proven",
    )

    outcomes = at_once(*(partial(decide, actor=each) for each in colleagues))

    assert len(refused(outcomes)) == 3
    assert all(isinstance(e, DisputeClosed | IllegalTransition) for e in refused(outcomes))
    assert Refund.objects.count() == 1
    assert broken_invariants() == []


def test_a_large_refund_keeps_the_case_and_the_money_until_a_second_person_has_spoken():
    part = a_delivered_part(a_listing(price_minor=90_000_000))
    dispute, asker, other = disputed(part), staff_actor(), staff_actor()
    resolve = partial(
        resolve_dispute,
        dispute_id=dispute.pk,
        outcome=DisputeOutcome.REFUND_FULL,
        fault=Fault.SELLER,
        note="Broken.",
    )

    assert resolve(actor=asker).status == DisputeStatus.APPROVAL
    assert Earning.objects.get(seller_order=part).status == EarningStatus.ON_HOLD
    reject_refund(refund_id=Refund.objects.get().pk, reason="Ask for a photo.", actor=other)
    deliver_all()

    dispute.refresh_from_db()
    assert (dispute.status, dispute.outcome, dispute.refund_reference) == ("open", "", "")
    assert broken_invariants() == []

    resolve(actor=asker)
    approve_refund(refund_id=Refund.objects.get(status="proposed").pk, actor=other)
    deliver_all()

    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.RESOLVED
    assert Earning.objects.get(seller_order=part).status == EarningStatus.CANCELLED
    assert broken_invariants() == []
