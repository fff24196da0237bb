"""What a provider took back is not paid out, from the moment of the reversal on: nobody need be told first."""

import pytest

from marketplace.disputes.models import Dispute
from marketplace.orders.models import SellerOrder
from marketplace.payouts.commands import approve_batch, prepare_batch
from marketplace.payouts.commands.disburse import _claim
from marketplace.payouts.errors import NothingToPayOut
from marketplace.payouts.models import Earning, Payout, PayoutBatch
from marketplace.payouts.queries import balance_of, taken_back
from marketplace.payouts.states import EarningStatus, PayoutStatus
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.payouts import a_ripe_part, an_approved_payout
from tests.marketplace.disputes.test_reversals import take_back
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


def two_earnings() -> tuple[SellerOrder, SellerOrder]:
    """Both ripe, and one seller's."""
    first = a_ripe_part()
    return first, a_ripe_part(a_listing(first.seller))


def paid_by(batch: PayoutBatch) -> set[str]:
    lines = Payout.objects.filter(batch=batch).values_list("lines__seller_order_reference")
    return {reference for (reference,) in lines}


def test_a_batch_between_the_reversal_and_its_news_pays_only_the_rest():
    taken, other = two_earnings()
    take_back(taken, deliver=False)

    batch = prepare_batch(actor=staff_actor())

    assert paid_by(batch) == {other.reference}
    deliver_all()
    assert Earning.objects.get(seller_order=taken).status == EarningStatus.ON_HOLD
    approve_batch(batch_id=batch.pk, actor=staff_actor())
    assert Payout.objects.get(batch=batch).amount_minor == other.net_minor
    assert broken_invariants() == []


def test_where_it_was_all_there_is_nothing_to_pay():
    taken = a_ripe_part()
    take_back(taken, deliver=False)

    with pytest.raises(NothingToPayOut):
        prepare_batch(actor=staff_actor())


def test_control_where_nobody_asks_for_claims_the_money_leaves_and_verify_tells(monkeypatch):
    taken, other = two_earnings()
    take_back(taken, deliver=False)
    monkeypatch.setattr(taken_back, "open_chargebacks", lambda **_kwargs: {})

    batch = prepare_batch(actor=staff_actor())
    approve_batch(batch_id=batch.pk, actor=staff_actor())

    assert paid_by(batch) == {taken.reference, other.reference}
    assert _claim(Payout.objects.get(batch=batch).pk)
    assert any("nothing_sent_of_what_was_taken_back" in broken for broken in broken_invariants())


def test_a_reversal_after_the_batch_was_prepared_cancels_the_payout():
    taken, _other = two_earnings()
    batch = prepare_batch(actor=staff_actor())
    take_back(taken, deliver=False)

    approve_batch(batch_id=batch.pk, actor=staff_actor())

    payout = Payout.objects.get(batch=batch)
    assert payout.status == PayoutStatus.CANCELLED
    assert taken.reference in payout.provider_message
    assert broken_invariants() == []


def test_a_reversal_after_the_approval_keeps_the_money_in_the_house():
    payout = an_approved_payout()
    taken = SellerOrder.objects.get(reference=payout.lines.get().seller_order_reference)
    take_back(taken, deliver=False)

    assert _claim(payout.pk) is None
    deliver_all()

    payout.refresh_from_db()
    assert (payout.status, payout.sent_at) == (PayoutStatus.FAILED, None)
    assert Dispute.objects.get(seller_order=taken).taken_back_minor == taken.gross_minor
    assert balance_of(seller_reference=taken.seller.reference).on_hold_minor == taken.net_minor
    assert broken_invariants() == []
