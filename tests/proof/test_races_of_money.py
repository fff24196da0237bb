"""Processes that race for the same money; each proof has its control."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.test import Client

from marketplace.ledger.models import Entry
from marketplace.orders.commands import pay
from marketplace.payments.commands import (
    enquire_due_attempts,
    process_message,
    refund_requests,
    refund_seller_order,
    settlement,
)
from marketplace.payments.models import Attempt, InboxMessage, Refund
from marketplace.payments.states import AttemptStatus, RefundReason
from marketplace.payouts.commands import approve_batch, batches, prepare_batch
from marketplace.payouts.commands import disburse as disburse_payout
from marketplace.payouts.models import Payout, PayoutBatch
from marketplace.payouts.states import BatchStatus, PayoutStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.models import LoggedEvent
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part, an_attempt, an_order
from tests.factories.payouts import a_ripe_part, an_approved_payout
from tests.processes import (
    dwell,
    in_processes,
    refusals,
    unguarded_moves,
    without_constraint,
    without_row_locks,
)
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)
disbursing = import_module("marketplace.payouts.commands.disburse")
WEBHOOK = f"/api/v1/webhooks/mpesa/{django_settings.MPESA_CALLBACK_SECRET}"


def events(name: str) -> int:
    return LoggedEvent.objects.filter(name=name).count()


# --- The same news of a payment, by every road at once ---


def a_payment_with_news(mpesa: Any) -> tuple[Attempt, bytes]:
    """The buyer has paid; nobody has told us. Another buyer's reservation lies beside it."""
    listing = a_listing()
    an_order(listing)
    attempt = an_attempt(an_order(listing))
    deliver_all()
    mpesa.settle()
    return attempt, mpesa.callbacks[0].body


def _post(body: bytes) -> int:
    return Client().post(WEBHOOK, body, content_type="application/json").status_code


def _enquire() -> int:
    with clock.at(clock.now() + timedelta(minutes=1)):
        return enquire_due_attempts()


def news_of(body: bytes) -> list[Callable[[], Any]]:
    """Two workers on the one message, and the sweep."""
    message = InboxMessage.objects.get()
    return [
        partial(process_message, message_id=message.pk),
        partial(process_message, message_id=message.pk),
        _enquire,
    ]


def test_a_callback_many_times_at_once_is_one_message(mpesa):
    _attempt, body = a_payment_with_news(mpesa)

    assert in_processes(*[partial(_post, body)] * 4) == [200] * 4

    assert InboxMessage.objects.get().times_received == 4
    assert events("payments.message_received.v1") == 1


def test_callback_and_sweep_at_once_settle_and_book_once(mpesa, monkeypatch):
    attempt, body = a_payment_with_news(mpesa)
    _post(body)
    dwell(monkeypatch, settlement, "mark_paid")

    outcomes = in_processes(*news_of(body))

    attempt.refresh_from_db()
    assert refusals(outcomes) == []
    assert attempt.status == AttemptStatus.SUCCEEDED
    assert events("payments.succeeded.v1") == events("orders.paid.v1") == 1
    assert Entry.objects.filter(event__name="payments.succeeded.v1").count() == 1
    assert broken_invariants() == []


def test_control_without_locks_and_guards_one_payment_is_booked_many_times(mpesa, monkeypatch):
    _attempt, body = a_payment_with_news(mpesa)
    _post(body)
    dwell(monkeypatch, settlement, "mark_paid")
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, settlement, pay)

    in_processes(*news_of(body))

    assert events("payments.succeeded.v1") > 1
    assert any("payments.settled_is_booked" in broken for broken in broken_invariants())


# --- Approving a batch of payouts ---


def _approve(batch_id: UUID, actor: Actor) -> str:
    return approve_batch(batch_id=batch_id, actor=actor).status


def test_of_two_approvers_at_once_one_approves(monkeypatch):
    a_ripe_part()
    batch = prepare_batch(actor=staff_actor())
    approvers = [partial(_approve, batch.pk, staff_actor()) for _ in range(2)]
    dwell(monkeypatch, batches, "_locked")

    outcomes = in_processes(*approvers)

    assert refusals(outcomes) == ["IllegalTransition"]
    assert events("payouts.batch_approved.v1") == events("payouts.payout_approved.v1") == 1
    assert broken_invariants() == []


def test_control_without_lock_and_guard_both_are_told_that_they_approved(monkeypatch):
    a_ripe_part()
    batch = prepare_batch(actor=staff_actor())
    approvers = [partial(_approve, batch.pk, staff_actor()) for _ in range(2)]
    dwell(monkeypatch, batches, "_locked")
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, batches)

    in_processes(*approvers)

    assert events("payouts.batch_approved.v1") == 2


def test_the_author_does_not_slip_through_beside_the_approver(monkeypatch):
    a_ripe_part()
    author, approver = staff_actor(), staff_actor()
    batch = prepare_batch(actor=author)
    dwell(monkeypatch, batches, "_locked")

    outcomes = in_processes(
        partial(_approve, batch.pk, author), partial(_approve, batch.pk, approver)
    )

    batch.refresh_from_db()
    assert refusals(outcomes) == ["FourEyes"]
    assert batch.status == BatchStatus.APPROVED
    assert batch.decided_by_id == approver.user_id


def test_control_without_the_rule_in_the_database_sql_lets_the_author_approve():
    a_ripe_part()
    author = staff_actor()

    with without_constraint("payouts_payoutbatch", "payout_batch_four_eyes"):
        batch = prepare_batch(actor=author)
        PayoutBatch.objects.filter(pk=batch.pk).update(
            status=BatchStatus.APPROVED, decided_by_id=author.user_id
        )

        assert PayoutBatch.objects.get().decided_by_id == author.user_id


def _prepare(actor: Actor) -> int:
    return prepare_batch(actor=actor).payouts.get().amount_minor


def test_two_batches_prepared_at_once_plan_a_sellers_money_once(monkeypatch):
    part = a_ripe_part()
    dwell(monkeypatch, batches, "balances_by_reference")

    outcomes = in_processes(*(partial(_prepare, staff_actor()) for _ in range(2)))

    assert refusals(outcomes) == ["NothingToPayOut"]
    assert Payout.objects.get().amount_minor == part.net_minor


def test_control_without_lock_and_constraint_a_sellers_money_is_planned_twice(monkeypatch):
    dwell(monkeypatch, batches, "balances_by_reference")
    monkeypatch.setattr(batches, "one_at_a_time", lambda _name: None)

    with without_constraint("payouts_payout", "payout_one_open_per_seller"):
        a_ripe_part()
        in_processes(*(partial(_prepare, staff_actor()) for _ in range(2)))

        assert Payout.objects.count() == 2


# --- Sending a payout ---


def test_a_payout_that_two_workers_hold_at_once_is_sent_once(mpesa, monkeypatch):
    payout = an_approved_payout()
    dwell(monkeypatch, disbursing, "next_enquiry")

    in_processes(*[partial(disburse_payout, payout_id=payout.pk)] * 2)

    payout.refresh_from_db()
    assert len(mpesa.requests("b2cPayment")) == 1
    assert payout.status == PayoutStatus.PAID
    assert broken_invariants() == []


def test_control_without_lock_and_guard_a_payout_is_sent_twice(mpesa, monkeypatch):
    payout = an_approved_payout()
    dwell(monkeypatch, disbursing, "next_enquiry")
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, disbursing)

    in_processes(*[partial(disburse_payout, payout_id=payout.pk)] * 2)

    assert len(mpesa.requests("b2cPayment")) == 2


# --- Giving money back ---


def a_refund_of(part: Any, cause: str, actor: Actor) -> Callable[[], str]:
    return partial(_refund, part.pk, part.gross_minor, cause, actor)


def _refund(seller_order_id: UUID, amount_minor: int, cause: str, actor: Actor) -> str:
    return refund_seller_order(
        seller_order_id=seller_order_id,
        amount_minor=amount_minor,
        reason=RefundReason.DISPUTE,
        cause=cause,
        actor=actor,
    ).reference


def test_asking_twice_at_once_for_the_same_cause_refunds_once(monkeypatch):
    part = a_delivered_part()
    dwell(monkeypatch, refund_requests, "remaining_shares")

    outcomes = in_processes(*[a_refund_of(part, "dispute:1", staff_actor())] * 2)

    assert outcomes == [Refund.objects.get().reference] * 2
    assert broken_invariants() == []


def test_control_without_lock_and_constraint_one_cause_refunds_twice(monkeypatch):
    dwell(monkeypatch, refund_requests, "remaining_shares")
    without_row_locks(monkeypatch)

    with without_constraint("payments_refund", "payments_refund_cause_key"):
        part = a_delivered_part()
        in_processes(*[a_refund_of(part, "dispute:1", staff_actor())] * 2)

        assert Refund.objects.count() == 2


def test_two_causes_at_once_never_give_back_more_than_was_paid(monkeypatch):
    part = a_delivered_part()
    asked = [a_refund_of(part, f"dispute:{n}", staff_actor()) for n in range(2)]
    dwell(monkeypatch, refund_requests, "remaining_shares")

    outcomes = in_processes(*asked)

    assert refusals(outcomes) == ["RefundTooLarge"]
    assert Refund.objects.get().amount_minor == part.gross_minor
    assert broken_invariants() == []


def test_control_without_the_lock_two_causes_give_back_twice_what_was_paid(monkeypatch):
    part = a_delivered_part()
    asked = [a_refund_of(part, f"dispute:{n}", staff_actor()) for n in range(2)]
    dwell(monkeypatch, refund_requests, "remaining_shares")
    without_row_locks(monkeypatch)

    in_processes(*asked)

    assert Refund.objects.count() == 2
    assert any("payments.refunds_within_payment" in broken for broken in broken_invariants())
