"""What accounts come to: kept by each closed month, added up since, and the same as all postings say."""

from collections import Counter
from datetime import date, datetime, timedelta
from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction

from marketplace.ledger.chart import SUSPENSE, provider_clearing
from marketplace.ledger.commands import Line, close_month, post, reopen_month
from marketplace.ledger.figures import balance_of_family
from marketplace.ledger.invariants import INVARIANTS
from marketplace.ledger.models import ClosedTotal, PeriodLock, Posting
from marketplace.ledger.queries import balance, balances, balances_by_prefix, trial_balance
from marketplace.shared.clock import EAT
from tests.factories.ledger import a_fact

MPESA, MIXX = provider_clearing("mpesa"), provider_clearing("mixx")
JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
SECOND = timedelta(seconds=1)
END_OF_JULY = datetime(2026, 8, 1, tzinfo=EAT)
END_OF_AUGUST = datetime(2026, 9, 1, tzinfo=EAT)
INSTANTS = [
    datetime(2026, 6, 1, tzinfo=EAT),
    datetime(2026, 7, 15, tzinfo=EAT),
    END_OF_JULY,
    END_OF_JULY + SECOND,
    datetime(2026, 8, 20, tzinfo=EAT),
    END_OF_AUGUST,
    END_OF_AUGUST + SECOND,
    None,
]
pytestmark = pytest.mark.django_db


def book(posted_at: datetime, wallet: str, amount_minor: int) -> None:
    lines = [Line(wallet, amount_minor, "ORD-1"), Line(SUSPENSE, -amount_minor, "ORD-1")]
    post(event=a_fact(), memo="A receipt", lines=lines, posted_at=posted_at)


def three_months() -> None:
    """At the edges of July and August and between; Mixx moves in August only."""
    for day in (1, 31):
        book(datetime(2026, 7, day, 12, tzinfo=EAT), MPESA, 700_00 + day)
    book(END_OF_JULY - SECOND, MPESA, -100_00)
    book(END_OF_JULY, MPESA, 300_00)
    book(datetime(2026, 8, 10, tzinfo=EAT), MIXX, 55_00)
    book(END_OF_AUGUST - SECOND, MPESA, -20_00)
    book(END_OF_AUGUST, MPESA, 1_00)


def close(*months: date) -> None:
    for month in months:
        close_month(month=month, event=a_fact())


def by_hand(at: datetime | None) -> dict[str, tuple[int, int]]:
    """Debits and credits by account, from every posting one after the other."""
    debits: Counter[str] = Counter()
    credits: Counter[str] = Counter()
    for one in Posting.objects.select_related("account"):
        if at is None or one.posted_at < at:
            debits[one.account.code] += max(one.amount_minor, 0)
            credits[one.account.code] += max(-one.amount_minor, 0)
    return {code: (debits[code], credits[code]) for code in (MPESA, MIXX, SUSPENSE)}


def broken() -> list[str]:
    return [invariant.name for invariant in INVARIANTS if invariant.check().differing]


@pytest.mark.parametrize("closed", [(), (JULY,), (JULY, AUGUST)], ids=["none", "one", "two"])
def test_whatever_is_closed_the_totals_of_every_instant_are_those_of_all_postings(closed):
    three_months()
    close(*closed)

    for at in INSTANTS:
        expected = by_hand(at)
        lines = {one.account: (one.debit_minor, one.credit_minor) for one in trial_balance(at=at)}
        minor = {code: debit - credit for code, (debit, credit) in expected.items()}
        assert lines == expected, at
        assert balance(account=MPESA, at=at) == minor[MPESA]
        assert balances_by_prefix(prefix="provider", at=at) == {
            code: minor[code] for code in (MPESA, MIXX) if any(expected[code])
        }
        if at is not None:
            assert balance_of_family(prefix="provider", at=at) == minor[MPESA] + minor[MIXX]
    assert balances(accounts=[MPESA, "bank"]) == {MPESA: minor[MPESA], "bank": 0}
    assert broken() == []


def test_what_a_closed_month_keeps_goes_with_its_lock_and_is_kept_anew():
    three_months()
    close(JULY, AUGUST)

    reopen_month(month=AUGUST)
    book(END_OF_AUGUST - SECOND, MIXX, 9_00)
    assert set(ClosedTotal.objects.values_list("lock__month", flat=True)) == {JULY}
    assert broken() == []
    close(AUGUST)

    assert balance(account=MIXX, at=END_OF_AUGUST) == 64_00
    assert broken() == []


def test_what_is_kept_is_never_changed():
    three_months()
    close(JULY)

    with pytest.raises(DatabaseError), transaction.atomic():
        ClosedTotal.objects.update(debit_minor=1)


def test_a_month_that_keeps_nothing_or_too_little_is_found():
    three_months()
    close(JULY, AUGUST)
    august = PeriodLock.objects.get(month=AUGUST)

    ClosedTotal.objects.filter(lock=august, account__code=MPESA).delete()

    assert broken() == ["ledger.kept_totals_are_the_postings"]


def test_what_is_kept_is_what_counts_and_is_held_against_the_postings():
    three_months()
    close(JULY, AUGUST)
    before = balance(account=MPESA)
    kept = ClosedTotal.objects.get(lock__month=AUGUST, account__code=MPESA)
    kept.delete()
    kept.pk, kept.debit_minor = None, kept.debit_minor + 5_00
    kept.save(force_insert=True)

    assert balance(account=MPESA) == before + 5_00
    assert broken() == ["ledger.kept_totals_are_the_postings"]


def test_a_closed_month_that_keeps_nothing_is_added_up():
    """As the program did that was there before: only `verify` minds."""
    three_months()
    close(JULY, AUGUST)
    ClosedTotal.objects.filter(lock__month=AUGUST).delete()

    assert {one.account: (one.debit_minor, one.credit_minor) for one in trial_balance()} == by_hand(
        None
    )
    assert broken() == ["ledger.kept_totals_are_the_postings"]


def test_months_that_were_closed_before_totals_were_kept_are_made_up_for():
    """What the migration does for a house that is in use."""
    migration = import_module("marketplace.ledger.migrations.0005_totals_of_closed_months")
    three_months()
    close(JULY, AUGUST)
    kept = set(ClosedTotal.objects.values_list("lock", "account", "debit_minor", "credit_minor"))
    ClosedTotal.objects.all().delete()

    with connection.cursor() as cursor:
        cursor.execute(migration.KEEP)

    again = ClosedTotal.objects.values_list("lock", "account", "debit_minor", "credit_minor")
    assert set(again) == kept
    assert broken() == []
