"""What must be done before a month is closed: counted from the data at every look, stored by a close.

Each check is a function of the month; it says how many things it looked at, how many of them are
not done, and names the first few.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from marketplace.billing.queries import sellers_billed, sellers_to_bill
from marketplace.closing.states import NOT_BLOCKING, CheckCode
from marketplace.ledger import chart
from marketplace.ledger.queries import (
    balance,
    balances_by_reference,
    first_posted_at,
    trial_balance,
)
from marketplace.payments.gateways import provider_names
from marketplace.payments.queries import open_issues, unfinished_refunds
from marketplace.payouts.queries import unfinished_payouts
from marketplace.reconciliation.proofs import (
    WalletMonth,
    days_without_statement,
    open_exceptions_before,
    open_suggestions_before,
    statements_to_read,
    wallet_month,
)
from marketplace.sellers.queries import seller_cards
from marketplace.shared import clock
from marketplace.shared.invariants import last_verdict
from marketplace.shared.months import bounds

EXAMPLES_MAX = 5
# The sweep verifies every hour; a verdict of yesterday says nothing of today.
VERDICT_FRESH = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Check:
    """The state of one point of the list. `amount_minor` where money says more than a number."""

    code: str
    counted: int
    undone: int
    examples: list[str] = field(default_factory=list)
    amount_minor: int | None = None

    @property
    def is_done(self) -> bool:
        return not self.undone

    @property
    def blocks(self) -> bool:
        """Whether it keeps the month from closing as it is now."""
        return bool(self.undone) and self.code not in NOT_BLOCKING

    @property
    def label(self) -> str:
        return str(CheckCode(self.code).label)

    def as_stored(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Checklist:
    """All points for one month, and the wallets behind one of them."""

    month: date
    checks: list[Check]
    wallets: list[WalletMonth]

    @property
    def blocking(self) -> list[Check]:
        return [check for check in self.checks if check.blocks]


def checklist(*, month: date) -> Checklist:
    """The list for the month that begins on that day, as things stand now."""
    since, until = bounds(month)
    wallets = [wallet_month(provider=name, until=until) for name in provider_names()]
    points: dict[str, Callable[[], Check]] = {
        CheckCode.STATEMENTS: lambda: _statements(_begin_of_books(since), until),
        CheckCode.EXCEPTIONS: lambda: _rows(CheckCode.EXCEPTIONS, open_exceptions_before(until)),
        CheckCode.SUGGESTIONS: lambda: _rows(CheckCode.SUGGESTIONS, open_suggestions_before(until)),
        CheckCode.WALLETS: lambda: _wallets(wallets),
        CheckCode.ISSUES: lambda: _rows(CheckCode.ISSUES, open_issues(before=until)),
        CheckCode.REFUNDS: lambda: _rows(CheckCode.REFUNDS, unfinished_refunds(before=until)),
        CheckCode.PAYOUTS: lambda: _rows(CheckCode.PAYOUTS, unfinished_payouts(before=until)),
        CheckCode.INVOICES: lambda: _invoices(month, until),
        CheckCode.SUSPENSE: lambda: _suspense(until),
        CheckCode.TRIAL_BALANCE: lambda: _trial_balance(until),
        CheckCode.INVARIANTS: _invariants,
    }
    return Checklist(month, [points[code]() for code in CheckCode], wallets)


def _rows(code: CheckCode, waiting: QuerySet[Any]) -> Check:
    """A queue that must be empty."""
    undone = waiting.count()
    return Check(code, undone, undone, [row.reference for row in waiting[:EXAMPLES_MAX]])


def _begin_of_books(since: datetime) -> datetime:
    """Before the first day that something was posted nothing could be told of."""
    first = first_posted_at()
    if first is None:
        return since
    return max(since, clock.midnight(first.astimezone(clock.EAT).date()))


def _statements(since: datetime, until: datetime) -> Check:
    """Days per wallet; a file that nobody has read yet counts as one more."""
    names, examples, undone = provider_names(), [], 0
    for name in names:
        days = days_without_statement(provider=name, since=since, until=until)
        undone += len(days)
        if days:
            examples.append(f"{name}: {_spans(days)}")
    unread = list(statements_to_read()[:EXAMPLES_MAX])
    examples += [statement.reference for statement in unread]
    counted = len(names) * (until - since).days + len(unread)
    return Check(CheckCode.STATEMENTS, counted, undone + len(unread), examples)


def _spans(days: Sequence[date]) -> str:
    """`3, 25–31`: days of a month, adjoining ones together."""
    spans: list[list[int]] = []
    for day in days:
        if spans and day.day == spans[-1][1] + 1:
            spans[-1][1] = day.day
        else:
            spans.append([day.day, day.day])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)


def _wallets(wallets: Sequence[WalletMonth]) -> Check:
    odd = [one for one in wallets if one.statement_minor is None or one.unexplained_minor]
    return Check(
        CheckCode.WALLETS,
        len(wallets),
        len(odd),
        [one.provider for one in odd],
        sum(one.unexplained_minor for one in odd if one.statement_minor is not None),
    )


def _invoices(month: date, until: datetime) -> Check:
    unbilled = sellers_to_bill(before=until, period=month)
    return Check(
        CheckCode.INVOICES,
        sellers_billed(period=month) + len(unbilled),
        len(unbilled),
        [card.reference for card in seller_cards(unbilled[:EXAMPLES_MAX]).values()],
    )


def _suspense(until: datetime) -> Check:
    lying = balances_by_reference(account=chart.SUSPENSE, at=until)
    return Check(
        CheckCode.SUSPENSE,
        len(lying),
        len(lying),
        list(lying)[:EXAMPLES_MAX],
        -balance(account=chart.SUSPENSE, at=until),
    )


def _trial_balance(until: datetime) -> Check:
    lines = trial_balance(at=until)
    difference = sum(line.balance_minor for line in lines)
    return Check(CheckCode.TRIAL_BALANCE, len(lines), int(bool(difference)), [], difference)


def _invariants() -> Check:
    verdict = last_verdict()
    is_stale = verdict.checked_at is None or verdict.checked_at < clock.now() - VERDICT_FRESH
    undone = len(verdict.broken) or int(is_stale)
    return Check(CheckCode.INVARIANTS, verdict.counted, undone, verdict.broken[:EXAMPLES_MAX])
