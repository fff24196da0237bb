"""Decisions of the payout desk, taken on the console's pages: wallets, holds, terms, results, returns."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backoffice.pages.display import page_of
from marketplace.payouts.commands import pause_payouts, release_due
from marketplace.payouts.models import (
    Hold,
    Payout,
    PayoutBatch,
    PayoutPause,
    PayoutTerms,
    ReserveRule,
    ResultFile,
    TermsRequest,
    TopUp,
    WalletCheck,
)
from marketplace.payouts.states import BatchStatus, PayoutStatus, WalletCheckStatus
from marketplace.sellers.models import Seller
from marketplace.shared.money import format_minor
from tests.backoffice.console_pages import decide, do, list_address, said, signed_in
from tests.factories.payouts import a_paid_payout, a_ripe_part, an_approved_payout
from tests.factories.sellers import a_seller
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


def a_doubtful_wallet() -> WalletCheck:
    check = WalletCheck.objects.get(seller=a_seller(), is_current=True)
    WalletCheck.objects.filter(pk=check.pk).update(
        status=WalletCheckStatus.DIFFERS, holder_name="SOMEBODY ELSE"
    )
    return check


@pytest.mark.parametrize(
    ("decision", "status"),
    [("accept", WalletCheckStatus.ACCEPTED), ("refuse", WalletCheckStatus.REFUSED)],
)
def test_finance_decides_whose_wallet_it_is_and_says_why(client, decision, status):
    check = a_doubtful_wallet()
    me = signed_in(client, "finance")

    assert decide(client, check, decision, reason="").status_code == 422
    decide(client, check, decision, reason="Seen: the wallet's letter")

    check.refresh_from_db()
    assert (check.status, check.decided_by_id) == (status, me.pk)
    assert check.reason == "Seen: the wallet's letter"


def test_an_agent_decides_no_wallet(client):
    check = a_doubtful_wallet()
    signed_in(client, "operations_agent")

    assert decide(client, check, "accept", reason="A friend").status_code in (403, 404)

    check.refresh_from_db()
    assert check.status == WalletCheckStatus.DIFFERS


def test_all_of_a_sellers_money_is_held_and_freed_with_reasons(client):
    seller = a_ripe_part().seller
    signed_in(client, "finance")

    assert decide(client, seller, "hold-money", reason="").status_code == 422
    decide(client, seller, "hold-money", reason="Police file 12/2026")
    hold = Hold.objects.get(seller=seller, earning=None)
    assert hold.freed_at is None
    decide(client, seller, "free-money", reason="Settled")

    hold.refresh_from_db()
    assert hold.freed_at is not None
    assert broken_invariants() == []


def test_terms_are_agreed_with_a_seller_by_two(client):
    seller = a_seller()
    signed_in(client, "finance")
    terms = {
        "tier": "watched", "frequency": "monthly", "weekday": "1", "month_day": "5",
        "minimum_minor": "50000", "reason": "New and selling fast",
    }  # fmt: skip

    decide(client, seller, "payout-terms", **terms)

    asked = TermsRequest.objects.get()
    assert "cannot decide about it" in said(decide(client, asked, "approve"))
    assert not PayoutTerms.objects.exists()
    signed_in(client, "finance")
    for address in (list_address("backoffice.termsqueue"), page_of(asked), page_of(seller)):
        page = client.get(address).content.decode()
        assert asked.reference in page
        assert "TZS 50,000" in page
    decide(client, asked, "approve")

    agreed = PayoutTerms.objects.get(seller=seller)
    assert (agreed.tier, agreed.frequency, agreed.month_day) == ("watched", "monthly", 5)


def test_a_wallet_that_finance_changes_rests_first(client):
    seller = a_seller()
    signed_in(client, "finance")
    wallet = {
        "payout_provider": "airtel", "payout_msisdn": "0784000111", "payout_name": "Asha Mushi",
    }  # fmt: skip

    assert decide(client, seller, "wallet", **wallet, reason="").status_code == 422
    decide(client, seller, "wallet", **wallet, reason="Asked in writing")

    seller = Seller.objects.get(pk=seller.pk)
    assert (seller.payout_provider, seller.payout_msisdn) == ("airtel", "+255784000111")
    assert seller.wallet_rests_until > seller.wallet_changed_at


def test_a_share_of_reserve_is_set_by_tier_and_by_two(client):
    rule = ReserveRule.objects.order_by("tier").first()
    assert rule is not None
    signed_in(client, "administrator")
    decide(client, rule, "ask", basis_points="1500", days="30", reason="The season")
    signed_in(client, "finance")
    assert "15\N{NO-BREAK SPACE}%" in client.get(page_of(rule)).content.decode()

    decide(client, TermsRequest.objects.get(), "approve")

    rule.refresh_from_db()
    assert (rule.basis_points, rule.days) == (1500, 30)


def test_payouts_that_waited_for_our_float_go_on(client):
    pause = pause_payouts(provider="mpesa", code="INS-2006", message="Insufficient balance")
    signed_in(client, "finance")

    decide(client, pause, "resume", reason="Filled up from the bank")

    assert PayoutPause.objects.get().resumed_at is not None


def test_a_wallet_is_topped_up_by_two(client):
    signed_in(client, "finance")
    do(
        client,
        "payouts.topup",
        "request",
        provider="airtel",
        amount_minor="250000",
        bank_reference="CRDB 77",
        reason="Payouts are due",
    )
    top_up = TopUp.objects.get()
    assert (top_up.status, top_up.amount_minor) == ("proposed", 25_000_000)

    decide(client, top_up, "approve")
    top_up.refresh_from_db()
    assert top_up.status == "proposed", "not by whoever asked for it"
    signed_in(client, "finance")
    decide(client, top_up, "approve")

    top_up.refresh_from_db()
    assert (top_up.status, top_up.bank_reference) == ("approved", "CRDB77")


def test_a_result_file_is_uploaded_and_its_page_shows_the_rows(client):
    payout = an_approved_payout()
    rows = f"Reference,Status,Amount,Receipt,Reason\n{payout.reference},Paid,,X1,\n".encode()
    signed_in(client, "finance")

    response = do(
        client, "payouts.resultfile", "upload", file=SimpleUploadedFile("results.csv", rows)
    )

    assert ResultFile.objects.get().original_name == "results.csv"
    assert client.get(response["Location"]).status_code == 200


def test_a_payout_that_came_back_is_returned_by_another_person_than_approved_it(client):
    payout = a_paid_payout()
    approver = payout.batch.decided_by
    approver.groups.add(approver.groups.model.objects.get(name="finance"))
    client.force_login(approver)
    assert said(decide(client, payout, "returned", reason="The bank says so"))
    assert Payout.objects.get().status == PayoutStatus.PAID
    signed_in(client, "finance")

    decide(client, payout, "returned", reason="The bank says so")

    assert Payout.objects.get().status == PayoutStatus.RETURNED
    assert broken_invariants() == []


def test_failures_are_tried_again_in_a_batch_of_their_own(client):
    payout = a_paid_payout()
    signed_in(client, "finance")
    decide(client, payout, "returned", reason="Account closed")
    release_due()

    decide(client, payout.batch, "retry")

    again = PayoutBatch.objects.get(retry_of=payout.batch)
    assert again.status == BatchStatus.AWAITING_APPROVAL
    assert again.payouts.get().amount_minor == payout.amount_minor


def test_what_the_daily_run_prepared_is_taken_on_before_another_approves_it(client):
    a_ripe_part()
    signed_in(client, "finance")
    do(client, "payouts.payoutbatch", "prepare")
    PayoutBatch.objects.update(created_by=None)
    batch = PayoutBatch.objects.get()
    assert said(decide(client, batch, "approve"))
    assert PayoutBatch.objects.get().status == BatchStatus.AWAITING_APPROVAL

    decide(client, batch, "take-on")
    assert said(decide(client, batch, "approve"))
    assert PayoutBatch.objects.get().status == BatchStatus.AWAITING_APPROVAL
    signed_in(client, "finance")
    decide(client, batch, "approve")

    assert PayoutBatch.objects.get().status in (BatchStatus.APPROVED, BatchStatus.COMPLETED)


def test_a_batch_says_who_acts_next_and_how_much_goes_out_before_it_is_sent(client):
    a_ripe_part()
    release_due()
    signed_in(client, "finance")
    address = do(client, "payouts.payoutbatch", "prepare")["Location"]
    batch = PayoutBatch.objects.get()
    payout = batch.payouts.get()

    own = client.get(address).content.decode()
    signed_in(client, "finance")
    theirs = client.get(address).content.decode()

    assert "somebody else must approve it (Finance)" in own
    assert f"{format_minor(payout.amount_minor)} goes out to 1 seller at once" in theirs
    assert ">Decided by<" not in theirs
    decide(client, batch, "approve")
    decided = client.get(address).content.decode()
    assert ">Decided by<" in decided
    # Several things share its timeline: each is named.
    assert f'<span class="zt-lesser zt-about">{payout.reference}</span>' in decided
