"""What a changed decision moves: nobody gets more than was paid, and no shilling is lost or made."""

from datetime import timedelta
from itertools import product

import pytest

from marketplace.disputes.commands import (
    planned,
)
from marketplace.disputes.errors import (
    EffectChanged,
)
from marketplace.disputes.models import Appeal, Dispute
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.orders.models import SellerOrder
from marketplace.payments.commands import refund_seller_order
from marketplace.payments.models import Refund, RefundPart
from marketplace.payouts.models import Earning
from marketplace.payouts.queries import balance_of
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from tests.factories.accounts import SYSTEM
from tests.factories.orders import a_delivered_part
from tests.factories.payouts import a_ripe_part
from tests.factories.sellers import seller_actor
from tests.marketplace.disputes.appeals import (
    DECLINED,
    FULL,
    HALF,
    a_decided_case,
    an_appeal,
    buyer_of,
    decide,
    goodwill,
    owed_to_buyer,
    sellers,
)
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


def test_a_buyer_who_wins_the_appeal_gets_the_rest_and_no_more_than_was_paid():
    part = a_delivered_part()
    dispute = an_appeal(a_decided_case(part, **HALF))

    appeal = decide(dispute, **FULL)

    assert appeal.extra_minor == part.gross_minor - 500_000
    assert owed_to_buyer(part) == part.gross_minor
    assert (sellers(part), goodwill(part)) == (0, 0)
    assert dispute.refunded_minor == part.gross_minor
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == part.gross_minor
    assert broken_invariants() == []


def test_a_seller_who_wins_the_appeal_is_made_whole_and_the_buyer_keeps_what_they_have():
    part = a_delivered_part()
    dispute = a_decided_case(part, **FULL)
    assert Earning.objects.get(seller_order=part).status == "cancelled"
    an_appeal(dispute, seller_actor(part.seller_id))

    appeal = decide(dispute, **DECLINED)

    assert (appeal.kept_minor, appeal.extra_minor) == (part.gross_minor, 0)
    assert sellers(part) == part.net_minor
    assert goodwill(part) == part.gross_minor
    assert owed_to_buyer(part) == part.gross_minor
    assert Earning.objects.get(seller_order=part).status == "pending"
    assert balance(account=chart.COMMISSION_REVENUE) == -part.commission_minor
    assert Refund.objects.count() == 1
    assert broken_invariants() == []


def test_what_the_seller_was_given_back_can_be_paid_out():
    part = a_ripe_part()
    with clock.at(clock.now() + timedelta(days=9)):
        dispute = a_decided_case(part, **FULL)
        an_appeal(dispute, seller_actor(part.seller_id))

        decide(dispute, **DECLINED)

    assert Earning.objects.get(seller_order=part).status == "available"
    assert balance_of(seller_reference=part.seller.reference).available_minor == part.net_minor
    assert broken_invariants() == []


def test_a_fault_found_elsewhere_changes_who_pays_and_nothing_for_the_buyer():
    part = a_delivered_part()
    dispute = a_decided_case(part, **FULL)
    an_appeal(dispute, seller_actor(part.seller_id))

    appeal = decide(dispute, outcome="refund_full", fault="carrier")

    assert (appeal.extra_minor, appeal.kept_minor) == (0, 0)
    assert (sellers(part), goodwill(part)) == (part.net_minor, part.gross_minor)
    assert dispute.fault == "carrier"
    assert broken_invariants() == []


def test_what_was_ours_becomes_the_sellers_where_the_appeal_finds_them_at_fault():
    part = a_delivered_part()
    dispute = a_decided_case(part, outcome="refund_partial", fault="carrier", refund_minor=500_000)
    assert goodwill(part) == 500_000
    an_appeal(dispute)

    decide(dispute, outcome="refund_partial", fault="seller", refund_minor=700_000)

    assert goodwill(part) == 0
    assert owed_to_buyer(part) == 700_000
    given = RefundPart.objects.filter(seller_order=part)
    assert sellers(part) == part.net_minor - sum(given.values_list("seller_minor", flat=True))
    assert broken_invariants() == []


EVERY = [
    FULL,
    HALF,
    DECLINED,
    {"outcome": "refund_full", "fault": "carrier"},
    {"outcome": "goodwill", "fault": "seller", "refund_minor": 300_000},
    {"outcome": "replacement", "fault": "seller"},
]


@pytest.mark.parametrize(("first", "second"), list(product(EVERY, EVERY)))
def test_every_change_of_every_decision_keeps_the_books_and_shows_what_it_books(first, second):
    part = a_delivered_part()
    dispute = a_decided_case(part, **first)
    is_buyers = dispute.refunded_minor < dispute.claimed_minor
    an_appeal(dispute, buyer_of(dispute) if is_buyers else _any_side(dispute, part))
    effect = planned(dispute, **second)
    before = sellers(part), goodwill(part), owed_to_buyer(part)

    decide(dispute, **second, seen=effect.seal)

    after = sellers(part), goodwill(part), owed_to_buyer(part)
    assert after[0] - before[0] == -effect.seller_minor
    assert after[1] - before[1] == effect.goodwill_minor
    assert after[2] - before[2] == effect.extra_minor
    assert after[2] <= part.gross_minor
    assert effect.seller_minor + effect.goodwill_minor + effect.commission_minor == (
        effect.extra_minor
    )
    assert broken_invariants() == []


def _any_side(dispute: Dispute, part: SellerOrder) -> Actor:
    """The seller; where they lost nothing, the buyer, who asked for more than they got."""
    if dispute.fault == "seller" or dispute.outcome == "replacement":
        return seller_actor(part.seller_id)
    Dispute.objects.filter(pk=dispute.pk).update(claimed_minor=dispute.refunded_minor + 100)
    return buyer_of(dispute)


def test_nothing_is_booked_but_what_was_shown():
    part = a_delivered_part()
    dispute = an_appeal(a_decided_case(part, **DECLINED))
    shown = planned(dispute, **FULL).seal
    refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=100_000,
        reason="price_adjusted",
        cause="meanwhile",
        actor=SYSTEM,
    )

    with pytest.raises(EffectChanged):
        decide(dispute, **FULL, seen=shown)

    assert Appeal.objects.get().status == "open"
