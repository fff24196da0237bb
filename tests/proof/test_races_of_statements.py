"""What a statement settles while somebody else settles it, too: workers, the provider's answer, a person.

Each race has its control: with locks and guards away the same moment is decided twice.
"""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from io import BytesIO
from typing import Any

import pytest
from django.db.models import QuerySet

from marketplace.payments.commands import (
    attempts,
    confirm_refund,
    declare_refund_failed,
    give_up_refund,
    learn_receipt,
    refund_seller_order,
    refunds,
    retry_refund,
    settle_refund_by_hand,
)
from marketplace.payments.models import Attempt, Refund
from marketplace.payments.ports import Answer, Outcome
from marketplace.payments.states import RefundReason
from marketplace.payouts.commands import confirm_payout, settle_payout, settling
from marketplace.payouts.models import Payout
from marketplace.reconciliation.commands import settle_by_statements, upload_statement
from marketplace.shared import clock
from marketplace.shared.models import Delivery, LoggedEvent
from marketplace.shared.outbox import run_delivery
from marketplace.shared.states import IllegalTransition
from tests.deliveries import deliver_all
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.files import a_pdf
from tests.factories.orders import an_order, pay
from tests.factories.payouts import a_sent_payout
from tests.processes import (
    dwell,
    in_processes,
    refusals,
    unguarded_moves,
    without_constraint,
    without_row_locks,
)
from tests.proof.test_settled_by_statements import a_refund as a_refund_by_mixx
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)
type Patch = pytest.MonkeyPatch
desk = import_module("marketplace.payments.commands.refund_desk")
LONG_AGO = timedelta(days=2)
DONE_UNSAID = "964"


def unprotected(monkeypatch: Patch) -> None:
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, refunds, desk, settling)


def wide_open(monkeypatch: Patch) -> None:
    """Everybody looks before anybody writes, where nothing keeps them from it."""
    dwell(monkeypatch, refunds, "_locked")
    dwell(monkeypatch, desk, "locked_refund")
    dwell(monkeypatch, settling, "lock_payout")


def decisions(thing: Refund | Payout, left: str) -> int:
    """How often somebody took it out of that state."""
    rows = LoggedEvent.objects.filter(aggregate_id=str(thing.pk), before__status=left)
    return rows.count()


# --- Refunds ---


def a_refund(status: str = "unknown") -> Refund:
    """Its try was made two days ago; no worker looks at it meanwhile."""
    order = an_order()
    pay(order)
    part = order.seller_orders.get()
    refund = refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=part.gross_minor,
        reason=RefundReason.DISPUTE,
        cause="race",
        actor=SYSTEM,
    )
    Refund.objects.filter(pk=refund.pk).update(
        status=status, tries=1, sent_at=clock.now() - LONG_AGO
    )
    refund.refresh_from_db()
    return refund


def confirmed(refund: Refund) -> bool:
    return confirm_refund(refund_id=refund.pk, receipt="RC1", message="Line 1", actor=SYSTEM)


def answered(refund: Refund) -> bool:
    return refunds._take(refund.pk, Answer(Outcome.SUCCEEDED, code="INS-0", receipt="RC1"))


def given_up(refund: Refund) -> bool:
    return give_up_refund(refund_id=refund.pk, message="no line", actor=SYSTEM)


def declared_failed(refund: Refund) -> Any:
    return declare_refund_failed(refund_id=refund.pk, reason="Not there", actor=staff_actor())


def settled_by_hand(refund: Refund) -> Any:
    return settle_refund_by_hand(
        refund_id=refund.pk,
        receipt="HAND1",
        paid_from="bank",
        file=a_pdf(),
        reason="At the counter",
        actor=staff_actor(),
    )


RIVALS: dict[str, Callable[[Refund], Any]] = {
    "another worker": confirmed,
    "the provider's answer": answered,
    "another statement": given_up,
    "who declares it failed": declared_failed,
    "who paid by hand": settled_by_hand,
}
each_rival = pytest.mark.parametrize("rival", RIVALS.values(), ids=RIVALS)


def confirm_against(refund: Refund, rival: Callable[[Refund], Any]) -> list[Any]:
    return at_once(lambda: confirmed(refund), lambda: rival(refund))


@each_rival
def test_a_refund_that_a_line_shows_is_decided_once(monkeypatch, rival):
    refund = a_refund()
    wide_open(monkeypatch)

    outcomes = confirm_against(refund, rival)

    assert {type(error) for error in refused(outcomes)} <= {IllegalTransition}
    refund.refresh_from_db()
    assert refund.status == "succeeded", "the line has the last word"
    assert decisions(refund, "unknown") == 1
    assert broken_invariants() == []


@each_rival
def test_control_without_lock_and_guard_a_refund_is_decided_twice(monkeypatch, rival):
    refund = a_refund()
    wide_open(monkeypatch)
    unprotected(monkeypatch)

    outcomes = confirm_against(refund, rival)

    assert refused(outcomes) == []
    assert decisions(refund, "unknown") == 2


def test_a_refund_that_no_statement_shows_is_given_up_once(monkeypatch):
    refund = a_refund()
    wide_open(monkeypatch)

    assert sorted(at_once(*[lambda: given_up(refund)] * 3)) == [False, False, True]
    assert decisions(refund, "unknown") == 1
    assert broken_invariants() == []


def test_control_without_lock_and_guard_it_is_given_up_by_everybody(monkeypatch):
    refund = a_refund()
    wide_open(monkeypatch)
    unprotected(monkeypatch)

    assert at_once(*[lambda: given_up(refund)] * 3) == [True, True, True]


def test_a_refund_that_is_sent_again_while_a_line_shows_it_does_not_leave_twice(mpesa, monkeypatch):
    refund = a_refund("failed")
    wide_open(monkeypatch)

    outcomes = at_once(
        lambda: confirmed(refund), lambda: retry_refund(refund_id=refund.pk, actor=staff_actor())
    )
    deliver_all()

    assert {type(error) for error in refused(outcomes)} <= {IllegalTransition}
    refund.refresh_from_db()
    assert refund.status == "succeeded"
    assert mpesa.requests("reversal") == []
    assert broken_invariants() == []


def test_what_waits_to_be_sent_again_stays_here_when_a_line_shows_the_first_try(mpesa):
    refund = a_refund("failed")
    retry_refund(refund_id=refund.pk, actor=staff_actor())

    assert confirmed(refund)
    deliver_all()

    assert mpesa.requests("reversal") == []
    assert broken_invariants() == []


def test_control_where_a_line_does_not_count_any_more_it_is_sent_again(mpesa, monkeypatch):
    refund = a_refund("failed")
    retry_refund(refund_id=refund.pk, actor=staff_actor())
    Refund.objects.filter(pk=refund.pk).update(tries=0)  # As if nothing had been tried before.

    assert not confirmed(refund)
    deliver_all()

    assert len(mpesa.requests("reversal")) == 1


# --- Payouts ---


def paid(payout: Payout) -> bool:
    return confirm_payout(payout_id=payout.pk, receipt="RC2", message="Line 2", actor=SYSTEM)


def said_to_have_failed(payout: Payout) -> bool:
    return settling.take_answer(payout.pk, Answer(Outcome.FAILED, code="INS-6"))


def settled_by_a_person(payout: Payout) -> Any:
    return settle_payout(
        payout_id=payout.pk, is_paid=False, reason="Not there", actor=staff_actor()
    )


PAYOUT_RIVALS: dict[str, Callable[[Payout], Any]] = {
    "another worker": paid,
    "the provider's answer": said_to_have_failed,
    "a person": settled_by_a_person,
}
each_payout_rival = pytest.mark.parametrize("rival", PAYOUT_RIVALS.values(), ids=PAYOUT_RIVALS)


@each_payout_rival
def test_a_payout_that_a_line_shows_is_decided_once(monkeypatch, rival):
    payout = a_sent_payout()
    wide_open(monkeypatch)

    outcomes = at_once(lambda: paid(payout), lambda: rival(payout))

    assert {type(error).__name__ for error in refused(outcomes)} <= {"StillUncertain"}
    payout.refresh_from_db()
    assert payout.status in {"paid", "failed"}
    assert settled_events(payout) == 1
    assert broken_invariants() == []


@each_payout_rival
def test_control_without_lock_and_guard_a_payout_is_decided_twice(monkeypatch, rival):
    payout = a_sent_payout()
    wide_open(monkeypatch)
    unprotected(monkeypatch)

    outcomes = at_once(lambda: paid(payout), lambda: rival(payout))

    assert refused(outcomes) == []
    assert settled_events(payout) == 2
    assert any("payouts." in broken for broken in broken_invariants())


def settled_events(payout: Payout) -> int:
    names = ["payouts.payout_paid.v1", "payouts.payout_failed.v1"]
    return LoggedEvent.objects.filter(aggregate_id=str(payout.pk), name__in=names).count()


# --- Receipts ---


def nameless() -> Attempt:
    """A payment that was settled without a receipt."""
    attempt = pay(an_order())
    Attempt.objects.filter(pk=attempt.pk).update(receipt="")
    return attempt


def learned(attempt: Attempt) -> bool:
    return learn_receipt(reference=attempt.reference, receipt="RC3")


def lessons() -> int:
    return LoggedEvent.objects.filter(name=attempts.ReceiptLearned.name).count()


def test_a_receipt_is_learned_once(monkeypatch):
    attempt = nameless()
    dwell(monkeypatch, QuerySet, "exists")

    assert sorted(at_once(*[lambda: learned(attempt)] * 3)) == [False, False, True]
    assert lessons() == 1


def test_control_without_the_lock_it_is_news_to_everybody(monkeypatch):
    attempt = nameless()
    dwell(monkeypatch, QuerySet, "exists")
    without_row_locks(monkeypatch)

    at_once(*[lambda: learned(attempt)] * 3)

    assert lessons() == 3


def test_a_receipt_belongs_to_one_of_two_payments(monkeypatch):
    first, second = nameless(), nameless()
    dwell(monkeypatch, QuerySet, "exists")

    assert sorted(at_once(lambda: learned(first), lambda: learned(second))) == [False, True]
    assert Attempt.objects.filter(receipt="RC3").count() == lessons() == 1


def test_control_without_the_constraint_both_have_it(monkeypatch):
    first, second = nameless(), nameless()
    dwell(monkeypatch, QuerySet, "exists")

    with without_constraint("payments_attempt", "attempt_receipt_once"):
        assert at_once(lambda: learned(first), lambda: learned(second)) == [True, True]


# --- The whole way, in processes ---


def imported_and_waiting(mixx: Any) -> Refund:
    """A refund that the statement shows; what settles it has not run yet."""
    refund = a_refund_by_mixx(mixx, DONE_UNSAID)
    now = clock.now()
    file = BytesIO(mixx.statement(now - timedelta(hours=1), end=now + timedelta(hours=2)))
    file.name = "mixx.csv"
    upload_statement(provider="mixx", file=file, actor=staff_actor())
    assert run_delivery(Delivery.objects.get(handler="reconciliation.read_statement").pk)
    return refund


def test_workers_that_settle_by_the_same_statement_settle_once(mixx, monkeypatch):
    refund = imported_and_waiting(mixx)
    wide_open(monkeypatch)

    outcomes = in_processes(*[settle_by_statements] * 3)

    assert refusals(outcomes) == []
    assert sorted(outcomes) == [0, 0, 1]
    refund.refresh_from_db()
    assert refund.status == "succeeded"
    assert broken_invariants() == []


def test_control_without_lock_and_guard_each_of_them_settles(mixx, monkeypatch):
    imported_and_waiting(mixx)
    wide_open(monkeypatch)
    unprotected(monkeypatch)

    outcomes = in_processes(*[settle_by_statements] * 3)

    assert outcomes == [1, 1, 1]
    assert any("payments.refunds_are_booked" in broken for broken in broken_invariants())
