"""What stands in each report, against the books it was made from."""

from datetime import date, timedelta

import pytest

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.ledger.queries import balance
from marketplace.orders.models import SellerOrder
from marketplace.reconciliation.commands import resolve_exception
from marketplace.reconciliation.queries import daily_proofs, open_exceptions, proof
from marketplace.shared import clock
from tests.factories.accounts import staff_actor
from tests.factories.ledger import a_fact
from tests.factories.reconciliation import (
    NOON,
    Row,
    a_payment,
    a_payout,
    a_receipt,
    a_refund,
    charge,
    given_back,
    paid,
    sweep,
)
from tests.factories.sellers import a_seller
from tests.marketplace.reconciliation.books import CLEARING, an_imported_statement
from tests.reports.files import minor, table, workbook

pytestmark = pytest.mark.django_db

DAY = date(2026, 10, 4)
PERIOD = {"since": str(DAY), "until": str(DAY)}
SINCE, UNTIL = clock.midnight(DAY), clock.midnight(DAY + timedelta(days=1))


@pytest.fixture
def a_day():
    """Matched, unmatched, different, missing, charged and swept."""
    first, second = a_payment(25_000_00), a_payment(40_000_00)
    refund = a_refund(second, 10_000_00)
    a_payout(90_000_00)
    an_imported_statement(
        [
            paid(first), charge(first.receipt), paid(second, amount_minor=39_000_00),
            given_back(refund), Row(a_receipt(), 7_000_00, account="TILL"), sweep(20_000_00),
        ],
        closing="40,750.00",
    )  # fmt: skip
    return {"first": first, "second": second, "refund": refund}


def test_the_reconciliation_shows_both_sides_and_their_differences_add_up(a_day, tmp_path):
    lines = table("reconciliation", {"provider": "mpesa", **PERIOD}, tmp_path)

    assert len(lines) == 7
    figures = proof(provider="mpesa", since=SINCE, until=UNTIL)
    by = {line["Our reference"]: line for line in lines}
    assert by[a_day["first"].reference]["Matched because"].startswith("Receipt")
    assert by[a_day["second"].reference]["Kind of exception"] == "Amount differs"
    assert minor(by[a_day["second"].reference]["Difference (TZS)"]) == -1_000_00
    assert sum(minor(line["Statement (TZS)"]) for line in lines) == figures.statement_minor
    assert sum(minor(line["Difference (TZS)"]) for line in lines) == figures.difference_minor
    assert figures.unexplained_minor == 0


def test_the_summary_of_the_reconciliation_is_the_proof_of_the_period(a_day, tmp_path):
    book = workbook("reconciliation", {"provider": "mpesa", **PERIOD}, tmp_path)

    told = {row[0].value: row[1].value for row in book["Summary"]}
    assert told["Wallet moved, by the statements"] == 40_750
    assert told["Wallet moved, by our ledger"] == balance(account=CLEARING) / 100
    assert told["Not explained"] == 0
    assert told["Closing balance"] == 40_750
    assert told["Lines"] == 6
    assert (told["Lines: Matched"], told["Lines: Exception"]) == (4, 2)
    assert told["Charge: statement"] == -250
    assert told["Closing balance, by our ledger"] == balance(account=CLEARING) / 100
    assert list(told.items())[-1] == ("Ties to the ledger", "Yes")
    totals = [cell.value for cell in list(book["Reconciliation"])[-1]]
    assert totals[6] == 40_750


def test_a_resolution_shows_in_the_report_and_closes_the_proof(a_day, tmp_path):
    for row in list(open_exceptions(provider="mpesa")):
        resolve_exception(
            exception_id=row.pk, resolution="write_off", reason="=agreed()", actor=staff_actor()
        )

    lines = table("reconciliation", {"provider": "mpesa", **PERIOD}, tmp_path)

    assert {line["Reason"] for line in lines if line["Exception"]} == {"'=agreed()"}
    assert balance(account=CLEARING) == 40_750_00
    assert proof(provider="mpesa", since=SINCE, until=UNTIL).open_exceptions == []


def test_the_daily_proofs_add_up_to_the_proof_of_the_period(a_day):
    since, until = SINCE - timedelta(days=2), UNTIL + timedelta(days=1)

    days = list(daily_proofs(provider="mpesa", since=since, until=until))

    whole = proof(provider="mpesa", since=since, until=until)
    assert len(days) == 4
    assert sum(day.statement_minor for day in days) == whole.statement_minor
    assert sum(day.ledger_minor for day in days) == whole.ledger_minor
    assert sum(day.lines_total for day in days) == whole.lines_total == 6
    assert whole.lines_matched == 4


def test_the_journal_balances_and_can_be_cut_to_a_family_of_accounts(a_day, tmp_path):
    lines = table("ledger_journal", PERIOD, tmp_path)

    debits = sum(minor(line["Debit (TZS)"]) for line in lines)
    assert debits == sum(minor(line["Credit (TZS)"]) for line in lines) > 0
    clearing = table("ledger_journal", {**PERIOD, "account": "provider_clearing"}, tmp_path)
    assert {line["Account"] for line in clearing} == {CLEARING}


def test_the_trial_balance_is_zero_and_knows_its_day(a_day, tmp_path):
    lines = table("trial_balance", {"on": str(DAY)}, tmp_path)

    assert sum(minor(line["Balance (TZS)"]) for line in lines) == 0
    assert {line["Account"]: minor(line["Balance (TZS)"]) for line in lines}[CLEARING] == balance(
        account=CLEARING
    )
    before = table("trial_balance", {"on": str(DAY - timedelta(days=1))}, tmp_path)
    assert all(minor(line["Debit (TZS)"]) == 0 for line in before)


def test_seller_balances_show_what_is_owed_by_name(tmp_path):
    seller = a_seller(name="Duka la Asha")
    post(
        event=a_fact(),
        memo="sale",
        lines=[
            Line(chart.SUSPENSE, 30_000_00, "SO-1"),
            Line(chart.seller_pending(seller.reference), -20_000_00, "SO-1"),
            Line(chart.seller_available(seller.reference), -10_000_00, "SO-2"),
        ],
        posted_at=NOON,
    )

    (line,) = table("seller_balances", {"on": str(DAY)}, tmp_path)

    assert (line["Seller"], line["Name"]) == (seller.reference, "Duka la Asha")
    assert minor(line["Pending (TZS)"]) == 20_000_00
    assert minor(line["Owed (TZS)"]) == 30_000_00
    assert table("seller_balances", {"on": str(DAY - timedelta(days=1))}, tmp_path) == []


def test_sales_show_what_each_side_gets_of_every_paid_seller_order(tmp_path):
    payment, seller = a_payment(25_000_00), a_seller()
    order = payment.intent.order
    type(order).objects.filter(pk=order.pk).update(paid_at=NOON)
    part = SellerOrder.objects.create(
        order=order, seller=seller, items_minor=25_000_00, shipping_minor=0,
        commission_minor=2_000_00, commission_vat_minor=360_00, placed_at=order.placed_at,
    )  # fmt: skip

    (line,) = table("sales", PERIOD, tmp_path)

    assert line["Seller order"] == part.reference
    assert minor(line["Gross (TZS)"]) == 25_000_00
    assert minor(line["Net to seller (TZS)"]) == 25_000_00 - 2_000_00 - 360_00
    assert table("sales", {**PERIOD, "seller": "SEL-NOBODY"}, tmp_path) == []
