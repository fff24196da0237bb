"""Commission becomes lines, lines become one invoice a month, and what was given back a credit note."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import DatabaseError, transaction

from marketplace.billing import commands
from marketplace.billing.commands import collect, issue_documents, issue_due
from marketplace.billing.errors import PeriodNotAMonth, PeriodNotOver
from marketplace.billing.models import CommissionLine, Counter, Document
from marketplace.billing.states import DocumentKind, LineKind
from marketplace.orders.models import SellerOrder
from marketplace.payments.commands import refund_seller_order, settle_attempt
from marketplace.payments.models import Attempt
from marketplace.payments.ports import Answer, Outcome
from marketplace.payments.states import RefundReason
from marketplace.sellers.models import Seller
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.models import LoggedEvent
from tests.deliveries import deliver_all
from tests.factories.listings import a_listing
from tests.factories.orders import a_paid_order
from tests.processes import dwell, in_processes, without_row_locks
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
BILLING = Actor.system("test")


def a_sale(seller: Seller | None = None) -> SellerOrder:
    part = a_paid_order(a_listing(seller)).seller_orders.get()
    deliver_all()
    return part


def give_back(part: SellerOrder, amount_minor: int) -> None:
    refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=amount_minor,
        reason=RefundReason.PRICE_ADJUSTED,
        cause=f"{part.pk}:{amount_minor}",
        actor=BILLING,
    )
    deliver_all()


def month_of(instant: datetime):
    return instant.astimezone(clock.EAT).date().replace(day=1)


def next_month(instant: datetime) -> datetime:
    return clock.midnight((month_of(instant) + timedelta(days=32)).replace(day=1)) + timedelta(
        hours=1
    )


def issue(seller: Seller, sold_at: datetime) -> list[Document]:
    with clock.at(next_month(sold_at)):
        return issue_documents(seller_id=seller.pk, period=month_of(sold_at), actor=BILLING)


def test_a_sale_is_billed_line_by_line_with_its_rule_and_ties_to_the_ledger():
    part = a_sale()

    line = CommissionLine.objects.get()

    assert line.kind == LineKind.SALE
    assert (line.commission_minor, line.vat_minor) == (
        part.commission_minor,
        part.commission_vat_minor,
    )
    assert line.rule == part.lines.get().commission_rule
    assert broken_invariants() == []


def test_the_same_news_again_makes_no_second_line():
    a_sale()
    event = LoggedEvent.objects.get(name="payments.succeeded.v1")

    collect(event_id=event.pk, happened_at=event.occurred_at, cause=event.name)

    assert CommissionLine.objects.count() == 1


def test_a_month_becomes_one_invoice_and_running_again_makes_none():
    part = a_sale()
    a_sale(part.seller)
    now = clock.now()

    (invoice,) = issue(part.seller, now)

    year = next_month(now).astimezone(clock.EAT).year
    assert invoice.number == f"INV-{year}-000001"
    assert invoice.total_minor == 2 * (part.commission_minor + part.commission_vat_minor)
    assert invoice.seller_details["tin"] == part.seller.tin
    assert issue(part.seller, now) == []
    assert broken_invariants() == []


def test_what_is_given_back_in_the_same_month_lessens_the_invoice():
    part = a_sale()
    give_back(part, part.gross_minor // 2 // 100 * 100)

    (invoice,) = issue(part.seller, clock.now())

    assert 0 < invoice.total_minor < part.commission_minor + part.commission_vat_minor
    assert broken_invariants() == []


def test_what_is_given_back_after_its_invoice_becomes_a_credit_note_that_names_it():
    part = a_sale()
    now = clock.now()
    (invoice,) = issue(part.seller, now)
    later = next_month(now) + timedelta(days=3)
    with clock.at(later):
        give_back(part, part.gross_minor)

    (note,) = issue(part.seller, later)

    assert (note.kind, note.corrects) == (DocumentKind.CREDIT_NOTE, [invoice.number])
    assert note.total_minor == -invoice.total_minor
    assert broken_invariants() == []


def test_a_reversal_by_the_provider_is_given_back_too():
    part = a_sale()

    settle_attempt(
        attempt_id=Attempt.objects.get().pk,
        answer=Answer(Outcome.SUCCEEDED, is_reversed=True),
        actor=BILLING,
    )
    deliver_all()

    (invoice,) = issue(part.seller, clock.now())
    assert invoice.total_minor == 0
    assert broken_invariants() == []


def test_a_month_that_is_not_over_and_a_day_that_begins_none_are_refused():
    part = a_sale()
    today = clock.today()

    with pytest.raises(PeriodNotOver):
        issue_documents(seller_id=part.seller_id, period=today.replace(day=1), actor=BILLING)
    with pytest.raises(PeriodNotAMonth):
        issue_documents(seller_id=part.seller_id, period=today.replace(day=2), actor=BILLING)
    assert Document.objects.count() == 0


def test_the_sweep_bills_every_seller_for_the_month_that_ended():
    first, second = a_sale(), a_sale()

    with clock.at(next_month(clock.now())):
        assert issue_due() == 2
        assert issue_due() == 0

    assert set(Document.objects.values_list("seller_id", flat=True)) == {
        first.seller_id,
        second.seller_id,
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda: Document.objects.update(total_minor=0, commission_minor=0, vat_minor=0),
        lambda: Document.objects.all().delete(),
        lambda: CommissionLine.objects.update(commission_minor=0),
        lambda: CommissionLine.objects.update(document=None),
        lambda: CommissionLine.objects.all().delete(),
    ],
    ids=["document", "document away", "line", "line out of its document", "line away"],
)
def test_what_was_billed_cannot_be_changed(change):
    part = a_sale()
    issue(part.seller, clock.now())

    with pytest.raises(DatabaseError), transaction.atomic():
        change()


def in_eight_processes(sellers: list[Seller], at: datetime) -> list:
    return in_processes(*[partial(_issue_at, seller.pk, at) for seller in sellers])


def _issue_at(seller_id, at: datetime) -> list[str]:
    with clock.at(next_month(at)):
        period = month_of(at)
        issued = issue_documents(seller_id=seller_id, period=period, actor=BILLING)
    return [document.number for document in issued]


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_and_none_is_given_twice_however_many_issue_at_once(monkeypatch):
    sellers = [a_sale().seller for _ in range(6)]
    dwell(monkeypatch, commands, "legal_details")

    outcomes = in_eight_processes(sellers, clock.now())

    numbers = sorted(number for outcome in outcomes for number in outcome)
    assert [int(number[-6:]) for number in numbers] == list(range(1, 7))
    assert Counter.objects.get().last == 6
    assert broken_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_on_the_counter_a_number_is_wanted_twice(monkeypatch):
    sellers = [a_sale().seller for _ in range(6)]
    dwell(monkeypatch, commands, "legal_details")
    without_row_locks(monkeypatch)

    in_eight_processes(sellers, clock.now())

    assert Document.objects.count() < 6
