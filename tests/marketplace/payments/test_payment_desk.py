"""The payment desk: every trouble opens once, is decided once, and leaves the books explained."""

from datetime import timedelta

import pytest

from marketplace.billing.models import CommissionLine
from marketplace.ledger import chart
from marketplace.ledger.commands import check_now
from marketplace.ledger.queries import balance
from marketplace.orders.states import OrderStatus
from marketplace.payments.commands import (
    apply_issue,
    attempts,
    confirm_settlement,
    note_issue,
    propose_settlement,
    refund_issue,
    send_settlement_back,
    settle_attempt,
)
from marketplace.payments.errors import (
    AnotherPersonNeeded,
    EvidenceMissing,
    IssueClosed,
    NothingToApply,
    OrderDoesNotFit,
)
from marketplace.payments.models import Attempt, PaymentIssue, Refund
from marketplace.payments.ports import Answer, Outcome, ProviderUnavailable
from marketplace.payments.states import (
    AttemptStatus,
    IssueDecision,
    IssueKind,
    IssueStatus,
    RefundReason,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer, a_staff_member, staff_actor
from tests.factories.orders import a_receipt, an_attempt, an_order, pay
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
MORE = 300_000


def arrives(attempt: Attempt, amount_minor: int | None = None, **facts: object) -> Attempt:
    """The provider confirms it, with what it says was moved."""
    answer = Answer(Outcome.SUCCEEDED, receipt=a_receipt(), amount_minor=amount_minor, **facts)
    settled = settle_attempt(attempt_id=attempt.pk, answer=answer, actor=Actor.provider("mpesa"))
    settled.refresh_from_db()
    return settled


def silent(order) -> tuple[Attempt, PaymentIssue]:
    """A push of which nobody knows anything after a day."""
    attempt = an_attempt(order)
    Attempt.objects.filter(pk=attempt.pk).update(
        status=AttemptStatus.PENDING,
        sent_at=clock.now() - timedelta(hours=25),
        next_enquiry_at=clock.now(),
    )
    attempts.enquire_due_attempts()
    attempt.refresh_from_db()
    return attempt, PaymentIssue.objects.get()


@pytest.fixture
def nobody_answers(monkeypatch):
    def away(provider, question):
        raise ProviderUnavailable("no connection")

    monkeypatch.setattr(attempts, "ask", away)


@pytest.mark.parametrize(
    ("change", "kind"), [(MORE, IssueKind.OVERPAID), (-MORE, IssueKind.UNDERPAID)]
)
def test_another_amount_is_booked_as_it_came_and_pays_nothing(change, kind):
    order = an_order()

    attempt = arrives(an_attempt(order), order.total_minor + change)
    deliver_all()

    issue = PaymentIssue.objects.get()
    order.refresh_from_db()
    assert (issue.kind, issue.status) == (kind, IssueStatus.OPEN)
    assert (issue.expected_minor, issue.arrived_minor) == (
        order.total_minor,
        order.total_minor + change,
    )
    assert (attempt.amount_minor, attempt.asked_minor) == (
        order.total_minor + change,
        order.total_minor,
    )
    assert order.status == OrderStatus.AWAITING_PAYMENT
    assert balance(account=chart.SUSPENSE) == -attempt.amount_minor
    assert not Refund.objects.exists()
    assert broken_invariants() == []


def test_an_amount_that_cannot_have_been_moved_is_not_believed():
    attempt = arrives(an_attempt(an_order()), 12_345)

    assert attempt.status != AttemptStatus.SUCCEEDED
    assert PaymentIssue.objects.get().kind == IssueKind.DOUBTFUL
    assert broken_invariants() == []


def test_money_that_waits_is_given_back_with_one_decision():
    order = an_order()
    attempt = arrives(an_attempt(order), order.total_minor - MORE)

    issue = refund_issue(
        issue_id=PaymentIssue.objects.get().pk, reason="Too little", actor=staff_actor()
    )

    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.reason) == (
        attempt.amount_minor,
        RefundReason.WRONG_AMOUNT,
    )
    assert (issue.status, issue.decision) == (IssueStatus.CLOSED, IssueDecision.REFUNDED)
    assert balance(account=chart.SUSPENSE) == 0
    check_now()
    with pytest.raises(IssueClosed):
        refund_issue(issue_id=issue.pk, reason="Again", actor=staff_actor())
    assert broken_invariants() == []


def test_what_was_paid_too_much_pays_the_order_and_the_rest_goes_back():
    order = an_order()
    attempt = arrives(an_attempt(order), order.total_minor + MORE)

    apply_issue(
        issue_id=PaymentIssue.objects.get().pk,
        order_reference=order.reference,
        reason="Rounded up",
        actor=staff_actor(),
    )
    check_now()
    assert broken_invariants() == []
    deliver_all()

    order.refresh_from_db()
    attempt.refresh_from_db()
    assert order.status == OrderStatus.PAID
    assert CommissionLine.objects.filter(seller_order__order=order).exists()
    assert (attempt.is_applied, attempt.surplus_minor) == (True, MORE)
    assert Refund.objects.get().amount_minor == MORE
    assert balance(account=chart.SUSPENSE) == 0
    assert broken_invariants() == []


def test_money_may_pay_another_open_order_of_the_same_buyer_and_of_nobody_else():
    buyer = a_buyer()
    first, other, foreign = an_order(buyer=buyer), an_order(buyer=buyer), an_order()
    attempt = arrives(an_attempt(first), first.total_minor + MORE)
    issue, person = PaymentIssue.objects.get(), staff_actor()

    for reference in (foreign.reference, "ORD-NOTHING"):
        with pytest.raises(OrderDoesNotFit):
            apply_issue(issue_id=issue.pk, order_reference=reference, reason="x", actor=person)
    apply_issue(
        issue_id=issue.pk, order_reference=other.reference, reason="As they asked", actor=person
    )
    check_now()

    other.refresh_from_db()
    first.refresh_from_db()
    attempt.refresh_from_db()
    assert other.status == OrderStatus.PAID
    assert first.status == OrderStatus.AWAITING_PAYMENT
    assert attempt.intent.order_id == other.pk
    assert broken_invariants() == []


def test_too_little_does_not_pay_the_order_it_was_meant_for():
    order = an_order()
    arrives(an_attempt(order), order.total_minor - MORE)

    with pytest.raises(OrderDoesNotFit):
        apply_issue(
            issue_id=PaymentIssue.objects.get().pk,
            order_reference=order.reference,
            reason="Please",
            actor=staff_actor(),
        )
    assert broken_invariants() == []


def test_whoever_pays_twice_gets_the_second_back_and_the_desk_sees_it_decided():
    order = an_order()
    first = an_attempt(order)
    Attempt.objects.filter(pk=first.pk).update(status=AttemptStatus.UNKNOWN)
    pay(order)

    arrives(first)
    deliver_all()

    issue = PaymentIssue.objects.get()
    assert issue.kind == IssueKind.DUPLICATE
    assert (issue.status, issue.decision) == (IssueStatus.CLOSED, IssueDecision.REFUNDED)
    assert Refund.objects.get().reason == RefundReason.DUPLICATE_PAYMENT
    assert broken_invariants() == []


def test_what_the_provider_takes_back_is_shown_to_a_person_and_closed_with_a_note():
    order = an_order()
    attempt = pay(order)

    answer = Answer(Outcome.SUCCEEDED, receipt=attempt.receipt, is_reversed=True)
    settle_attempt(attempt_id=attempt.pk, answer=answer, actor=Actor.system("payments"))
    issue = PaymentIssue.objects.get()
    noted = note_issue(issue_id=issue.pk, reason="Asked them", actor=staff_actor())

    assert (issue.kind, noted.decision) == (IssueKind.REVERSED, IssueDecision.NOTED)


def test_a_note_does_not_make_money_disappear():
    order = an_order()
    arrives(an_attempt(order), order.total_minor + MORE)

    with pytest.raises(NothingToApply):
        note_issue(issue_id=PaymentIssue.objects.get().pk, reason="x", actor=staff_actor())


# --- Silence ---


def test_after_minutes_a_push_is_unknown_and_the_buyer_may_try_again(nobody_answers):
    order = an_order()
    attempt = an_attempt(order)
    Attempt.objects.filter(pk=attempt.pk).update(
        status=AttemptStatus.PENDING,
        sent_at=clock.now() - timedelta(minutes=4),
        next_enquiry_at=clock.now(),
    )

    attempts.enquire_due_attempts()

    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.UNKNOWN
    assert an_attempt(order).status == AttemptStatus.CREATED
    assert not PaymentIssue.objects.exists()


def test_after_a_day_of_silence_two_people_settle_it_with_evidence(nobody_answers):
    order = an_order()
    attempt, issue = silent(order)
    first, second = staff_actor(), staff_actor(a_staff_member())
    with pytest.raises(EvidenceMissing):
        propose_settlement(
            issue_id=issue.pk, outcome="succeeded", receipt="", evidence="Portal", actor=first
        )
    propose_settlement(
        issue_id=issue.pk,
        outcome="succeeded",
        receipt="8FD5H2K1LM",
        evidence="Seen in the portal",
        actor=first,
    )
    with pytest.raises(AnotherPersonNeeded):
        confirm_settlement(issue_id=issue.pk, actor=first)
    order.refresh_from_db()
    assert order.status == OrderStatus.AWAITING_PAYMENT

    confirm_settlement(issue_id=issue.pk, actor=second)
    check_now()

    order.refresh_from_db()
    attempt.refresh_from_db()
    assert (order.status, attempt.receipt) == (OrderStatus.PAID, "8FD5H2K1LM")
    assert PaymentIssue.objects.get().decision == IssueDecision.CONFIRMED
    assert broken_invariants() == []


def test_a_proposal_that_the_second_person_does_not_share_is_open_again(nobody_answers):
    _attempt, issue = silent(an_order())
    propose_settlement(
        issue_id=issue.pk, outcome="failed", receipt="", evidence="A call", actor=staff_actor()
    )

    send_settlement_back(
        issue_id=issue.pk, reason="Who said so?", actor=staff_actor(a_staff_member())
    )

    issue.refresh_from_db()
    assert (issue.status, issue.proposed_by_id) == (IssueStatus.OPEN, None)


def test_late_news_of_the_provider_close_the_issue_before_two_people_do(nobody_answers):
    attempt, issue = silent(an_order())
    propose_settlement(
        issue_id=issue.pk, outcome="failed", receipt="", evidence="A call", actor=staff_actor()
    )

    arrives(attempt)

    issue.refresh_from_db()
    assert (issue.status, issue.decision) == (IssueStatus.CLOSED, IssueDecision.EXPLAINED)
    with pytest.raises(IssueClosed):
        confirm_settlement(issue_id=issue.pk, actor=staff_actor(a_staff_member()))
    assert broken_invariants() == []
