"""Posting: the only way money is ever recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from marketplace.ledger.chart import kind_of
from marketplace.ledger.errors import Unbalanced
from marketplace.ledger.models import Account, Entry, Posting
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from marketplace.shared.money import DEFAULT_CURRENCY


@dataclass(frozen=True, slots=True)
class Line:
    """A posting to be: debit positive, credit negative; a line of zero is left out."""

    account: str
    amount_minor: int
    reference: str


@transaction.atomic
def post(
    *,
    event: LoggedEvent,
    memo: str,
    lines: Sequence[Line],
    posted_at: datetime | None = None,
    currency: str = DEFAULT_CURRENCY,
) -> Entry:
    """Write one balanced entry for the event that caused it; the same event again posts nothing.

    Raises Unbalanced; the database would refuse the commit anyhow, but could not say which entry.
    """
    difference = sum(line.amount_minor for line in lines)
    if difference:
        raise Unbalanced(difference=difference)
    instant = posted_at or clock.now()
    try:
        with transaction.atomic():
            entry = Entry.objects.create(event=event, memo=memo, posted_at=instant)
    except IntegrityError:
        return Entry.objects.get(event=event)
    accounts = _accounts({line.account for line in lines if line.amount_minor}, currency)
    Posting.objects.bulk_create(
        Posting(
            entry=entry,
            account_id=accounts[line.account],
            amount_minor=line.amount_minor,
            currency=currency,
            reference=line.reference,
            posted_at=instant,
        )
        for line in lines
        if line.amount_minor
    )
    return entry


def _accounts(codes: set[str], currency: str) -> dict[str, int]:
    """Account ids by code; an account is opened by its first posting."""
    known = dict(Account.objects.filter(code__in=codes).values_list("code", "pk"))
    missing = sorted(codes - known.keys())
    if missing:
        Account.objects.bulk_create(
            [Account(code=code, kind=kind_of(code), currency=currency) for code in missing],
            ignore_conflicts=True,  # Two first postings may race; either opens the account.
        )
        known |= dict(Account.objects.filter(code__in=missing).values_list("code", "pk"))
    return known


def check_now() -> None:
    """Run the deferred balance checks at once instead of at commit (bulk loads, tests)."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
