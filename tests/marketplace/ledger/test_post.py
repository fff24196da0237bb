"""The ledger balances, never changes, and posts an event once."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from marketplace.ledger import queries
from marketplace.ledger.chart import BANK, SUSPENSE, provider_clearing
from marketplace.ledger.commands import Line, check_now, post
from marketplace.ledger.errors import Unbalanced
from marketplace.ledger.invariants import INVARIANTS
from marketplace.ledger.models import Account, Entry, Posting
from marketplace.shared import clock
from tests.factories.ledger import a_fact

MPESA = provider_clearing("mpesa")
pytestmark = pytest.mark.django_db


def lines(amount_minor: int = 500_000) -> list[Line]:
    return [Line(MPESA, amount_minor, "ORD-1"), Line(SUSPENSE, -amount_minor, "ORD-1")]


def test_writes_both_sides_and_keeps_the_trial_balance_at_zero():
    post(event=a_fact(), memo="A receipt", lines=lines())
    check_now()

    assert queries.balance(account=MPESA) == 500_000
    assert queries.balances(accounts=[MPESA, SUSPENSE, BANK]) == {
        MPESA: 500_000,
        SUSPENSE: -500_000,
        BANK: 0,
    }
    assert sum(line.balance_minor for line in queries.trial_balance()) == 0


def test_refuses_an_entry_that_does_not_balance():
    with pytest.raises(Unbalanced):
        post(event=a_fact(), memo="Wrong", lines=[Line(MPESA, 100, "X"), Line(BANK, -200, "X")])

    assert not Entry.objects.exists()


def test_posts_the_same_event_once():
    fact = a_fact()

    first = post(event=fact, memo="Once", lines=lines())
    again = post(event=fact, memo="Twice", lines=lines())

    assert again == first
    assert queries.balance(account=MPESA) == 500_000


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_posting", "shared_loggedevent"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET id = id"])
def test_the_database_refuses_to_change_what_is_written(table, statement):
    post(event=a_fact(), memo="Fixed", lines=lines())

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement.format(table))


@transaction.atomic
def one_sided_entry_past_the_command() -> None:
    entry = Entry.objects.create(event=a_fact(), memo="By hand", posted_at=clock.now())
    account = Account.objects.create(code=BANK, kind="asset")
    Posting.objects.create(
        entry=entry, account=account, amount_minor=100, reference="X", posted_at=clock.now()
    )


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_to_commit_an_unbalanced_entry():
    with pytest.raises(IntegrityError, match="does not balance"):
        one_sided_entry_past_the_command()

    assert not Posting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_to_commit_an_entry_without_postings():
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        Entry.objects.create(event=a_fact(), memo="Empty", posted_at=clock.now())


def test_a_statement_holds_what_lies_in_its_period_only():
    before = clock.now()
    post(event=a_fact(), memo="Inside", lines=lines())
    after = clock.now()
    post(event=a_fact(), memo="Later", lines=lines(100))

    rows = queries.account_statement(account=MPESA, since=before, until=after)

    assert [row.amount_minor for row in rows] == [500_000]
    assert queries.balance(account=MPESA, at=after) == 500_000


def test_its_invariants_hold_after_posting():
    post(event=a_fact(), memo="A receipt", lines=lines())

    assert {i.name: i.check().differing for i in INVARIANTS} == {i.name: 0 for i in INVARIANTS}
