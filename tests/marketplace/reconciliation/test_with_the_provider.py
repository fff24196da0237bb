"""The whole loop: orders paid through the provider's own protocol, and its own statement of them."""

from datetime import timedelta
from io import BytesIO

import pytest

from fixtures.simulators.core.entries import History
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.payments.commands import refund_seller_order, settle_attempt
from marketplace.payments.commands.attempts import enquire_attempt
from marketplace.payments.models import Attempt, Refund
from marketplace.payments.ports import Answer, Outcome
from marketplace.payments.states import RefundReason
from marketplace.reconciliation.commands import upload_statement
from marketplace.reconciliation.models import Match, ReconciliationException, Statement
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from tests.deliveries import deliver_all, failures
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.orders import an_attempt, an_order
from tests.marketplace.reconciliation.books import CLEARING, broken_invariants, matches

pytestmark = pytest.mark.django_db


def a_payment_through(mpesa, digits: str) -> Attempt:
    """An order paid from a wallet that behaves as its last three digits say."""
    attempt = an_attempt(an_order(), msisdn=mpesa.number(digits))
    deliver_all()
    mpesa.settle()
    enquire_attempt(attempt_id=attempt.pk)
    deliver_all()
    attempt.refresh_from_db()
    assert attempt.status == "succeeded"
    return attempt


def imported(mpesa, layout: str = "detailed") -> Statement:
    file = BytesIO(mpesa.statement(layout=layout))
    file.name = f"ORG_000000_{layout}.csv"
    statement = upload_statement(provider="mpesa", file=file, actor=staff_actor())
    deliver_all()
    statement.refresh_from_db()
    assert failures() == []
    return statement


@pytest.mark.parametrize("layout", ["detailed", "short"])
def test_a_day_without_faults_reconciles_to_the_shilling(mpesa, layout):
    first, second = a_payment_through(mpesa, "123"), a_payment_through(mpesa, "924")
    part = second.intent.order.seller_orders.get()
    refund_seller_order(
        seller_order_id=part.pk, amount_minor=5_000_00, reason=RefundReason.DISPUTE, note="",
        cause="test", actor=SYSTEM,
    )  # fmt: skip
    deliver_all()
    refund = Refund.objects.get(status="succeeded")
    mpesa.book.load([History(kind="sweep", amount_minor=10_000_00, at=clock.now())])

    imported(mpesa, layout)

    assert matches().keys() == {first.reference, second.reference, refund.reference}
    assert set(Match.objects.values_list("target_kind", flat=True)) >= {"fee", "sweep"}
    assert not ReconciliationException.objects.exists()
    assert balance(account=chart.BANK) == 10_000_00
    assert broken_invariants() == {}


def test_both_layouts_of_the_same_days_bring_each_movement_once(mpesa):
    a_payment_through(mpesa, "123")
    detailed = imported(mpesa)

    short = imported(mpesa, "short")

    assert detailed.lines_total == short.lines_total == short.lines_duplicate


@pytest.mark.parametrize(
    ("digits", "kind", "difference_minor"),
    [
        ("952", "amount_differs", -1_000_00),
        ("954", "duplicate", None),
    ],
)
def test_what_the_provider_gets_wrong_is_shown_as_what_it_is(mpesa, digits, kind, difference_minor):
    payment = a_payment_through(mpesa, digits)

    imported(mpesa)

    row = ReconciliationException.objects.get()
    assert (row.kind, row.target_reference) == (kind, payment.reference)
    assert row.difference_minor == (difference_minor or payment.amount_minor)


def test_a_line_that_the_provider_forgot_is_missing_once_its_hour_has_passed(mpesa):
    payment = a_payment_through(mpesa, "953")
    settled_at = payment.settled_at
    Attempt.objects.filter(pk=payment.pk).update(settled_at=settled_at - timedelta(hours=1))

    imported(mpesa)

    row = ReconciliationException.objects.get()
    assert (row.kind, row.target_reference) == ("missing_in_statement", payment.reference)


@pytest.mark.parametrize("layout", ["detailed", "short"])
def test_money_that_the_provider_took_back_is_explained_by_the_reversal(mpesa, layout):
    payment = a_payment_through(mpesa, "123")
    mpesa.book.reverse_by_provider(payment.receipt)
    settle_attempt(
        attempt_id=payment.pk,
        answer=Answer(Outcome.SUCCEEDED, is_reversed=True),
        actor=Actor.provider("mpesa"),
    )

    imported(mpesa, layout)

    assert not ReconciliationException.objects.exists()
    assert Match.objects.filter(target_kind="refund", target_reference=payment.reference).exists()
    assert balance(account=CLEARING) < 0  # Only the charge is left.
    assert broken_invariants() == {}
