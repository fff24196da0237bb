"""Statements and exceptions for reports: as queries to stream, and summed."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.reconciliation.states import (
    ExceptionStatus,
    Resolution,
    StatementStatus,
    SuggestionStatus,
)
from marketplace.shared.rows import Selection, fetch

MISSING = "missing"
"""The state of what our books have and no statement shows, beside the states of lines."""


# Once reported missing, found since: no gap any more.
FOUND = [Resolution.ARRIVED_LATER.value, Resolution.MATCHED.value]


@dataclass(frozen=True, slots=True)
class Ageing:
    """Open exceptions of a provider and kind by their age in days; amounts are wallet minus books."""

    provider: str
    kind: str
    to_2: int
    to_7: int
    to_30: int
    older: int
    difference_minor: int
    absolute_minor: int
    oldest_at: datetime

    @property
    def count(self) -> int:
        return self.to_2 + self.to_7 + self.to_30 + self.older


def line_rows(*, provider: str, since: datetime, until: datetime) -> Selection:
    """Statement lines in [since, until), oldest first, each with its match and latest exception.

    Completed, statement, line, kind, receipt, other party, amount, our amount, difference, state,
    our reference, explanation of the match; reference, kind, explanation, resolution and reason of
    the exception.
    """
    # What belongs to a line is looked up as the lines come in the order of their index: joined as
    # tables they would be hashed, and then a million finished rows sorted before the first is given.
    return Selection(
        """
        SELECT l.completed_at, s.reference, l.line_number, l.kind, l.receipt, l.counterparty,
            l.amount_minor,
            CASE WHEN m.id IS NULL THEN x.expected_minor ELSE l.amount_minor END,
            l.amount_minor
                - coalesce(CASE WHEN m.id IS NULL THEN x.expected_minor ELSE l.amount_minor END, 0),
            l.state,
            coalesce(
                nullif(m.target_reference, ''),
                (SELECT reference FROM reconciliation_suggestion WHERE id = m.suggestion_id),
                x.target_reference
            ),
            m.explanation,
            x.reference, x.kind, x.explanation, x.resolution, x.reason
        FROM reconciliation_statementline l
            CROSS JOIN LATERAL (
                SELECT reference FROM reconciliation_statement WHERE id = l.statement_id LIMIT 1
            ) s
            LEFT JOIN LATERAL (
                SELECT * FROM reconciliation_match WHERE line_id = l.id LIMIT 1
            ) m ON TRUE
            LEFT JOIN LATERAL (
                SELECT * FROM reconciliation_reconciliationexception
                WHERE line_id = l.id AND provider = %(provider)s ORDER BY id DESC LIMIT 1
            ) x ON TRUE
        WHERE l.provider = %(provider)s
            AND l.completed_at >= %(since)s AND l.completed_at < %(until)s
        ORDER BY l.completed_at, l.id""",
        {"provider": provider, "since": since, "until": until},
    )


def gap_rows(*, provider: str, since: datetime, until: datetime) -> Selection:
    """What our books settled in [since, until) and no statement shows, in the columns of lines."""
    return Selection(
        """
        SELECT happened_at, '', NULL::integer, '', '', '', NULL::bigint, expected_minor,
            coalesce(actual_minor, 0) - coalesce(expected_minor, 0), %(state)s, target_reference, '',
            reference, kind, explanation, resolution, reason
        FROM reconciliation_reconciliationexception
        WHERE provider = %(provider)s AND line_id IS NULL AND resolution <> ALL(%(found)s)
            AND happened_at >= %(since)s AND happened_at < %(until)s
        ORDER BY happened_at, id""",
        {
            "provider": provider, "since": since, "until": until,
            "state": MISSING, "found": FOUND,
        },
    )  # fmt: skip


def held_by_lines(*, provider: str, at: datetime) -> int:
    """What the statements say the wallet held just before `at`: what the first one began with, and
    every line since."""
    rows = fetch(
        """
        SELECT coalesce((
                SELECT opening_minor FROM reconciliation_statement
                WHERE provider = %(provider)s AND status = %(imported)s
                    AND opening_minor IS NOT NULL
                ORDER BY period_start, id LIMIT 1), 0)
            + coalesce((
                SELECT sum(amount_minor) FROM reconciliation_statementline
                WHERE provider = %(provider)s AND completed_at < %(at)s), 0)""",
        provider=provider,
        imported=StatementStatus.IMPORTED.value,
        at=at,
    )
    return int(rows[0][0])


def suggested_lines(*, provider: str, since: datetime, until: datetime) -> int:
    """How many lines in [since, until) have a suggested match that waits for a person."""
    rows = fetch(
        """
        SELECT count(DISTINCT l.id) FROM reconciliation_suggestion g
            JOIN reconciliation_suggestionline s ON s.suggestion_id = g.id
            JOIN reconciliation_statementline l ON l.id = s.line_id
        WHERE g.provider = %s AND g.status = %s AND l.completed_at >= %s AND l.completed_at < %s""",
        provider,
        SuggestionStatus.PROPOSED.value,
        since,
        until,
    )
    return int(rows[0][0])


def ageing(*, at: datetime) -> list[Ageing]:
    """What was open at `at`, by provider and kind; amounts in minor units."""
    rows = fetch(
        """
        SELECT provider, kind,
            count(*) FILTER (WHERE days < 3), count(*) FILTER (WHERE days BETWEEN 3 AND 7),
            count(*) FILTER (WHERE days BETWEEN 8 AND 30), count(*) FILTER (WHERE days > 30),
            sum(difference)::bigint, sum(abs(difference))::bigint, min(opened_at)
        FROM (
            SELECT provider, kind, opened_at,
                floor(extract(epoch FROM %(at)s::timestamptz - opened_at) / 86400) AS days,
                coalesce(actual_minor, 0) - coalesce(expected_minor, 0) AS difference
            FROM reconciliation_reconciliationexception
            WHERE opened_at < %(at)s
                AND (status = %(open)s OR resolved_at >= %(at)s)
        ) waiting
        GROUP BY provider, kind ORDER BY provider, kind""",
        at=at,
        open=ExceptionStatus.OPEN.value,
    )
    return [Ageing(*row) for row in rows]
