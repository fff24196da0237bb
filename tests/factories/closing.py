"""A month that is over, reconciled to the last line, and ready to be closed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from marketplace.closing.commands import close_period, open_months
from marketplace.closing.models import Close, Period
from marketplace.reconciliation.commands import import_statement
from marketplace.reconciliation.models import Statement
from marketplace.shared import clock
from marketplace.shared.clock import EAT
from marketplace.shared.invariants import Invariant, by_sql, check_all
from marketplace.shared.months import bounds
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.reconciliation import Row, a_payment, an_uploaded_statement, charge, paid

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
# When finance sits down to close October.
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=EAT)
NOTHING = Invariant("tests.nothing_wrong", "All is well.", by_sql("SELECT 1", "SELECT 1 LIMIT 0"))


@contextmanager
def november() -> Iterator[None]:
    """The third of November, in the morning."""
    with clock.at(NOW):
        yield


def verified() -> None:
    """The data was checked just now, and holds."""
    list(check_all([NOTHING]))


def a_statement_of(month: date, rows: list[Row], **layout: Any) -> Statement:
    """The whole month of the M-Pesa wallet, with the balances that its lines give."""
    since, until = bounds(month)
    layout = {"since": since, "until": until - timedelta(seconds=1)} | layout
    uploaded = an_uploaded_statement(rows, **layout)
    return import_statement(statement_id=uploaded.pk, actor=SYSTEM)


def a_month_to_close(month: date = OCTOBER) -> Period:
    """One payment and its charge, both in the books and in the statement; all else is done."""
    at = bounds(month)[0] + timedelta(days=3, hours=12)
    payment = a_payment(settled_at=at)
    rows = [paid(payment), charge(payment.receipt, at=at)]
    balance = f"{(payment.amount_minor - 250_00) / 100:.2f}"
    a_statement_of(month, rows, opening="0.00", closing=balance)
    open_months()
    verified()
    return Period.objects.get(month=month)


def a_closed_month(month: date = OCTOBER, **given: Any) -> Close:
    """Closed by `actor`, else by somebody."""
    period = a_month_to_close(month)
    given = {"reason": "All done", "actor": staff_actor()} | given
    return close_period(period_id=period.pk, **given)
