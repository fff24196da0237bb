"""Two people and two workers at the same moment: one file, one reading, one decision."""

import pytest

from marketplace.ledger import chart
from marketplace.reconciliation.commands import (
    import_statement,
    resolve_exception,
    upload_statement,
)
from marketplace.reconciliation.errors import AlreadyUploaded
from marketplace.reconciliation.models import Statement, StatementLine
from marketplace.shared.states import IllegalTransition
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.reconciliation import (
    Row,
    a_payment,
    a_receipt,
    an_uploaded_statement,
    charge,
    paid,
    statement_file,
    sweep,
)
from tests.marketplace.reconciliation.books import (
    an_imported_statement,
    broken_invariants,
    matches,
    money,
    the_exception,
)
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_file_from_two_people_is_kept_once():
    rows = [paid(a_payment())]
    actors = [staff_actor() for _ in range(4)]

    outcomes = at_once(
        *(
            lambda actor=actor: upload_statement(
                provider="mpesa", file=statement_file(rows), actor=actor
            )
            for actor in actors
        )
    )

    assert [type(error) for error in refused(outcomes)] == [AlreadyUploaded] * 3
    assert Statement.objects.count() == 1


def test_two_workers_read_a_statement_once():
    payment = a_payment()
    statement = an_uploaded_statement([paid(payment), charge(payment.receipt), sweep(5_000_00)])

    outcomes = at_once(*[lambda: import_statement(statement_id=statement.pk, actor=SYSTEM)] * 4)

    assert refused(outcomes) == []
    assert money()[chart.BANK] == 5_000_00
    assert money()[chart.PROVIDER_FEES] == 250_00
    assert broken_invariants() == {}


def test_overlapping_files_at_once_share_no_line_and_claim_no_payment_twice():
    payments = [a_payment() for _ in range(6)]
    rows = [row for p in payments for row in (paid(p), charge(p.receipt))]
    files = [
        an_uploaded_statement(part, closing=f"{n}.00")
        for n, part in enumerate((rows, rows[2:], rows[:-2], rows[3:9]))
    ]

    outcomes = at_once(
        *(lambda file=file: import_statement(statement_id=file.pk, actor=SYSTEM) for file in files)
    )

    assert refused(outcomes) == []
    assert StatementLine.objects.count() == len(rows)
    assert len(matches()) == len(payments)
    assert money()[chart.PROVIDER_FEES] == 6 * 250_00
    assert broken_invariants() == {}


def test_of_two_people_who_resolve_an_exception_one_decides():
    an_imported_statement([Row(a_receipt(), 12_000_00)])
    row = the_exception("missing_in_books")
    actor = staff_actor()
    calls = [
        lambda resolution=resolution: resolve_exception(
            exception_id=row.pk, resolution=resolution, reason="Seen", actor=actor
        )
        for resolution in ("to_suspense", "write_off")
    ]

    outcomes = at_once(*calls)

    assert [type(error) for error in refused(outcomes)] == [IllegalTransition]
    booked = money()
    assert booked[chart.SUSPENSE] + booked[chart.WRITE_OFFS] == -12_000_00
    assert broken_invariants() == {}
