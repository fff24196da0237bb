"""What a decision is said to do is what it books, whoever is at fault and whatever went before."""

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from marketplace.disputes.commands import resolve_dispute
from marketplace.disputes.effects import effect_of
from marketplace.disputes.errors import (
    EffectChanged,
    FaultMissing,
    FaultUnfit,
    NoShippingLeft,
    NothingLeftToRefund,
    RefundAmountInvalid,
)
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import CULPRITS, DisputeOutcome, DisputeStatus, Fault
from marketplace.ledger import chart
from marketplace.ledger.models import Posting
from marketplace.payments.commands import refund_seller_order
from marketplace.payments.models import Refund
from marketplace.payments.refund_shares import Shares, remaining_shares
from marketplace.payments.states import RefundReason
from marketplace.payouts.models import Earning
from marketplace.payouts.queries import balance_of
from marketplace.payouts.states import EarningStatus
from tests.deliveries import deliver_all
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.disputes import an_open_dispute
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part
from tests.verified import broken_invariants

HUNDREDS = st.integers(0, 10_000).map(lambda shillings: shillings * 100)
SHARES = st.builds(Shares, HUNDREDS, HUNDREDS, HUNDREDS)


def decided(dispute: Dispute, outcome: str, fault: str, **more) -> Dispute:
    return resolve_dispute(
        dispute_id=dispute.pk,
        outcome=outcome,
        fault=fault,
        note="We looked at it.",
        actor=staff_actor(),
        **more,
    )


def booked(dispute: Dispute) -> dict[str, int]:
    """What the refund's entry took from each account, in minor units."""
    refund = Refund.objects.get(reference=dispute.refund_reference)
    rows = Posting.objects.filter(entry__event__aggregate_id=str(refund.pk))
    sums = rows.values_list("account__code").annotate(minor=Sum("amount_minor"))
    return {code.partition(":")[0]: minor for code, minor in sums}


@given(left=SHARES, wanted=HUNDREDS, fault=st.sampled_from(Fault))
def test_nobody_gains_or_loses_a_shilling_that_another_does_not(left, wanted, fault):
    try:
        effect = effect_of(left, DisputeOutcome.REFUND_PARTIAL, fault, amount_minor=wanted)
    except (NothingLeftToRefund, RefundAmountInvalid):
        assert not 0 < wanted < left.amount_minor
        return

    given_up = effect.given
    assert effect.buyer_minor == wanted
    assert (
        wanted == effect.marketplace_minor + given_up.seller_minor + given_up.commission_vat_minor
    )
    assert effect.seller_keeps_minor == left.seller_minor - given_up.seller_minor >= 0
    if fault in {Fault.CARRIER, Fault.MARKETPLACE}:
        assert (given_up.seller_minor, given_up.goodwill_minor) == (0, wanted)
    else:
        assert given_up.goodwill_minor == 0


@pytest.mark.django_db
@pytest.mark.parametrize("fault", CULPRITS)
@pytest.mark.parametrize("price", [1_000_000, 33_333_300, 99_900])
@pytest.mark.parametrize("before", [0, 70_000])
def test_the_books_show_exactly_what_was_previewed(fault, price, before):
    part = a_delivered_part(a_listing(price_minor=price))
    if before:
        refund_seller_order(
            seller_order_id=part.pk,
            amount_minor=before,
            reason=RefundReason.PRICE_ADJUSTED,
            cause="earlier",
            actor=SYSTEM,
        )
    dispute = an_open_dispute(part, claimed_minor=50_000)
    wanted = (price // 300) * 100
    effect = effect_of(
        remaining_shares(part), DisputeOutcome.REFUND_PARTIAL, fault, amount_minor=wanted
    )

    dispute = decided(
        dispute, DisputeOutcome.REFUND_PARTIAL, fault, refund_minor=wanted, seen=effect.seal
    )
    deliver_all()

    taken = booked(dispute)
    assert -taken[chart.REFUNDS_CLEARING] == effect.buyer_minor == wanted
    assert taken.get(chart.COMMISSION_REVENUE, 0) == effect.given.commission_minor
    assert taken.get(chart.VAT_PAYABLE, 0) == effect.given.commission_vat_minor
    assert taken.get(chart.GOODWILL, 0) == effect.given.goodwill_minor
    assert taken.get("seller_on_hold", 0) == effect.given.seller_minor
    owed = balance_of(seller_reference=part.seller.reference)
    assert owed.pending_minor == effect.seller_keeps_minor
    assert broken_invariants() == []


@pytest.mark.django_db
def test_for_our_own_fault_we_pay_and_the_seller_keeps_the_whole_earning():
    part = a_delivered_part()
    dispute = decided(an_open_dispute(part), DisputeOutcome.REFUND_FULL, Fault.MARKETPLACE)
    deliver_all()

    assert booked(dispute) == {
        chart.GOODWILL: part.gross_minor,
        chart.REFUNDS_CLEARING: -part.gross_minor,
    }
    assert Earning.objects.get(seller_order=part).status == EarningStatus.PENDING
    assert balance_of(seller_reference=part.seller.reference).pending_minor == part.net_minor
    assert remaining_shares(part).amount_minor == 0
    assert dispute.fault == Fault.MARKETPLACE
    assert broken_invariants() == []


@pytest.mark.django_db
def test_what_goodwill_gave_back_is_not_asked_of_the_seller_again():
    part = a_delivered_part()
    wanted = part.gross_minor // 200 * 100
    decided(
        an_open_dispute(part), DisputeOutcome.REFUND_PARTIAL, Fault.CARRIER, refund_minor=wanted
    )

    rest = decided(an_open_dispute(part), DisputeOutcome.REFUND_FULL, Fault.SELLER)
    deliver_all()

    assert rest.refunded_minor == part.gross_minor - wanted
    assert remaining_shares(part).amount_minor == 0
    kept = balance_of(seller_reference=part.seller.reference).pending_minor
    assert kept == part.net_minor - Refund.objects.last().parts.get().seller_minor > 0
    assert broken_invariants() == []


@pytest.mark.django_db
def test_a_decision_says_who_is_at_fault_and_a_seller_at_fault_is_not_declined():
    dispute = an_open_dispute()

    for nobody in ("", "weather"):
        with pytest.raises(FaultMissing):
            decided(dispute, DisputeOutcome.REFUND_FULL, nobody)
    with pytest.raises(FaultUnfit):
        decided(dispute, DisputeOutcome.DECLINED, Fault.SELLER)

    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.OPEN


@pytest.mark.django_db
def test_nothing_is_booked_that_was_not_seen():
    dispute = an_open_dispute()
    seen = effect_of(
        remaining_shares(dispute.seller_order), DisputeOutcome.REFUND_FULL, Fault.SELLER
    ).seal

    for stale in ("", seen.replace("seller:", "carrier:"), seen[:-1] + "1"):
        with pytest.raises(EffectChanged):
            decided(dispute, DisputeOutcome.REFUND_FULL, Fault.SELLER, seen=stale)
    assert not Refund.objects.exists()

    assert decided(dispute, DisputeOutcome.REFUND_FULL, Fault.SELLER, seen=seen).refunded_minor


@pytest.mark.django_db
def test_shipping_is_given_back_once_and_the_seller_bears_it_alone():
    part = a_delivered_part()

    first = decided(an_open_dispute(part), DisputeOutcome.REFUND_SHIPPING, Fault.SELLER)
    deliver_all()

    assert first.refunded_minor == part.shipping_minor
    assert booked(first)[chart.REFUNDS_CLEARING] == -part.shipping_minor
    assert chart.COMMISSION_REVENUE not in booked(first)
    with pytest.raises(NoShippingLeft):
        decided(an_open_dispute(part), DisputeOutcome.REFUND_SHIPPING, Fault.SELLER)
    assert broken_invariants() == []


@pytest.mark.django_db
def test_goodwill_is_ours_whoever_is_at_fault():
    part = a_delivered_part()

    dispute = decided(
        an_open_dispute(part), DisputeOutcome.GOODWILL, Fault.BUYER, refund_minor=100_000
    )
    deliver_all()

    assert booked(dispute) == {chart.GOODWILL: 100_000, chart.REFUNDS_CLEARING: -100_000}
    assert balance_of(seller_reference=part.seller.reference).pending_minor == part.net_minor
    assert broken_invariants() == []


@pytest.mark.django_db
def test_a_replacement_moves_no_money():
    part = a_delivered_part()

    dispute = decided(an_open_dispute(part), DisputeOutcome.REPLACEMENT, Fault.SELLER)

    assert dispute.refunded_minor == 0
    assert not Refund.objects.exists()
    assert Earning.objects.get(seller_order=part).status == EarningStatus.PENDING
