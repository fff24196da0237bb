"""M1: whatever is posted, by however many at once, no ledger gains or loses a cent in any currency."""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import Error, connections, transaction

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.ledger.models import Account, Entry, Posting
from marketplace.shared import clock
from marketplace.shared.rows import fetch
from tests import servers
from tests.factories.ledger import a_fact
from tests.processes import in_processes
from tests.verified import broken_invariants

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SEED, WORKERS, ROUNDS = 20_261_126, 4, 2
ENTRIES, POSTINGS = 320, 8
CURRENCIES = ("TZS", "KES", "UGX", "USD", "EUR")
GUARDS = (("ledger_entry", "entry_balanced"), ("ledger_posting", "posting_balanced"))


class ThoughtBetter(Exception):
    """Whoever posts may still give up."""


def work(seed: int) -> dict[str, int]:
    """Post at random; account -> what it must hold of it. Some give up, some try to cheat."""
    chance, expected = random.Random(seed), Counter[str]()
    for _number in range(ENTRIES):
        currency = chance.choice(CURRENCIES)
        lines = some_lines(chance, currency)
        fate = chance.random()
        try:
            with transaction.atomic():
                if fate < 0.05:
                    cheat(lines, currency)
                    continue
                post(event=a_fact(), memo="random", lines=lines, currency=currency)
                if fate < 0.1:
                    raise ThoughtBetter
        except (Error, ThoughtBetter):
            continue
        for line in lines:
            expected[line.account] += line.amount_minor
    return dict(expected)


def some_lines(chance: random.Random, currency: str) -> list[Line]:
    """Amounts from one cent to ten trillion, which sum to nought."""
    accounts = [chart.seller_pending(f"{currency}-{chance.randrange(12)}") for _ in range(POSTINGS)]
    amounts = [chance.choice([-1, 1]) * int(10 ** chance.uniform(0, 15)) for _ in accounts[1:]]
    amounts.append(-sum(amounts))
    return [Line(*pair, "RANDOM") for pair in zip(accounts, amounts, strict=True)]


def cheat(lines: list[Line], currency: str) -> None:
    """Past `post`, straight into the tables, and one side only."""
    entry = Entry.objects.create(event=a_fact(), memo="cheat", posted_at=clock.now())
    account, _is_new = Account.objects.get_or_create(
        code=lines[0].account, defaults={"kind": "liability", "currency": currency}
    )
    Posting.objects.create(
        entry=entry, account=account, amount_minor=lines[0].amount_minor or 1, currency=currency,
        reference="CHEAT", posted_at=entry.posted_at,
    )  # fmt: skip


def everybody_posts() -> Counter[str]:
    """What all accounts must hold."""
    expected = Counter[str]()
    for number in range(ROUNDS):
        seeds = range(SEED + number * WORKERS, SEED + (number + 1) * WORKERS)
        for outcome in in_processes(*(partial(work, seed) for seed in seeds)):
            for account, minor in outcome.items():
                expected[account] += minor
    return expected


def left_over() -> dict[str, int]:
    """Currency -> what all postings sum to, where that is not nought."""
    rows = fetch(
        "SELECT currency, sum(amount_minor) FROM ledger_posting GROUP BY currency"
        " HAVING sum(amount_minor) <> 0"
    )
    return {currency: int(minor) for currency, minor in rows}


def test_twenty_thousand_postings_by_four_workers_lose_nothing():
    expected = everybody_posts()

    held = fetch(
        "SELECT a.code, sum(p.amount_minor) FROM ledger_posting p"
        " JOIN ledger_account a ON a.id = p.account_id GROUP BY a.code"
    )
    assert Posting.objects.count() > 0.85 * ROUNDS * WORKERS * ENTRIES * POSTINGS
    assert {code: int(minor) for code, minor in held if minor} == {
        account: minor for account, minor in expected.items() if minor
    }
    assert left_over() == {}
    assert not Posting.objects.filter(reference="CHEAT").exists()
    assert broken_invariants() == []


@contextmanager
def without_guards() -> Iterator[None]:
    """The deferred triggers are off; the database is emptied before they stand again."""
    with servers.superuser() as server:
        for table, name in GUARDS:
            server.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    try:
        yield
    finally:
        connections.close_all()
        servers.empty_this_database()
        with servers.superuser() as server:
            for table, name in GUARDS:
                server.execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")


def test_control_without_the_guards_cheats_are_left_over(monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "ENTRIES", 40)
    with without_guards():
        everybody_posts()

        assert left_over()
        assert any("ledger.entries_balanced" in broken for broken in broken_invariants())
