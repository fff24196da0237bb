"""A long statement with differences planted in it: all are found, as what they are, and nothing else.

RELIABILITY M8 in its tier for every run. A tenth of the payments is wrong in each of ten ways.
"""

from datetime import timedelta
from typing import NamedTuple

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from marketplace.payments.models import Attempt
from marketplace.reconciliation import contest
from marketplace.reconciliation.commands import gaps, import_statement, look_again
from marketplace.reconciliation.models import Match, ReconciliationException, Suggestion
from tests.factories.accounts import SYSTEM
from tests.factories.reconciliation import (
    NOON,
    Row,
    a_payment,
    a_receipt,
    an_uploaded_statement,
    charge,
    many_payments,
    paid,
)
from tests.marketplace.reconciliation.books import (
    an_imported_statement,
    broken_invariants,
    everything,
)

pytestmark = pytest.mark.django_db

EACH = 12


class Difference(NamedTuple):
    """What must be found: the kind, the line by receipt and amount, and what of ours it names."""

    kind: str
    receipt: str
    amount_minor: int | None
    target: str


def planted(payments: list[Attempt]) -> tuple[list[Row], set[Difference]]:
    """The lines of a statement, ten kinds of them in turn, and the exceptions they must give."""
    rows: list[Row] = []
    expected: set[Difference] = set()
    for number, payment in enumerate(payments):
        lines, differences = wrong_in(number % 10, payment)
        rows += lines
        expected.update(differences)
    return rows, expected


def wrong_in(way: int, payment: Attempt) -> tuple[list[Row], list[Difference]]:
    right, alone, ours = paid(payment), a_receipt(), payment.reference
    own, whole = payment.receipt, payment.amount_minor
    twice = right.with_(receipt=alone, amount_minor=500_00)
    reversal = Row(
        alone, -whole, right.at, reason="Utility Payment Reversal", linked=payment.receipt
    )
    return {
        0: ([right, charge(own, at=right.at)], []),
        1: (
            [right.with_(amount_minor=24_000_00)],
            [Difference("amount_differs", own, 24_000_00, ours)],
        ),
        2: (
            [right.with_(balance="1.00"), right.with_(balance="2.00")],
            [Difference("duplicate", own, whole, ours)],
        ),
        3: ([], [Difference("missing_in_statement", "", None, ours)]),
        4: (
            [right, Row(alone, 9_000_00, right.at, account="TILL")],
            [Difference("missing_in_books", alone, 9_000_00, "")],
        ),
        5: (
            [right, charge(own, 5_000_00, at=right.at)],
            [Difference("fee_unexpected", own, -5_000_00, "")],
        ),
        6: (
            [right, Row(alone, -100_00, right.at, reason="Adjustment")],
            [Difference("unknown", alone, -100_00, "")],
        ),
        7: ([right, reversal], [Difference("reversed", alone, -whole, "")]),
        8: ([right, twice], [Difference("duplicate", alone, 500_00, ours)]),
        9: ([right.with_(receipt=own.lower(), account=""), right.with_(status="Failed")], []),
    }[way]


def found() -> list[Difference]:
    rows = ReconciliationException.objects.filter(status="open").select_related("line")
    return [
        Difference(
            row.kind, row.line.receipt if row.line else "", row.actual_minor, row.target_reference
        )
        for row in rows
    ]


def test_every_planted_difference_is_found_as_what_it_is_and_nothing_else():
    rows, expected = planted(many_payments(10 * EACH))

    an_imported_statement(rows)

    assert len(expected) == 8 * EACH
    assert sorted(found()) == sorted(expected)
    # Of two ways, the payment itself is not matched or has no line.
    assert Match.objects.filter(target_kind="attempt").count() == 8 * EACH
    assert not Suggestion.objects.exists()
    assert broken_invariants() == {}


def test_control_without_the_contest_of_claims_the_database_itself_refuses(monkeypatch):
    rows, _expected = planted(many_payments(10 * EACH))
    statement = an_uploaded_statement(rows)
    monkeypatch.setattr(contest, "BEATEN", "UPDATE verdict SET exception = exception")

    with pytest.raises(IntegrityError, match="match_target_once"):
        import_statement(statement_id=statement.pk, actor=SYSTEM)


def at_the_edge() -> dict[str, object]:
    """Payments that our clock puts at the end of a statement, and the provider's into the next."""
    late = NOON + timedelta(hours=1)
    for minute in range(EACH):
        a_payment(settled_at=late - timedelta(minutes=minute))
    return {"since": NOON - timedelta(hours=1), "until": late}


def test_what_the_edge_of_a_day_shifts_is_no_difference():
    an_imported_statement([], **at_the_edge())

    assert found() == []


def test_control_without_a_margin_the_edge_of_a_day_raises_false_alarms(monkeypatch):
    monkeypatch.setattr(gaps, "SAFETY_MARGIN", timedelta(0))

    an_imported_statement([], **at_the_edge())

    assert len(found()) == EACH - 1  # The one at the very end is outside.


def test_importing_and_looking_again_changes_nothing():
    rows, _expected = planted(many_payments(10 * EACH))
    statement = an_imported_statement(rows)
    before, seen = everything(), sorted(found())

    import_statement(statement_id=statement.pk, actor=SYSTEM)
    assert look_again(provider="mpesa", actor=SYSTEM) == 0

    assert everything() == before
    assert sorted(found()) == seen


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
