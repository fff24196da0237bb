"""What is taken back between the approval of a payout and its sending stays here; the rest is sent, once."""

from functools import partial

import pytest

from backoffice.pages.display import page_of
from marketplace.accounts.models import User
from marketplace.notifications.models import Message
from marketplace.orders.models import SellerOrder
from marketplace.payments.commands import bear_chargeback, refund_seller_order
from marketplace.payments.models import RefundPart
from marketplace.payments.ports import Outcome
from marketplace.payments.states import Bearer, RefundReason
from marketplace.payouts.commands import prepare_batch
from marketplace.payouts.commands.batches import PAYOUTS
from marketplace.payouts.commands.disburse import _claim
from marketplace.payouts.errors import NothingToPayOut
from marketplace.payouts.models import Earning, Payout
from marketplace.payouts.queries import balance_of
from marketplace.payouts.states import PAYOUT_TRANSITIONS, EarningStatus, PayoutStatus, TakenBackBy
from marketplace.sellers.queries import owner_of
from marketplace.shared.models import LoggedEvent
from marketplace.shared.money import format_minor
from marketplace.shared.states import move
from tests.api.client import Caller
from tests.backoffice.console_pages import signed_in
from tests.deliveries import deliver_all
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.payouts import an_approved_payout_of_two, answered, the_terms_of
from tests.marketplace.disputes.test_reversals import take_back
from tests.reports.files import minor, summary, table
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


def give_back(part: SellerOrder, amount_minor: int) -> int:
    """To the buyer, by a refund that is not told yet; the seller's share of it."""
    refund = refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=amount_minor,
        reason=RefundReason.DISPUTE,
        cause=f"tests {part.reference}",
        actor=SYSTEM,
    )
    return RefundPart.objects.get(refund=refund).seller_minor


def lines_of(payout: Payout) -> dict[str, tuple[int, int, str]]:
    return {
        line.seller_order_reference: (line.amount_minor, line.taken_back_minor, line.taken_back_by)
        for line in payout.lines.all()
    }


def test_what_a_provider_took_back_stays_and_the_rest_is_paid():
    payout, taken, other = an_approved_payout_of_two()
    take_back(taken, deliver=False)

    payout = answered(payout, Outcome.SUCCEEDED)

    assert (payout.status, payout.amount_minor) == (PayoutStatus.PAID, other.net_minor)
    assert payout.approved_minor == taken.net_minor + other.net_minor
    assert lines_of(payout) == {
        taken.reference: (0, taken.net_minor, TakenBackBy.PROVIDER),
        other.reference: (other.net_minor, 0, ""),
    }
    deliver_all()
    statuses = dict(Earning.objects.values_list("seller_order_id", "status"))
    assert statuses == {taken.pk: EarningStatus.ON_HOLD, other.pk: EarningStatus.PAID}
    assert balance_of(seller_reference=taken.seller.reference).on_hold_minor == taken.net_minor
    with pytest.raises(NothingToPayOut):
        prepare_batch(actor=staff_actor())
    assert broken_invariants() == []


def test_what_was_given_back_to_the_buyer_is_no_debt_but_not_sent():
    payout, refunded, other = an_approved_payout_of_two()
    share = give_back(refunded, 1_000_000)

    payout = answered(payout, Outcome.SUCCEEDED)

    assert payout.amount_minor == refunded.net_minor + other.net_minor - share
    assert lines_of(payout)[refunded.reference] == (
        refunded.net_minor - share, share, TakenBackBy.BUYER,
    )  # fmt: skip
    deliver_all()
    assert set(Earning.objects.values_list("status", flat=True)) == {EarningStatus.PAID}
    assert balance_of(seller_reference=other.seller.reference).available_minor == 0
    assert broken_invariants() == []


def test_an_earning_that_went_back_whole_leaves_the_payout_and_is_over():
    payout, refunded, other = an_approved_payout_of_two()
    give_back(refunded, refunded.gross_minor)
    deliver_all()  # The refund is told and the payout leaves.

    payout.refresh_from_db()
    assert (payout.amount_minor, payout.taken_back_minor) == (other.net_minor, refunded.net_minor)
    assert Earning.objects.get(seller_order=refunded).status == EarningStatus.CANCELLED
    assert broken_invariants() == []


def test_a_reversal_that_the_seller_bears_by_now_is_taken_out_too():
    payout, taken, other = an_approved_payout_of_two()
    take_back(taken, deliver=False)
    bear_chargeback(seller_order_id=taken.pk, bearer=Bearer.EARNERS, actor=staff_actor())

    assert _claim(payout.pk)

    payout.refresh_from_db()
    assert payout.amount_minor == other.net_minor
    assert lines_of(payout)[taken.reference] == (0, taken.net_minor, TakenBackBy.BUYER)
    assert balance_of(seller_reference=taken.seller.reference).available_minor == 0
    assert broken_invariants() == []


def test_a_reversal_that_the_marketplace_bears_leaves_the_payout_as_it_was():
    payout, taken, other = an_approved_payout_of_two()
    take_back(taken, deliver=False)
    bear_chargeback(seller_order_id=taken.pk, bearer=Bearer.MARKETPLACE, actor=staff_actor())

    assert _claim(payout.pk)

    payout.refresh_from_db()
    assert (payout.amount_minor, payout.taken_back_minor) == (taken.net_minor + other.net_minor, 0)
    assert broken_invariants() == []


def test_a_rest_below_the_sellers_minimum_is_not_sent_and_all_of_it_is_the_sellers_again():
    payout, refunded, other = an_approved_payout_of_two()
    the_terms_of(payout.seller_id, minimum_minor=payout.amount_minor)
    share = give_back(refunded, 1_000_000)

    assert _claim(payout.pk) is None

    payout.refresh_from_db()
    assert (payout.status, payout.taken_back_minor) == (PayoutStatus.FAILED, 0)
    assert refunded.reference in payout.provider_message
    assert "less than the minimum" in payout.provider_message
    owed = refunded.net_minor + other.net_minor - share
    assert balance_of(seller_reference=other.seller.reference).available_minor == owed
    assert broken_invariants() == []


def test_what_is_taken_back_while_the_provider_is_away_is_taken_out_at_the_next_try():
    payout, first, second = an_approved_payout_of_two()
    share = give_back(first, 1_000_000)
    sent = _claim(payout.pk)
    assert sent
    move(sent, PayoutStatus.APPROVED, PAYOUT_TRANSITIONS, actor=PAYOUTS)  # As an outage leaves it.
    more = give_back(second, 500_000)

    payout = answered(payout, Outcome.FAILED)

    assert payout.taken_back_minor == share + more
    assert LoggedEvent.objects.filter(name="payouts.payout_reduced.v1").count() == 2
    owed = first.net_minor + second.net_minor - share - more
    assert balance_of(seller_reference=first.seller.reference).available_minor == owed
    assert broken_invariants() == []


def test_seller_and_statement_say_what_was_approved_taken_back_and_sent(tmp_path):
    payout, taken, other = an_approved_payout_of_two()
    take_back(taken, deliver=False)
    payout = answered(payout, Outcome.SUCCEEDED)
    deliver_all()

    told = Message.objects.filter(code="payout_reduced", user_id=owner_of(payout.seller_id))
    assert {taken.reference in one.body for one in told} == {True}
    (shown,) = (
        Caller(User.objects.get(pk=owner_of(payout.seller_id)))
        .get("/sellers/me/payouts")
        .json()["items"]
    )
    assert (shown["amount"]["amount"], shown["taken_back"]["amount"]) == (
        other.net_minor, taken.net_minor,
    )  # fmt: skip
    of_the_seller = {"period": "today", "seller": payout.seller.reference}
    rows = table("seller_statement", of_the_seller, tmp_path)
    moved = {
        row["Memo"]: minor(row["In (TZS)"]) - minor(row["Out (TZS)"])
        for row in rows
        if payout.reference in row["Memo"] and row["Reference"] == taken.reference
    }
    assert moved == {
        f"Payout {payout.reference} approved": -taken.net_minor,
        f"Payout {payout.reference}: taken back before it was sent": taken.net_minor,
    }
    assert summary("seller_statement", of_the_seller, tmp_path)["Ties to the ledger"] == "Yes"
    (row,) = table("payouts", of_the_seller, tmp_path)
    assert minor(row["Amount (TZS)"]) == other.net_minor
    assert minor(row["Taken back (TZS)"]) == taken.net_minor
    assert summary("payouts", of_the_seller, tmp_path)["Ties to the ledger"] == "Yes"


def test_payout_and_batch_show_what_was_approved_taken_back_why_and_sent(client):
    payout, taken, other = an_approved_payout_of_two()
    take_back(taken, deliver=False)
    _claim(payout.pk)
    signed_in(client, "finance")

    of_payout = client.get(page_of(payout)).content.decode()
    of_batch = client.get(page_of(payout.batch)).content.decode()

    approved = format_minor(taken.net_minor + other.net_minor)
    for page in (of_payout, of_batch):
        assert f"of {approved} approved" in page
        assert format_minor(taken.net_minor) in page
        assert format_minor(other.net_minor) in page
        assert "The provider took the payment back" in page
        assert "Payout lowered by what was taken back" in page


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_it_out_once():
    payout, taken, other = an_approved_payout_of_two()
    take_back(taken, deliver=False)

    claims = at_once(*[partial(_claim, payout.pk)] * 4)

    assert refused(claims) == []
    assert [claim.amount_minor for claim in claims if claim] == [other.net_minor]
    payout.refresh_from_db()
    assert payout.taken_back_minor == taken.net_minor
    assert broken_invariants() == []
