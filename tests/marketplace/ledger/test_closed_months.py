"""A closed month takes no posting: not by a command, not by hand, not by one that is under way."""

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from marketplace.ledger import commands
from marketplace.ledger.chart import SUSPENSE, provider_clearing
from marketplace.ledger.commands import Line, close_month, in_open_month, post, reopen_month
from marketplace.ledger.errors import MonthClosed, MonthNotOver, MonthOutOfOrder
from marketplace.ledger.invariants import INVARIANTS
from marketplace.ledger.models import Account, Entry, PeriodLock, Posting
from marketplace.ledger.queries import closed_until, first_posted_at, last_closed_day
from marketplace.shared import clock
from marketplace.shared.clock import EAT
from marketplace.shared.months import bounds, month_after, month_of, this_month
from tests.factories.ledger import a_fact
from tests.meeting import come_or_held
from tests.patience import wait_until
from tests.threads import at_once, refused

MPESA = provider_clearing("mpesa")
AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)
LATE_IN_AUGUST = datetime(2026, 8, 31, 23, 59, 59, tzinfo=EAT)
pytestmark = pytest.mark.django_db


def book(posted_at: datetime | None = None, amount_minor: int = 500_000) -> Entry:
    lines = [Line(MPESA, amount_minor, "ORD-1"), Line(SUSPENSE, -amount_minor, "ORD-1")]
    return post(event=a_fact(), memo="A receipt", lines=lines, posted_at=posted_at)


def close(month: date) -> PeriodLock:
    return close_month(month=month, event=a_fact())


def broken() -> list[str]:
    return [invariant.name for invariant in INVARIANTS if invariant.check().differing]


def test_a_month_begins_at_midnight_in_tanzania():
    assert bounds(AUGUST) == (
        datetime(2026, 7, 31, 21, tzinfo=clock.now().tzinfo),
        datetime(2026, 8, 31, 21, tzinfo=clock.now().tzinfo),
    )
    assert month_of(LATE_IN_AUGUST) == AUGUST
    assert month_of(LATE_IN_AUGUST + timedelta(seconds=1)) == SEPTEMBER
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert month_after(date(2027, 1, 1), -1) == date(2026, 12, 1)


def test_refuses_what_belongs_to_a_closed_month_to_the_last_second():
    book(LATE_IN_AUGUST)
    lock = close(AUGUST)

    with pytest.raises(MonthClosed):
        book(LATE_IN_AUGUST)
    book(LATE_IN_AUGUST + timedelta(seconds=1))
    book()

    assert (lock.postings, lock.debit_minor) == (2, 500_000)
    assert closed_until() == bounds(AUGUST)[1]
    assert first_posted_at() == LATE_IN_AUGUST
    assert broken() == []


def test_refuses_what_is_older_than_the_first_closed_month():
    close(AUGUST)

    with pytest.raises(MonthClosed):
        book(datetime(2025, 1, 15, tzinfo=EAT))


def test_a_refused_entry_leaves_nothing_behind_and_its_event_can_be_posted_later():
    close(AUGUST)
    fact = a_fact()
    lines = [Line(MPESA, 100, "X"), Line(SUSPENSE, -100, "X")]

    with pytest.raises(MonthClosed):
        post(event=fact, memo="Too late", lines=lines, posted_at=LATE_IN_AUGUST)
    post(event=fact, memo="In the open month", lines=lines)

    assert Entry.objects.get().memo == "In the open month"


@pytest.mark.parametrize("table", [Entry, Posting])
def test_the_database_refuses_it_past_the_command(table):
    entry = book()
    account = Account.objects.get(code=MPESA)
    close(AUGUST)
    row = (
        Entry(event=a_fact(), memo="By hand", posted_at=LATE_IN_AUGUST)
        if table is Entry
        else Posting(
            entry=entry,
            account=account,
            amount_minor=100,
            reference="X",
            posted_at=LATE_IN_AUGUST,
        )
    )

    with pytest.raises(DatabaseError, match="the month is closed"), transaction.atomic():
        row.save(force_insert=True)


def test_a_month_that_is_not_over_cannot_be_closed():
    with pytest.raises(MonthNotOver):
        close(this_month())


def test_months_close_in_order_and_the_last_one_only_opens_again():
    close(AUGUST)
    close(SEPTEMBER)

    with pytest.raises(MonthOutOfOrder):
        close(AUGUST)
    with pytest.raises(MonthOutOfOrder):
        close(month_after(AUGUST, -1))
    with pytest.raises(MonthOutOfOrder):
        reopen_month(month=AUGUST)
    reopen_month(month=SEPTEMBER)
    with pytest.raises(MonthOutOfOrder):
        reopen_month(month=SEPTEMBER)

    assert closed_until() == bounds(AUGUST)[1]


def test_a_reopened_month_takes_postings_again():
    close(AUGUST)
    reopen_month(month=AUGUST)

    book(LATE_IN_AUGUST)

    assert close(AUGUST).postings == 2


def test_what_belongs_to_a_closed_month_is_posted_now():
    assert in_open_month(LATE_IN_AUGUST) == LATE_IN_AUGUST
    close(AUGUST)

    assert month_of(in_open_month(LATE_IN_AUGUST)) == this_month()
    next_day = LATE_IN_AUGUST + timedelta(days=1)
    assert in_open_month(next_day) == next_day


@pytest.mark.django_db(transaction=True)
def test_a_close_waits_for_the_posting_that_is_under_way():
    lock = close_during_a_posting()

    assert lock.postings == 2
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_posting_would_slip_into_the_closed_month(monkeypatch):
    monkeypatch.setattr(commands, "one_at_a_time", lambda name: None)

    lock = close_during_a_posting()

    assert lock.postings == 0
    assert broken() == ["ledger.closed_months_rest", "ledger.kept_totals_are_the_postings"]


def close_during_a_posting() -> PeriodLock:
    """A posting into August that commits only when the close is done, or has waited for a while."""
    is_posted, is_closed = threading.Event(), threading.Event()

    def post_slowly() -> None:
        with transaction.atomic():
            book(LATE_IN_AUGUST)
            is_posted.set()
            come_or_held(lambda: not is_closed.is_set())

    def close_meanwhile() -> PeriodLock:
        wait_until(is_posted.is_set)
        lock = close(AUGUST)
        is_closed.set()
        return lock

    _posted, lock = at_once(post_slowly, close_meanwhile)
    assert isinstance(lock, PeriodLock), lock
    return lock


@pytest.mark.django_db(transaction=True)
def test_a_posting_that_waited_for_the_close_is_refused():
    is_closing, is_through = threading.Event(), threading.Event()

    def close_slowly() -> None:
        with transaction.atomic():
            close(AUGUST)
            is_closing.set()
            come_or_held(lambda: not is_through.is_set())

    def post_meanwhile() -> None:
        wait_until(is_closing.is_set)
        book(LATE_IN_AUGUST)
        is_through.set()

    outcomes = at_once(close_slowly, post_meanwhile)

    assert [type(error) for error in refused(outcomes)] == [MonthClosed]
    assert not Posting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_close_never_stops_the_trade_of_today():
    is_closing, is_posted = threading.Event(), threading.Event()

    def close_slowly() -> bool:
        with transaction.atomic():
            close(AUGUST)
            is_closing.set()
            wait_until(is_posted.is_set)
            return True

    def post_meanwhile() -> None:
        wait_until(is_closing.is_set)
        book()
        is_posted.set()

    outcomes = at_once(close_slowly, post_meanwhile)

    assert refused(outcomes) == []
    assert outcomes[0] is True


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_close_a_month_one_does():
    outcomes = at_once(*[lambda: close(AUGUST)] * 4)

    assert [type(error) for error in refused(outcomes)] == [MonthOutOfOrder] * 3
    assert PeriodLock.objects.count() == 1


def test_says_up_to_which_day_the_books_are_closed():
    assert last_closed_day() is None
    close(AUGUST)

    assert last_closed_day() == date(2026, 8, 31)
