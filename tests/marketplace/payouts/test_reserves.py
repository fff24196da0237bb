"""The rolling reserve: a share of each released earning waits for its own day, and pays refunds first."""

from datetime import timedelta

import pytest
from django.conf import settings

from marketplace.payments.commands import refund_seller_order
from marketplace.payments.ports import Outcome
from marketplace.payments.states import RefundReason
from marketplace.payouts.commands import (
    approve_batch,
    hold_earning,
    prepare_batch,
    release_reserves,
    unhold_earning,
)
from marketplace.payouts.errors import ReserveRuleInvalid
from marketplace.payouts.models import Earning, Reserve
from marketplace.payouts.queries import balance_of, earnings_of, outlook_of, reasons_of
from marketplace.payouts.states import EarningStatus
from marketplace.shared import clock
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.payouts import a_ripe_part, answered, the_reserve_of, the_terms_of
from tests.factories.sellers import a_seller
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
LATER = timedelta(days=settings.HOLD_DAYS + 30, seconds=1)


def a_new_sellers_part():
    """Released with 10 % in reserve for 30 days."""
    seller = a_seller()
    the_terms_of(seller.pk, tier="new")
    return a_ripe_part(a_listing(seller))


def paid(part) -> None:
    batch = prepare_batch(actor=staff_actor())
    approve_batch(batch_id=batch.pk, actor=staff_actor())
    answered(batch.payouts.get(), Outcome.SUCCEEDED)


def refund(part, amount_minor: int) -> None:
    refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=amount_minor,
        reason=RefundReason.DISPUTE,
        cause="tests",
        actor=staff_actor(),
    )
    deliver_all()


def split_of(part) -> tuple[int, int]:
    balance = balance_of(seller_reference=part.seller.reference)
    return balance.available_minor, balance.on_hold_minor


def test_a_share_stays_on_hold_until_its_own_day():
    part = a_new_sellers_part()
    reserve = Reserve.objects.get()
    assert reserve.amount_minor == part.net_minor // 1_000 * 100
    assert split_of(part) == (part.net_minor - reserve.amount_minor, reserve.amount_minor)
    assert outlook_of(seller_id=part.seller_id).in_reserve_minor == reserve.amount_minor
    (row,) = earnings_of(seller_id=part.seller_id)
    (reason,) = reasons_of(row)
    assert (reason.code, reason.release_at, reason.amount_minor) == (
        "reserve", reserve.release_at, reserve.amount_minor,
    )  # fmt: skip

    assert release_reserves() == 0
    with clock.at(part.delivered_at + LATER):
        assert release_reserves() == 1
        assert release_reserves() == 0

    assert split_of(part) == (part.net_minor, 0)
    assert broken_invariants() == []


def test_the_rest_is_paid_first_and_the_reserve_later():
    part = a_new_sellers_part()
    kept = Reserve.objects.get().amount_minor
    paid(part)
    assert split_of(part) == (0, kept)

    with clock.at(part.delivered_at + LATER):
        release_reserves()
        assert split_of(part) == (kept, 0)

    assert Earning.objects.get().status == EarningStatus.PAID
    assert broken_invariants() == []


def test_a_refund_after_the_payout_takes_from_the_reserve():
    part = a_new_sellers_part()
    kept = Reserve.objects.get().amount_minor
    paid(part)

    refund(part, 300_000)

    available, held = split_of(part)
    assert available == 0
    assert 0 < held < kept
    assert Reserve.objects.get().left_minor == held
    assert broken_invariants() == []


def test_a_refund_larger_than_the_reserve_leaves_a_debt_and_no_reserve():
    part = a_new_sellers_part()
    paid(part)

    refund(part, part.gross_minor)

    available, held = split_of(part)
    assert available < 0
    assert held == 0
    assert Reserve.objects.get().released_at is not None
    assert broken_invariants() == []


def test_a_whole_refund_before_the_payout_ends_earning_and_reserve():
    part = a_new_sellers_part()

    refund(part, part.gross_minor)

    assert Earning.objects.get().status == EarningStatus.CANCELLED
    assert split_of(part) == (0, 0)
    assert broken_invariants() == []


def test_a_dispute_keeps_the_reserve_of_what_was_paid():
    part = a_new_sellers_part()
    kept = Reserve.objects.get().amount_minor
    paid(part)
    hold = {"seller_order_id": part.pk, "actor": staff_actor(), "dispute": "DSP-1"}
    hold_earning(reason="broken", **hold)

    with clock.at(part.delivered_at + LATER):
        assert release_reserves() == 0
        unhold_earning(**hold)
        assert release_reserves() == 1

    assert split_of(part) == (kept, 0)
    assert broken_invariants() == []


def test_a_hold_takes_the_whole_and_gives_back_all_but_the_reserve():
    part = a_new_sellers_part()
    before = split_of(part)
    hold = {"seller_order_id": part.pk, "actor": staff_actor()}

    hold_earning(reason="police", **hold)
    assert split_of(part) == (0, part.net_minor)
    with clock.at(part.delivered_at + timedelta(days=settings.HOLD_DAYS, seconds=5)):
        unhold_earning(**hold)

    assert split_of(part) == before
    assert broken_invariants() == []


def test_a_reserve_whose_day_comes_while_all_is_held_goes_on_with_the_rest():
    part = a_new_sellers_part()
    hold = {"seller_order_id": part.pk, "actor": staff_actor()}
    hold_earning(reason="police", **hold)

    with clock.at(part.delivered_at + LATER):
        assert release_reserves() == 1
        assert split_of(part) == (0, part.net_minor)
        unhold_earning(**hold)

    assert split_of(part) == (part.net_minor, 0)
    assert broken_invariants() == []


def test_a_rule_is_data_within_bounds():
    the_reserve_of("standard", basis_points=500, days=10)
    part = a_ripe_part()

    assert Reserve.objects.get().basis_points == 500
    assert split_of(part)[1] == part.net_minor * 5 // 100 // 100 * 100
    for share, days in ((5_001, 1), (100, 181), (-1, 1)):
        with pytest.raises(ReserveRuleInvalid):
            the_reserve_of("new", basis_points=share, days=days)
