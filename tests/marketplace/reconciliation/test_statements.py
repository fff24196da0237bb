"""Files on their way in: kept once, read in the background, refused with a sentence."""

from datetime import timedelta
from io import BytesIO

import pytest

from marketplace.payments.errors import ProviderUnknown
from marketplace.reconciliation.commands import import_statement, upload_statement
from marketplace.reconciliation.errors import AlreadyUploaded, StatementTooLarge
from marketplace.reconciliation.models import Statement, StatementLine
from marketplace.shared.models import LoggedEvent
from tests.deliveries import deliver_all, failures
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.reconciliation import (
    NOON,
    a_payment,
    an_uploaded_statement,
    charge,
    paid,
    statement_file,
    sweep,
)
from tests.marketplace.reconciliation.books import (
    an_imported_statement,
    broken_invariants,
    everything,
)

pytestmark = pytest.mark.django_db


def test_a_worker_reads_the_file_that_was_uploaded():
    payment = a_payment()
    statement = an_uploaded_statement([paid(payment)], closing="25,000.00")

    deliver_all()

    statement.refresh_from_db()
    assert failures() == []
    assert statement.status == "imported"
    assert statement.account == "600600"
    assert statement.closing_minor == 25_000_00
    assert (statement.lines_total, statement.lines_duplicate) == (1, 0)
    assert statement.period_start == NOON - timedelta(hours=12)


def test_the_same_bytes_are_taken_once_and_the_earlier_statement_is_named():
    payment = a_payment()
    first = an_uploaded_statement([paid(payment)])

    with pytest.raises(AlreadyUploaded) as refused:
        an_uploaded_statement([paid(payment)], name="copy of it.csv")

    assert first.reference in str(refused.value)
    assert Statement.objects.count() == 1


def test_an_empty_file_and_an_unknown_provider_are_refused():
    with pytest.raises(StatementTooLarge):
        upload_statement(provider="mpesa", file=_named(b""), actor=staff_actor())
    with pytest.raises(ProviderUnknown):
        upload_statement(provider="ghost", file=statement_file([]), actor=staff_actor())


def test_a_file_that_is_no_statement_is_refused_with_the_reason():
    file = _named(b"date,amount\n2026-10-04,100\n")
    statement = upload_statement(provider="mpesa", file=file, actor=staff_actor())

    deliver_all()

    statement.refresh_from_db()
    assert failures() == []
    assert statement.status == "refused"
    assert "receipt no" in statement.refusal
    assert not StatementLine.objects.exists()
    assert LoggedEvent.objects.filter(name="reconciliation.statement_refused.v1").count() == 1


def test_importing_again_changes_nothing():
    payment = a_payment()
    statement = an_imported_statement([paid(payment), charge(payment.receipt), sweep(10_000_00)])
    before = everything()

    import_statement(statement_id=statement.pk, actor=SYSTEM)

    assert everything() == before
    assert LoggedEvent.objects.filter(name="reconciliation.statement_imported.v1").count() == 1


def test_an_overlapping_file_brings_only_what_is_new():
    first, second = a_payment(), a_payment(settled_at=NOON + timedelta(hours=1))
    fee = charge(first.receipt)
    an_imported_statement([paid(first), fee])

    overlapping = an_imported_statement([paid(first), fee, paid(second)])

    assert (overlapping.lines_total, overlapping.lines_duplicate) == (3, 2)
    assert StatementLine.objects.count() == 3
    assert broken_invariants() == {}


def test_a_failed_movement_is_no_movement():
    statement = an_imported_statement([paid(a_payment(), status="Failed")], until=NOON)

    assert statement.lines_total == 0


def test_a_line_that_is_listed_twice_word_for_word_is_one_movement():
    row = paid(a_payment(), balance="25,000.00")

    statement = an_imported_statement([row, row])

    assert statement.lines_total == StatementLine.objects.count() == 1


def test_movements_that_differ_in_the_balance_alone_are_two():
    row = paid(a_payment(), balance="25,000.00")

    an_imported_statement([row, row.with_(balance="50,000.00")])

    first, second = sorted(StatementLine.objects.values_list("dedupe_key", flat=True))
    assert second == f"{first}#2"


def test_lines_of_one_second_keep_the_order_in_which_they_happened():
    rows = [paid(a_payment(), balance=f"{n}.00") for n in range(5)]

    an_imported_statement(rows[::-1])  # The file lists the newest first.

    balances = StatementLine.objects.order_by("completed_at", "pk").values_list(
        "balance_minor", flat=True
    )
    assert list(balances) == [0, 100, 200, 300, 400]


def test_a_file_that_breaks_half_way_is_refused_and_leaves_nothing_but_itself():
    good = statement_file([paid(a_payment()) for _ in range(3)]).getvalue()
    file = _named(good.rstrip() + b"\r\nRC12345678,04-10-2026 12:")
    statement = upload_statement(provider="mpesa", file=file, actor=staff_actor())

    deliver_all()

    statement.refresh_from_db()
    assert statement.status == "refused"
    assert "Line 11 is cut off" in statement.refusal
    assert "RC12345678" in statement.refusal
    assert not StatementLine.objects.exists()
    with statement.file.open() as kept:
        assert kept.read() == file.getvalue()


def test_a_file_above_the_limit_for_statements_is_refused(settings):
    settings.STATEMENT_BYTES_MAX = 2_000_000

    with pytest.raises(StatementTooLarge):
        upload_statement(provider="mpesa", file=_named(b"x" * 2_000_001), actor=staff_actor())


def _named(data: bytes) -> BytesIO:
    file = BytesIO(data)
    file.name = "statement.csv"
    return file
