"""Why a person must look is told in the reader's language, whichever the file was read in."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from marketplace.reconciliation.models import Match, ReconciliationException, Suggestion
from marketplace.reconciliation.sentences import BECAUSE, FOUND, in_words, suggested_in_words
from tests.factories.reconciliation import NOON, Row, a_payment, a_receipt, charge, given_back, paid
from tests.factories.reconciliation import a_refund as refunded
from tests.marketplace.reconciliation.books import an_imported_statement

pytestmark = pytest.mark.django_db


def every_kind() -> list[ReconciliationException]:
    short, twice, charged = (a_payment() for _ in range(3))
    a_payment()
    reversed_by_them = given_back(refunded(a_payment(), receipt="")).with_(
        receipt=a_receipt(), linked=charged.receipt
    )
    an_imported_statement(
        [
            paid(short, amount_minor=24_000_00),
            paid(twice),
            paid(twice, receipt=a_receipt()),
            paid(charged),
            charge(charged.receipt, 9_000_00),
            Row(a_receipt(), 12_000_00),
            Row(a_receipt(), -5_000_00, reason="Something new"),
            reversed_by_them,
        ]
    )
    return list(ReconciliationException.objects.all())


def test_every_sentence_is_said_again_in_the_language_of_the_reader():
    rows = every_kind()

    assert len({row.kind for row in rows}) >= 6
    for row in rows:
        with override("en"):
            assert in_words(row) == row.explanation
        with override("sw"):
            swahili = in_words(row)
            assert FOUND.again(row.explanation) == swahili
        assert swahili not in ("", row.explanation), row.kind
        for name in (row.target_reference, row.line.receipt if row.line else ""):
            assert (name in swahili) == (name in row.explanation)


def test_what_is_found_in_a_swahili_readers_request_is_kept_as_any_other():
    with override("sw"):
        rows = every_kind()

    assert [row.explanation for row in rows] == [in_words(row) for row in rows]
    for match in Match.objects.all():
        with override("sw"):
            assert BECAUSE.again(match.explanation) != match.explanation


def test_an_exception_from_before_keeps_its_sentence():
    row = ReconciliationException(explanation="As it was said then.")

    with override("sw"):
        assert in_words(row) == "As it was said then."


def test_a_suggestion_is_explained_in_the_language_of_the_reader():
    payment = a_payment()
    digits = payment.msisdn.lstrip("+")
    party = f"{digits[:5]}****{digits[-3:]} - ASHA M."
    at = NOON + timedelta(minutes=2)
    an_imported_statement([paid(payment, receipt=a_receipt(), account="TILL", party=party, at=at)])
    suggestion = Suggestion.objects.get()

    with override("en"):
        assert suggested_in_words(suggestion) == suggestion.explanation
    with override("sw"):
        assert suggested_in_words(suggestion) != suggestion.explanation
        assert BECAUSE.again(suggestion.explanation) == suggested_in_words(suggestion)
        assert payment.reference in suggested_in_words(suggestion)
