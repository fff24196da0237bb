"""Two decisions about the same thing at the same moment, and a month that closes beside a statement;
each proof has its control: the same race with the protection away goes wrong."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from marketplace.closing import commands as closing
from marketplace.closing.models import Close
from marketplace.orders.models import Order
from marketplace.payments.commands import (
    apply_issue,
    desk,
    issue_book,
    refund_issue,
    settle_attempt,
)
from marketplace.payments.errors import IssueClosed
from marketplace.payments.models import PaymentIssue
from marketplace.payments.ports import Answer, Outcome
from marketplace.reconciliation.commands import (
    confirm_suggestion,
    exceptions,
    import_statement,
    resolve_exception,
    suggestions,
)
from marketplace.reconciliation.models import ReconciliationException, Suggestion
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.models import LoggedEvent
from marketplace.shared.states import IllegalTransition
from tests.factories.accounts import SYSTEM, a_staff_member, staff_actor
from tests.factories.closing import NOW, a_month_to_close
from tests.factories.orders import a_receipt, an_attempt, an_order
from tests.factories.reconciliation import (
    NOON,
    Row,
    a_payment,
    an_uploaded_statement,
    paid,
)
from tests.marketplace.reconciliation.books import an_imported_statement
from tests.marketplace.reconciliation.books import broken_invariants as of_reconciliation
from tests.meeting import come_or_held
from tests.patience import wait_until
from tests.processes import dwell, without_row_locks
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)
type Patch = pytest.MonkeyPatch
TOO_MUCH = 300_000


# --- Two clerks on one case of the payment desk ---


def a_case() -> tuple[Order, UUID]:
    """An order of which too much was paid."""
    order = an_order()
    settle_attempt(
        attempt_id=an_attempt(order).pk,
        answer=Answer(
            Outcome.SUCCEEDED, receipt=a_receipt(), amount_minor=order.total_minor + TOO_MUCH
        ),
        actor=Actor.provider("mpesa"),
    )
    return order, PaymentIssue.objects.get().pk


def two_clerks(order: Order, issue_id: UUID) -> list[Any]:
    first, second = staff_actor(a_staff_member()), staff_actor(a_staff_member())
    return at_once(
        lambda: refund_issue(issue_id=issue_id, reason="Back", actor=first),
        lambda: apply_issue(
            issue_id=issue_id, order_reference=order.reference, reason="Fits", actor=second
        ),
    )


def test_of_two_clerks_on_one_case_the_second_is_told_that_it_is_closed(monkeypatch):
    case = a_case()
    dwell(monkeypatch, desk, "_locked")

    outcomes = two_clerks(*case)

    assert [type(error) for error in refused(outcomes)] == [IssueClosed]
    assert broken_invariants() == []


def test_control_without_lock_and_guard_the_money_of_the_case_is_given_twice(monkeypatch):
    case = a_case()
    dwell(monkeypatch, desk, "_locked")
    without_row_locks(monkeypatch)
    monkeypatch.setattr(issue_book, "move", lambda row, *_args, **_changes: row.status)

    outcomes = two_clerks(*case)

    assert refused(outcomes) == []
    assert any("suspense" in name for name in broken_invariants())


# --- One confirms a suggested match, another resolves its exception ---


def a_suggestion() -> Suggestion:
    payment = a_payment()
    digits = payment.msisdn.lstrip("+")
    party = f"{digits[:5]}****{digits[-3:]} - ASHA M."
    at = NOON + timedelta(minutes=2)
    an_imported_statement([paid(payment, receipt=a_receipt(), account="TILL", party=party, at=at)])
    return Suggestion.objects.get()


def confirm_and_resolve(suggestion: Suggestion) -> list[Any]:
    exception = ReconciliationException.objects.get(line__isnull=False)
    first, second = staff_actor(a_staff_member()), staff_actor(a_staff_member())
    return at_once(
        lambda: confirm_suggestion(suggestion_id=suggestion.pk, actor=first),
        lambda: resolve_exception(
            exception_id=exception.pk, resolution="to_suspense", reason="-", actor=second
        ),
    )


def test_what_one_confirms_and_another_resolves_is_decided_by_one_of_them(monkeypatch):
    suggestion = a_suggestion()
    dwell(monkeypatch, suggestions, "lock_rows")
    dwell(monkeypatch, exceptions, "_refuse_unfitting")

    outcomes = confirm_and_resolve(suggestion)

    assert len(refused(outcomes)) <= 1
    assert {type(error) for error in refused(outcomes)} <= {
        suggestions.SuggestionOutdated,
        IllegalTransition,
    }
    row = ReconciliationException.objects.get(line__isnull=False)
    entries = LoggedEvent.objects.filter(
        name="reconciliation.exception_resolved.v1", aggregate_id=str(row.pk)
    )
    assert entries.count() == 1
    assert of_reconciliation() == {}


def test_control_without_lock_and_guard_both_have_decided_it(monkeypatch):
    suggestion = a_suggestion()
    dwell(monkeypatch, suggestions, "lock_rows")
    dwell(monkeypatch, exceptions, "_refuse_unfitting")
    without_row_locks(monkeypatch)
    monkeypatch.setattr(exceptions, "move", lambda row, *_args, **_changes: row.status)

    outcomes = confirm_and_resolve(suggestion)

    assert refused(outcomes) == []
    row = ReconciliationException.objects.get(line__isnull=False)
    entries = LoggedEvent.objects.filter(
        name="reconciliation.exception_resolved.v1", aggregate_id=str(row.pk)
    )
    assert entries.count() == 2


# --- A month closes while a statement comes in ---


@pytest.fixture
def checked(monkeypatch: Patch) -> threading.Event:
    """Set once the close has looked at its list; before it writes it down, others come, or are held."""
    event, real = threading.Event(), closing.checklist

    def slowly(**given: Any) -> Any:
        found = real(**given)
        event.set()
        come_or_held(lambda: not event.waited.is_set())  # type: ignore[attr-defined]
        return found

    event.waited = threading.Event()  # type: ignore[attr-defined]
    monkeypatch.setattr(closing, "checklist", slowly)
    return event


def close_and_import(checked: threading.Event) -> tuple[Close, LoggedEvent]:
    """The close, and the import that came between its look and its end."""
    period, actor = a_month_to_close(), staff_actor(a_staff_member())

    def close() -> None:
        with clock.at(NOW):
            closing.close_period(period_id=period.pk, reason="All done", actor=actor)

    def bring() -> None:
        wait_until(checked.is_set)
        with clock.at(NOW):
            late = an_uploaded_statement([Row(a_receipt(), 12_000_00)], name="late.csv")
            import_statement(statement_id=late.pk, actor=SYSTEM)
        checked.waited.set()  # type: ignore[attr-defined]

    assert refused(at_once(close, bring)) == []
    imported = LoggedEvent.objects.filter(name="reconciliation.statement_imported.v1")
    return Close.objects.get(), imported.latest("pk")


def test_a_statement_that_comes_while_a_month_closes_is_imported_after_the_close(mpesa, checked):
    close, imported = close_and_import(checked)

    # Both ids are in the order of time.
    assert close.pk < imported.pk
    assert of_reconciliation() == {}


def test_control_without_the_hold_it_changes_what_the_close_has_just_looked_at(
    mpesa, checked, monkeypatch
):
    monkeypatch.setattr(closing, "hold_statements", lambda: None)

    close, imported = close_and_import(checked)

    assert imported.pk < close.pk
