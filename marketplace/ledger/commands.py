"""Posting: the only way money is ever recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Count, Q, Sum

from marketplace.ledger.chart import kind_of
from marketplace.ledger.errors import MonthClosed, MonthNotOver, MonthOutOfOrder, Unbalanced
from marketplace.ledger.models import Account, Entry, PeriodLock, Posting
from marketplace.ledger.queries import closed_until
from marketplace.ledger.totals import keep_totals
from marketplace.shared import clock
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.models import LoggedEvent
from marketplace.shared.money import DEFAULT_CURRENCY
from marketplace.shared.months import bounds
from marketplace.shared.rows import fetch

# What the trigger `months_stay_closed` raises.
MONTH_IS_CLOSED = "55000"


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
    Raises MonthClosed where the month of `posted_at` is closed.
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
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == MONTH_IS_CLOSED:
            raise MonthClosed from error
        raise
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


def in_open_month(instant: datetime) -> datetime:
    """`instant`, or now where its month is closed: when to post what belongs there.

    No close comes between the answer and the end of the caller's transaction.
    """
    fetch("SELECT hold_ledger_month(%s)", instant)
    closed = closed_until()
    return clock.now() if closed is not None and instant < closed else instant


@transaction.atomic
def close_month(*, month: date, event: LoggedEvent) -> PeriodLock:
    """Refuse postings into the month (its first day) from now on; `event` says why and by whom.

    Waits for the postings into it that are under way. Raises MonthNotOver, and MonthOutOfOrder
    where a later month, or this one, is closed already.
    """
    since, until = bounds(month)
    if until > clock.now():
        raise MonthNotOver
    # The same names, in the same order, as `hold_ledger_month` gives them.
    one_at_a_time(f"ledger-month:{month:%Y-%m}")
    one_at_a_time("ledger-month:past")
    if PeriodLock.objects.filter(month__gte=month).exists():
        raise MonthOutOfOrder
    held = Posting.objects.filter(posted_at__gte=since, posted_at__lt=until).aggregate(
        count=Count("pk"), debit=Sum("amount_minor", filter=Q(amount_minor__gt=0), default=0)
    )
    lock = PeriodLock.objects.create(
        month=month,
        until=until,
        event=event,
        postings=held["count"],
        debit_minor=held["debit"],
        closed_at=clock.now(),
    )
    keep_totals(lock_id=lock.pk, until=until)
    return lock


@transaction.atomic
def reopen_month(*, month: date) -> None:
    """Take postings into the month again; the totals that its close kept go with its lock.

    Raises MonthOutOfOrder for any but the last closed one.
    """
    one_at_a_time("ledger-month:past")
    if PeriodLock.objects.filter(month__gt=month).exists():
        raise MonthOutOfOrder
    deleted, _rows = PeriodLock.objects.filter(month=month).delete()
    if not deleted:
        raise MonthOutOfOrder


def check_now() -> None:
    """Run the deferred balance checks at once instead of at commit (bulk loads, tests)."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
