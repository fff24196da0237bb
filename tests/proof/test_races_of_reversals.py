"""What a provider takes back, at the moment when others decide about it; each race with its control."""

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, OperationalError

from marketplace.disputes.commands import (
    cases,
    open_dispute,
    open_for_reversal,
    resolution,
    resolve_dispute,
    reversals,
)
from marketplace.disputes.errors import DisputeClosed
from marketplace.disputes.models import Dispute
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.orders.models import Order, SellerOrder
from marketplace.payments.commands import (
    attempts,
    chargebacks,
    confirm_settlement,
    issue_book,
    propose_settlement,
    settle_attempt,
    settlement,
)
from marketplace.payments.errors import IssueClosed
from marketplace.payments.models import Attempt, Chargeback, PaymentIssue
from marketplace.payments.ports import Answer, Outcome, ProviderUnavailable
from marketplace.payments.states import IssueStatus
from marketplace.payouts.models import Payout
from marketplace.payouts.queries import balance_of
from marketplace.shared.actors import Actor
from marketplace.shared.states import IllegalTransition
from tests.deliveries import deliver_all
from tests.factories.accounts import a_staff_member, staff_actor
from tests.factories.orders import a_delivered_part, an_order
from tests.factories.payouts import an_approved_payout_of_two
from tests.marketplace.payments.test_payment_desk import silent
from tests.meeting import come_or_held
from tests.patience import wait_until
from tests.processes import dwell, unguarded_moves, without_constraint, without_row_locks
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)
PROVIDER = Actor.provider("mpesa")
RECEIPT = "8FD5H2K1LM"
# The package has a command of this name.
disburse = import_module("marketplace.payouts.commands.disburse")


# --- The provider says it by several roads at once ---


def taken_back_by(roads: int, part: SellerOrder) -> list[Any]:
    attempt = Attempt.objects.get(intent__order_id=part.order_id, is_applied=True)
    answer = Answer(Outcome.SUCCEEDED, is_reversed=True)
    return at_once(
        *[lambda: settle_attempt(attempt_id=attempt.pk, answer=answer, actor=PROVIDER)] * roads
    )


def test_a_reversal_that_is_told_by_several_roads_at_once_is_booked_once(monkeypatch):
    part = a_delivered_part()
    dwell(monkeypatch, settlement, "_is_given_back_by_us")

    outcomes = taken_back_by(3, part)
    deliver_all()

    assert refused(outcomes) == []
    assert balance(account=chart.provider_clearing("mpesa")) == 0
    assert Chargeback.objects.get().seller_order_id == part.pk
    assert broken_invariants() == []


def test_control_without_locks_and_guards_only_the_database_stops_the_second_booking(monkeypatch):
    part = a_delivered_part()
    dwell(monkeypatch, settlement, "_is_given_back_by_us")
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, settlement)

    outcomes = taken_back_by(3, part)

    assert [type(error) for error in refused(outcomes)] == [IntegrityError] * 2


# --- Two people decide who bears it ---


def a_case() -> tuple[SellerOrder, UUID]:
    part = a_delivered_part()
    taken_back_by(1, part)
    deliver_all()
    return part, Dispute.objects.get(seller_order=part).pk


def two_decisions(dispute_id: UUID) -> list[Any]:
    desk = staff_actor(), staff_actor(a_staff_member())
    return at_once(
        *(
            lambda actor=actor: resolve_dispute(
                dispute_id=dispute_id,
                outcome="loss_accepted",
                fault="seller",
                note="Mine",
                actor=actor,
            )
            for actor in desk
        )
    )


def test_of_two_people_who_decide_at_once_the_second_is_told_and_the_money_is_taken_once(
    monkeypatch,
):
    part, dispute_id = a_case()
    dwell(monkeypatch, resolution, "locked_open")

    outcomes = two_decisions(dispute_id)
    deliver_all()

    assert [type(one) for one in refused(outcomes)] == [DisputeClosed]
    assert balance_of(seller_reference=part.seller.reference).available_minor == 0
    assert broken_invariants() == []


def test_control_without_locks_and_guards_both_have_decided(monkeypatch):
    _part, dispute_id = a_case()
    dwell(monkeypatch, resolution, "locked_open")
    dwell(monkeypatch, chargebacks, "_locked_open")
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, resolution, chargebacks)

    outcomes = two_decisions(dispute_id)

    assert refused(outcomes) == []
    assert broken_invariants() != []


# --- A payout leaves while the provider takes the money back ---


def sent_against_taken_back(monkeypatch) -> list[Any]:
    """An approved payout is looked at and about to be sent when some of what it pays is taken back."""
    payout, part, _other = an_approved_payout_of_two()
    is_looked_at, is_taken_back = threading.Event(), threading.Event()
    real = disburse.take_out

    def look(planned: Payout) -> str:
        found = real(planned)
        is_looked_at.set()
        come_or_held(lambda: not is_taken_back.is_set())
        return found

    def take_back() -> None:
        wait_until(is_looked_at.is_set)
        taken_back_by(1, part)
        is_taken_back.set()

    monkeypatch.setattr(disburse, "take_out", look)
    return at_once(lambda: disburse._claim(payout.pk), take_back)


def test_a_payout_is_sent_before_its_payment_is_taken_back_or_not_at_all(monkeypatch):
    outcomes = sent_against_taken_back(monkeypatch)

    assert refused(outcomes) == []
    assert Payout.objects.get().sent_at < Chargeback.objects.get().taken_at
    assert broken_invariants() == []


def test_control_without_the_balance_lock_it_is_sent_although_it_was_taken_back(monkeypatch):
    monkeypatch.setattr(disburse, "one_at_a_time", lambda _name: None)

    outcomes = sent_against_taken_back(monkeypatch)

    assert refused(outcomes) == []
    assert any("nothing_sent_of_what_was_taken_back" in one for one in broken_invariants())


def taken_back_while_it_is_to_be_sent(monkeypatch) -> tuple[Payout, SellerOrder]:
    """The provider's reversal is written and not committed when the worker comes for the payout."""
    payout, part, other = an_approved_payout_of_two()
    is_written, is_claimed = threading.Event(), threading.Event()
    real = settlement.open_chargeback

    def write(*given: Any) -> Chargeback:
        claim = real(*given)
        is_written.set()
        come_or_held(lambda: not is_claimed.is_set())
        return claim

    def send() -> None:
        wait_until(is_written.is_set)
        assert disburse._claim(payout.pk)
        is_claimed.set()

    monkeypatch.setattr(settlement, "open_chargeback", write)
    assert refused(at_once(lambda: taken_back_by(1, part), send)) == []
    payout.refresh_from_db()
    return payout, other


def test_a_payout_waits_for_a_reversal_that_came_first_and_sends_the_rest(monkeypatch):
    payout, other = taken_back_while_it_is_to_be_sent(monkeypatch)

    assert payout.amount_minor == other.net_minor
    assert broken_invariants() == []


def test_control_without_the_balance_lock_all_of_it_is_sent(monkeypatch):
    monkeypatch.setattr(disburse, "one_at_a_time", lambda _name: None)

    payout, _other = taken_back_while_it_is_to_be_sent(monkeypatch)

    assert payout.taken_back_minor == 0
    assert any("nothing_sent_of_what_was_taken_back" in one for one in broken_invariants())


# --- The buyer complains while the provider takes the money back ---


def buyer_and_provider(part: SellerOrder) -> list[Any]:
    taken_back_by(1, part)
    attempt = Attempt.objects.get(intent__order_id=part.order_id, is_applied=True)
    buyer = Actor.buyer(part.order.buyer_id)
    return at_once(
        lambda: open_for_reversal(attempt_id=attempt.pk),
        lambda: open_for_reversal(attempt_id=attempt.pk),
        lambda: open_dispute(
            seller_order_id=part.pk,
            reason="damaged",
            claimed_minor=100,
            message="It broke.",
            actor=buyer,
        ),
    )


def test_the_buyer_and_the_provider_at_once_make_one_case():
    part = a_delivered_part()

    buyer_and_provider(part)
    deliver_all()

    assert Dispute.objects.get().taken_back_minor == part.gross_minor
    assert broken_invariants() == []


def test_control_without_the_lock_and_the_constraints_they_make_several(monkeypatch):
    part = a_delivered_part()
    for module in (cases, reversals):
        monkeypatch.setattr(module, "one_at_a_time", lambda _name: None)
    dwell(monkeypatch, reversals, "_buyers_own")

    with (
        without_constraint("disputes_dispute", "dispute_undecided_once_per_part"),
        without_constraint("disputes_dispute", "dispute_one_per_chargeback"),
    ):
        buyer_and_provider(part)

        assert Dispute.objects.count() > 1


# --- Two people settle what the provider has not told, when it does ---


def confirm_and_callback(attempt: Attempt, issue: PaymentIssue) -> list[Any]:
    propose_settlement(
        issue_id=issue.pk,
        outcome="succeeded",
        receipt=RECEIPT,
        evidence="Portal",
        actor=staff_actor(),
    )
    second = staff_actor(a_staff_member())
    answer = Answer(Outcome.SUCCEEDED, receipt=RECEIPT)
    return at_once(
        lambda: confirm_settlement(issue_id=issue.pk, actor=second),
        lambda: settle_attempt(attempt_id=attempt.pk, answer=answer, actor=PROVIDER),
    )


@pytest.fixture
def unanswered(monkeypatch) -> Callable[[Order], tuple[Attempt, PaymentIssue]]:
    """A push of which nobody knows anything after a day."""

    def away(provider: str, question: Any) -> None:
        raise ProviderUnavailable("no connection")

    monkeypatch.setattr(attempts, "ask", away)
    return silent


def test_a_decision_and_a_late_callback_settle_a_payment_once(unanswered, monkeypatch):
    order = an_order()
    attempt, issue = unanswered(order)
    dwell(monkeypatch, settlement, "_doubt_about")

    outcomes = confirm_and_callback(attempt, issue)

    attempt.refresh_from_db()
    assert attempt.is_applied
    assert {type(error) for error in refused(outcomes)} <= {IssueClosed}
    assert balance(account=chart.provider_clearing("mpesa")) == order.total_minor
    assert PaymentIssue.objects.get().status == IssueStatus.CLOSED
    assert broken_invariants() == []


def test_control_without_locks_and_guards_they_break_into_each_others_work(unanswered, monkeypatch):
    attempt, issue = unanswered(an_order())
    dwell(monkeypatch, settlement, "_doubt_about")
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, settlement, issue_book)

    outcomes = confirm_and_callback(attempt, issue)

    # Whoever comes to the order first holds it. Is it the callback, they wait for each other; is it
    # the decision, the callback finds paid what it was about to pay.
    (error,) = refused(outcomes)
    assert type(error) in {OperationalError, IllegalTransition}
