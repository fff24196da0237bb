"""Differences planted in a long statement: all are found, rightly named, and nothing else is."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.payments.models import Attempt
from marketplace.reconciliation.commands import import_statement
from marketplace.reconciliation.models import Match, ReconciliationException
from tests.factories.accounts import SYSTEM
from tests.factories.reconciliation import (
    Row,
    a_receipt,
    an_uploaded_statement,
    charge,
    many_payments,
    paid,
)
from tests.marketplace.reconciliation.books import broken_invariants, everything

pytestmark = pytest.mark.django_db

EACH = 12


def planted(payments: list[Attempt]) -> tuple[list[Row], Counter[str]]:
    """The lines of a statement, ten kinds of them in turn, and the exceptions they must give."""
    rows: list[Row] = []
    expected: Counter[str] = Counter()
    for number, payment in enumerate(payments):
        right, alone = paid(payment), a_receipt()
        lines, exceptions = {
            0: ([right, charge(payment.receipt, at=right.at)], []),
            1: ([right.with_(amount_minor=24_000_00)], ["amount_differs"]),
            2: ([right.with_(balance="1.00"), right.with_(balance="2.00")], ["duplicate"]),
            3: ([], ["missing_in_statement"]),
            4: ([right, Row(alone, 9_000_00, right.at, account="TILL")], ["missing_in_books"]),
            5: ([right, charge(payment.receipt, 5_000_00, at=right.at)], ["fee_unexpected"]),
            6: ([right, Row(alone, -100_00, right.at, reason="Adjustment")], ["unknown"]),
            7: ([right.with_(receipt=alone)], []),
            8: ([right, right.with_(receipt=alone, amount_minor=500_00)], ["duplicate"]),
            9: ([right, right.with_(status="Failed", receipt=alone)], []),
        }[number % 10]
        rows += lines
        expected.update(exceptions)
    return rows, expected


def test_every_planted_difference_is_found_and_nothing_else():
    rows, expected = planted(many_payments(10 * EACH))
    statement = an_uploaded_statement(rows)

    import_statement(statement_id=statement.pk, actor=SYSTEM)

    found = Counter(ReconciliationException.objects.values_list("kind", flat=True))
    assert found == expected
    # Of three kinds, the payment itself is not matched or has no line.
    assert Match.objects.filter(target_kind="attempt").count() == 8 * EACH
    assert broken_invariants() == {}


def test_the_same_lines_in_another_file_change_nothing():
    rows, _expected = planted(many_payments(10 * EACH))
    statement = an_uploaded_statement(rows)
    import_statement(statement_id=statement.pk, actor=SYSTEM)
    before = everything()

    again = an_uploaded_statement(rows, closing="1.00")
    import_statement(statement_id=again.pk, actor=SYSTEM)

    again.refresh_from_db()
    assert again.lines_duplicate == again.lines_total
    assert everything() == before


def test_ten_times_the_lines_take_no_more_queries():
    counts = []
    for count in (10, 100):
        statement = an_uploaded_statement([paid(payment) for payment in many_payments(count)])
        with CaptureQueriesContext(connection) as captured:
            import_statement(statement_id=statement.pk, actor=SYSTEM)
        counts.append(len(captured))

    assert counts[0] == counts[1]
