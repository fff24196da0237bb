"""A statement with a line that is matched, one that is not, and what may explain it; as plain rows."""

from datetime import timedelta

from django.core.files.base import ContentFile

from marketplace.payments.models import Attempt
from marketplace.reconciliation.models import (
    Match,
    ReconciliationException,
    Statement,
    StatementLine,
    Suggestion,
    SuggestionLine,
    SuggestionTarget,
)
from marketplace.shared import clock


def its_statement(
    attempt: Attempt, number: int
) -> tuple[Statement, StatementLine, ReconciliationException]:
    now = clock.now()
    statement = Statement.objects.create(
        provider="mpesa",
        file=ContentFile(b"receipt,amount\n", "statement.csv"),
        original_name="statement.csv",
        sha256=f"{number:064d}",
        status="imported",
        period_start=now - timedelta(days=1),
        period_end=now,
        opening_minor=0,
        closing_minor=attempt.amount_minor,
        lines_total=2,
        uploaded_at=now,
    )
    lines = [
        StatementLine.objects.create(
            statement=statement,
            provider="mpesa",
            dedupe_key=f"{number}-{position}",
            line_number=position,
            kind="payment",
            receipt=receipt,
            completed_at=now,
            amount_minor=attempt.amount_minor,
            raw={"Receipt No.": receipt},
            state=state,
        )
        for position, (receipt, state) in enumerate(
            [(attempt.receipt, "matched"), (f"LOST{number}", "exception")], 1
        )
    ]
    Match.objects.create(
        line=lines[0],
        target_kind="attempt",
        target_reference=attempt.reference,
        rule="receipt",
        explanation="Same receipt and amount.",
        matched_at=now,
    )
    exception = ReconciliationException.objects.create(
        provider="mpesa",
        kind="missing_in_books",
        line=lines[1],
        actual_minor=attempt.amount_minor,
        explanation="The provider has a receipt that we do not know.",
        happened_at=now,
        opened_at=now,
    )
    return statement, lines[1], exception


def its_suggestion(line: StatementLine, attempt: Attempt, number: int) -> Suggestion:
    now = clock.now()
    suggestion = Suggestion.objects.create(
        provider="mpesa",
        fingerprint=f"{number:064d}",
        rule="amount_wallet_time",
        score=75,
        explanation="By this wallet at about that time.",
        suggested_at=now,
    )
    SuggestionLine.objects.create(suggestion=suggestion, line=line)
    SuggestionTarget.objects.create(
        suggestion=suggestion,
        target_kind="attempt",
        target_reference=attempt.reference,
        amount_minor=attempt.amount_minor,
        settled_at=now,
    )
    return suggestion
