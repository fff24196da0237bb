"""Payouts that come back while workers are killed, by several roads at once, and beside refunds; with controls."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from marketplace.ledger.models import Entry
from marketplace.payments.commands import refund_requests, refund_seller_order
from marketplace.payments.ports import Answer, Outcome
from marketplace.payments.states import RefundReason
from marketplace.payouts.commands import (
    approve_batch,
    batches,
    prepare_batch,
    return_payout,
    settling,
)
from marketplace.payouts.models import Earning, Payout
from marketplace.payouts.states import EarningStatus, PayoutStatus
from marketplace.reconciliation.commands import bring_back_payouts, look_again, returns
from marketplace.reconciliation.models import ReconciliationException
from marketplace.reconciliation.states import ExceptionStatus
from marketplace.shared import clock
from marketplace.shared.models import Delivery
from marketplace.shared.outbox import run_delivery
from tests.deliveries import deliver_all
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.payouts import a_ripe_part
from tests.patience import wait_until
from tests.processes import (
    a_worker,
    die,
    dwell,
    in_processes,
    refusals,
    unguarded_moves,
    without_row_locks,
)
from tests.proof.return_road import (
    a_payout_that_came_back,
    a_statement,
    available_minor,
    is_returned_once,
    returned_entries,
)
from tests.proof.road import nothing_is_wrong
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)

# --- Crashes ---


def imported_and_waiting(provider: Any) -> Delivery:
    """The statement is read; what returns its payouts has not run yet."""
    statement = a_statement(provider)
    for handler in ("reconciliation.read_statement", "reconciliation.ask_about_reversals"):
        assert run_delivery(Delivery.objects.get(handler=handler).pk)
    statement.refresh_from_db()
    assert statement.status == "imported"
    return Delivery.objects.get(handler="reconciliation.return_payouts")


def killed_at_work(delivery: Delivery) -> None:
    """A worker takes the delivery and dies where the test has put it; its lease ends."""
    with a_worker(partial(run_delivery, delivery.pk)) as worker:
        wait_until(lambda: not worker.is_alive())
    Delivery.objects.filter(pk=delivery.pk).update(next_attempt_at=clock.now())


def dies(*_given: Any, **_named: Any) -> None:
    die()


def returns_and_dies(**given: Any) -> None:
    return_payout(**given)
    die()


@pytest.mark.parametrize(
    ("module", "name", "death", "survives"),
    [
        (settling, "_credit_again", dies, PayoutStatus.PAID),
        (returns, "return_payout", returns_and_dies, PayoutStatus.RETURNED),
    ],
    ids=["half-way", "before the line is matched"],
)
def test_a_worker_killed_while_it_returns_a_payout_is_replayed_and_credits_once(
    mpesa, monkeypatch, module, name, death, survives
):
    payout = a_payout_that_came_back(mpesa)
    delivery = imported_and_waiting(mpesa)
    with monkeypatch.context() as patch:
        patch.setattr(module, name, death)
        killed_at_work(delivery)
    payout.refresh_from_db()
    assert payout.status == survives
    assert broken_invariants() == []

    assert run_delivery(delivery.pk)
    look_again(provider="mpesa", actor=SYSTEM)  # The sweep, where nothing was left to return.
    deliver_all()

    is_returned_once(payout)
    assert not ReconciliationException.objects.filter(status=ExceptionStatus.OPEN).exists()
    nothing_is_wrong()


def test_control_without_a_transaction_a_kill_leaves_a_seller_without_his_money(mpesa, monkeypatch):
    payout = a_payout_that_came_back(mpesa)
    delivery = imported_and_waiting(mpesa)
    without_row_locks(monkeypatch)
    monkeypatch.setattr(returns, "return_payout", return_payout.__wrapped__)
    monkeypatch.setattr(settling, "one_at_a_time", lambda _name: None)
    monkeypatch.setattr(settling, "record", in_a_transaction(settling.record))
    monkeypatch.setattr(settling, "_credit_again", dies)

    killed_at_work(delivery)

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.RETURNED
    assert available_minor(payout) == 0
    assert any("payouts.seller_balances" in broken for broken in broken_invariants())


def in_a_transaction(really: Callable[..., Any]) -> Callable[..., Any]:
    """The outbox refuses to record outside of one."""

    def inside(*given: Any, **named: Any) -> Any:
        with transaction.atomic():
            return really(*given, **named)

    return inside


# --- Races ---


def returned_by_a_person(payout: Payout) -> str:
    return return_payout(payout_id=payout.pk, reason="closed", actor=staff_actor()).status


def every_road_at_once(payout: Payout) -> list[Callable[[], Any]]:
    said = Answer(Outcome.SUCCEEDED, is_reversed=True, message="reversed")
    return [
        bring_back_payouts,
        bring_back_payouts,
        partial(settling.take_answer, payout.pk, said),
        partial(returned_by_a_person, payout),
    ]


def test_a_return_by_every_road_at_once_credits_once(mpesa, monkeypatch):
    payout = a_payout_that_came_back(mpesa)
    imported_and_waiting(mpesa)
    dwell(monkeypatch, settling, "lock_payout")

    outcomes = in_processes(*every_road_at_once(payout))

    assert set(refusals(outcomes)) <= {"NotReturnable"}
    is_returned_once(payout)
    assert broken_invariants() == []


def test_control_without_locks_and_guards_a_return_credits_many_times(mpesa, monkeypatch):
    payout = a_payout_that_came_back(mpesa)
    imported_and_waiting(mpesa)
    dwell(monkeypatch, settling, "lock_payout")
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, settling)

    in_processes(*every_road_at_once(payout))

    assert returned_entries() > 1
    assert any("payouts.paid_is_booked" in broken for broken in broken_invariants())


def _refund(seller_order_id: UUID, amount_minor: int) -> str:
    return refund_seller_order(
        seller_order_id=seller_order_id,
        amount_minor=amount_minor,
        reason=RefundReason.DISPUTE,
        cause="race",
        actor=SYSTEM,
    ).reference


def _approve(batch_id: UUID) -> str:
    return approve_batch(batch_id=batch_id, actor=staff_actor()).status


def approval_and_refund_at_once(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The order in which the ledger saw them; the approval looks first, and is slower."""
    dwell(monkeypatch, batches, "balances_by_reference")
    dwell(monkeypatch, batches, "refusal")
    dwell(monkeypatch, refund_requests, "remaining_shares")
    part = a_ripe_part()
    batch = prepare_batch(actor=staff_actor())
    in_processes(partial(_approve, batch.pk), partial(_refund, part.pk, part.gross_minor))
    booked = ["payouts.payout_approved.v1", "payments.refund_requested.v1"]
    rows = Entry.objects.filter(event__name__in=booked).order_by("pk")
    return list(rows.values_list("event__name", flat=True))


def test_money_that_went_back_to_the_buyer_is_not_paid_out_after_it(monkeypatch):
    seen = approval_and_refund_at_once(monkeypatch)

    assert seen != ["payments.refund_requested.v1", "payouts.payout_approved.v1"]
    assert broken_invariants() == []


def test_control_without_the_lock_on_the_balance_refunded_money_is_paid_out(monkeypatch):
    for module in (batches, refund_requests):
        monkeypatch.setattr(module, "one_at_a_time", lambda _name: None)

    seen = approval_and_refund_at_once(monkeypatch)

    assert seen == ["payments.refund_requested.v1", "payouts.payout_approved.v1"]


def test_a_return_and_a_refund_of_the_same_money_at_once_leave_books_that_agree(mpesa, monkeypatch):
    payout = a_payout_that_came_back(mpesa)
    part = Earning.objects.get().seller_order
    dwell(monkeypatch, settling, "lock_payout")

    in_processes(partial(returned_by_a_person, payout), partial(_refund, part.pk, part.gross_minor))
    deliver_all()

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.RETURNED
    assert available_minor(payout) == 0
    assert Earning.objects.get().status == EarningStatus.CANCELLED
    nothing_is_wrong()
