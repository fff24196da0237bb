"""Payouts that succeeded, and that the bank or the wallet sends back later.

Until our books know it, a payout that came back reads paid: its seller would never be paid again.
"""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.payouts.commands import prepare_batch, return_payout
from marketplace.payouts.states import PayoutStatus
from marketplace.reconciliation.commands import bring_back_payouts, look_again
from marketplace.reconciliation.models import Match, ReconciliationException
from marketplace.reconciliation.queries import proof
from marketplace.reconciliation.states import ExceptionStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from tests.deliveries import deliver_all
from tests.factories.accounts import SYSTEM, staff_actor
from tests.proof.return_road import a_payout_that_came_back, a_statement, is_returned_once, name_of
from tests.proof.road import news_arrive, nothing_is_wrong, time_passes
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
DAY_MIN = 24 * 60
PROVIDERS = ("mpesa", "mixx", "airtel")


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest, mpesa: Any) -> Any:
    """Buyers pay with M-Pesa, whatever pays the sellers."""
    return request.getfixturevalue(request.param)


# --- By the statement ---


def test_a_payout_that_only_the_statement_sends_back_is_returned_by_its_import(provider):
    payout = a_payout_that_came_back(provider)
    clearing = chart.provider_clearing(name_of(provider))
    paid_minor = balance(account=clearing)

    a_statement(provider)
    deliver_all()

    is_returned_once(payout)
    kinds = set(Match.objects.values_list("target_kind", "target_reference"))
    assert {("payout", payout.reference), ("returned", payout.reference)} <= kinds
    assert not ReconciliationException.objects.filter(status=ExceptionStatus.OPEN).exists()
    charge_minor = provider.entry(payout.receipt).fee_minor
    assert balance(account=clearing) == paid_minor + payout.amount_minor - charge_minor
    again = prepare_batch(actor=staff_actor()).payouts.get()
    assert again.amount_minor == payout.amount_minor, "the seller can be paid again"
    nothing_is_wrong()


@pytest.mark.parametrize("digits", ["991", "992"])
def test_the_same_return_by_every_road_and_in_two_layouts_counts_once(mpesa, digits):
    payout = a_payout_that_came_back(mpesa, digits)

    a_statement(mpesa, layout="short")
    news_arrive(mpesa)
    a_statement(mpesa, layout="detailed")
    deliver_all()
    time_passes(2, DAY_MIN, 2 * DAY_MIN)
    bring_back_payouts()

    is_returned_once(payout)
    nothing_is_wrong()


def test_a_callback_about_a_paid_payout_asks_the_provider_and_returns_it(mpesa):
    payout = a_payout_that_came_back(mpesa, "991")

    news_arrive(mpesa)

    is_returned_once(payout)
    a_statement(mpesa)
    deliver_all()
    assert Match.objects.filter(target_kind="returned").exists(), "the line explains itself"
    nothing_is_wrong()


def test_an_enquiry_a_day_later_returns_what_no_callback_told(mpesa, airtel):
    payout = a_payout_that_came_back(airtel, "991")

    time_passes(DAY_MIN + 1)

    is_returned_once(payout)
    nothing_is_wrong()


def test_who_approved_a_payout_cannot_also_bring_the_statement_that_returns_it(mpesa):
    payout = a_payout_that_came_back(mpesa)

    a_statement(mpesa, actor=Actor.staff(payout.batch.decided_by_id))
    deliver_all()

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    waiting = ReconciliationException.objects.get(kind="reversed")
    assert payout.reference in waiting.explanation
    return_payout(payout_id=payout.pk, reason="The wallet was closed", actor=staff_actor())
    look_again(provider="mpesa", actor=SYSTEM)
    waiting.refresh_from_db()
    assert waiting.status == ExceptionStatus.RESOLVED
    is_returned_once(payout)
    nothing_is_wrong()


def test_a_part_that_comes_back_returns_nothing_and_waits_for_a_person(mpesa, mixx):
    payout = a_payout_that_came_back(mixx)
    (back,) = mixx.book.entries("return")
    mixx.book.change(back.id, amount_minor=back.amount_minor - 100_00)

    a_statement(mixx)
    deliver_all()

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    assert ReconciliationException.objects.get().kind == "reversed"
    assert broken_invariants() == []


def test_a_payout_returned_by_hand_that_no_statement_sends_back_is_a_gap(mpesa):
    """Who says so without evidence would pay the seller twice."""
    payout = a_payout_that_came_back(mpesa, "000")
    with clock.at(clock.now() - timedelta(hours=1)):
        return_payout(payout_id=payout.pk, reason="He says so", actor=staff_actor())

    a_statement(mpesa)
    deliver_all()

    gap = ReconciliationException.objects.get()
    assert (gap.kind, gap.target_kind) == ("missing_in_statement", "returned")
    assert gap.target_reference == payout.reference
    assert unexplained_minor() == 0, "the gap names it"
    # Control: where a person could say "arrived later", nothing named the difference any more.
    ReconciliationException.objects.update(
        status="resolved", resolution="arrived_later", reason="He says so", resolved_at=clock.now()
    )
    assert unexplained_minor() == -payout.amount_minor


def unexplained_minor() -> int:
    now = clock.now()
    found = proof(provider="mpesa", since=now - timedelta(days=60), until=now + timedelta(days=1))
    return found.unexplained_minor
