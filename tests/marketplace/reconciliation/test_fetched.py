"""Airtel's transaction summary as a statement: over real HTTP, page by page, beside uploaded files."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO, StringIO

import pytest

from fixtures.simulators.core.entries import History
from marketplace.payments.adapters import airtel_listing
from marketplace.payments.commands import enquire_due_attempts
from marketplace.payments.errors import ProviderUnknown
from marketplace.payments.ports import ProviderUnavailable, StatementKind
from marketplace.reconciliation import handlers
from marketplace.reconciliation.commands import fetch_statement, upload_statement
from marketplace.reconciliation.models import Match, Statement, StatementLine
from marketplace.reconciliation.states import StatementStatus
from marketplace.shared import clock
from tests.deliveries import deliver_all
from tests.factories.accounts import SYSTEM
from tests.factories.orders import an_attempt, an_order
from tests.marketplace.reconciliation.books import broken_invariants

pytestmark = pytest.mark.django_db
JUMA = "255784000123"


@pytest.fixture
def book(airtel):
    """A day with one movement of each kind, one of which came back."""
    at = clock.now() - timedelta(hours=3)
    airtel.book.load(
        [
            History(kind="payment", amount_minor=25_000_00, at=at, msisdn=JUMA,
                    third_party_id="ATT00000001", receipt="MP1"),
            History(kind="refund", amount_minor=25_000_00, at=at + timedelta(minutes=1),
                    msisdn=JUMA, third_party_id="REF00000001", linked_receipt="MP1", receipt="MP2"),
            History(kind="payout", amount_minor=18_000_00, at=at + timedelta(minutes=2),
                    msisdn=JUMA, third_party_id="POY00000001", receipt="MP3"),
            History(kind="return", amount_minor=18_000_00, at=at + timedelta(minutes=3),
                    msisdn=JUMA, linked_receipt="MP3", receipt="MP4"),
            History(kind="sweep", amount_minor=5_000_00, at=at + timedelta(minutes=4), receipt="MP5"),
        ]
    )  # fmt: skip
    return airtel.book


def fetch() -> Statement | None:
    statement = fetch_statement(provider="airtel", actor=SYSTEM)
    deliver_all()
    if statement is not None:
        statement.refresh_from_db()
        assert statement.status == StatementStatus.IMPORTED, statement.refusal
    return statement


def test_what_the_provider_lists_comes_to_what_its_own_book_holds(airtel, book):
    fetch()

    kinds = {line.receipt: (line.kind, line.amount_minor) for line in moved()}
    assert kinds == {
        "MP1": (StatementKind.PAYMENT, 25_000_00),
        "MP2": (StatementKind.REFUND, -25_000_00),
        "MP3": (StatementKind.PAYOUT, -18_000_00),
        "MP4": (StatementKind.RETURN, 18_000_00),
        "MP5": (StatementKind.SWEEP, -5_000_00),
    }
    total = sum(line.amount_minor for line in StatementLine.objects.all())
    assert total == book.held_minor(until=clock.now().timestamp())
    assert broken_invariants() == {}


def moved() -> Iterator[StatementLine]:
    return StatementLine.objects.exclude(kind="fee").iterator()


def test_the_list_and_the_file_of_the_same_day_bring_each_line_once(airtel, book):
    fetch()
    lines = StatementLine.objects.count()

    file = BytesIO(airtel.statement())
    file.name = "airtel.csv"
    uploaded = upload_statement(provider="airtel", file=file, actor=SYSTEM)
    deliver_all()

    uploaded.refresh_from_db()
    assert uploaded.status == StatementStatus.IMPORTED
    assert uploaded.lines_total == uploaded.lines_duplicate == lines
    assert StatementLine.objects.count() == lines


def test_a_list_of_many_pages_is_read_to_its_end(airtel, monkeypatch):
    monkeypatch.setattr(airtel_listing, "PAGE_ROWS", 2)
    at = clock.now() - timedelta(hours=2)
    airtel.book.load(
        History(kind="payment", amount_minor=1_000_00, at=at + timedelta(seconds=n), msisdn=JUMA)
        for n in range(5)
    )

    statement = fetch()

    assert len(airtel.requests("transactions")) == 3
    assert statement is not None
    assert len({line.receipt for line in moved()}) == 5


def test_the_next_list_begins_where_the_last_one_ended_and_reaches_back_a_little(airtel, book):
    first = fetch()
    assert first is not None
    assert first.period_end is not None

    with clock.at(clock.now() + timedelta(hours=1)):
        fetch_statement(provider="airtel", actor=SYSTEM)

    asked = airtel.requests("transactions")[-1].fields
    begun = datetime.fromtimestamp(int(asked["from"]), clock.EAT)
    assert first.period_end - begun == timedelta(hours=1)


def test_nothing_is_kept_where_nothing_moved(airtel):
    assert fetch() is None
    assert not Statement.objects.exists()


def test_a_payment_of_ours_is_matched_by_the_list(airtel):
    attempt = an_attempt(an_order(), msisdn="+255784000123")
    deliver_all()
    airtel.settle()
    with clock.at(clock.now() + timedelta(minutes=10)):
        enquire_due_attempts()
        fetch()

    assert Match.objects.filter(target_reference=attempt.reference).exists()


def test_nothing_is_kept_where_the_provider_does_not_answer(airtel, book):
    airtel.stop()

    with pytest.raises(ProviderUnavailable):
        fetch_statement(provider="airtel", actor=SYSTEM)

    assert not Statement.objects.exists()
    airtel.start()


def test_a_provider_that_lists_nothing_is_not_asked(mixx):
    with pytest.raises(ProviderUnknown):
        fetch_statement(provider="mixx", actor=SYSTEM)
    assert handlers.fetch_statements_of_providers() == "0 of 0 had news"


@pytest.mark.parametrize(("is_set", "said"), [(False, "0 of 0"), (True, "1 of 1")])
def test_the_schedule_asks_where_the_settings_say_so(airtel, book, settings, is_set, said):
    given = settings.PAYMENT_PROVIDERS["airtel"]
    settings.PAYMENT_PROVIDERS = {"airtel": given | {"fetches_statements": is_set}}

    assert handlers.fetch_statements_of_providers() == f"{said} had news"


def test_an_application_that_counts_in_milliseconds_is_asked_in_milliseconds(airtel):
    now = clock.now()

    airtel.adapter(listing_ticks_per_s=1000).listing(since=now - timedelta(hours=1), until=now)

    asked = airtel.requests("transactions")[-1].fields
    assert int(asked["to"]) // 1000 == int(now.timestamp())


def test_the_kept_file_is_a_table_that_a_person_can_read(airtel, book):
    statement = fetch()
    assert statement is not None

    with statement.file.open("rb") as file:
        rows = list(csv.reader(StringIO(file.read().decode())))

    assert rows[0] == ["Airtel Money", "TRANSACTION SUMMARY"]
    assert statement.is_fetched
    assert len(rows) == 3 + 5
