"""Why a wallet and our books moved differently in a period: each difference by its cause.

Every statement line and every posting of the wallet's account belongs to one link: the payment,
refund or payout it stands for, the statement whose charges were booked at once, a confirmed sum, an
exception. What a link's lines and postings leave in a period has a cause where the link is sound:
both sides agree once the neighbouring periods are seen, a person has explained it, or no statement
covers its time yet. Whatever belongs to no sound link is nobody's to name.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.ledger import chart
from marketplace.reconciliation.figures import FOUND
from marketplace.reconciliation.policies import SAFETY_MARGIN
from marketplace.reconciliation.states import (
    ExceptionStatus,
    Resolution,
    StatementStatus,
    TargetKind,
)
from marketplace.shared.rows import fetch


class Cause(models.TextChoices):
    """Why the wallet and our books differ, where nothing is wrong or somebody has said so."""

    OTHER_PERIOD = "other_period", _("Settled on the other side of the period's edge")
    CHARGES = "charges", _("Charges and transfers booked in another period")
    CORRECTIONS = "corrections", _("Corrections booked in another period")
    NOT_STATED = "not_stated", _("Not covered by a statement yet")
    NO_ACTION = Resolution.NO_ACTION.value, _("Explained by a person, nothing to book")


@dataclass(frozen=True, slots=True)
class Named:
    """One cause: how many payments, statements or exceptions, and the wallet minus our books."""

    cause: str
    count: int
    minor: int

    @property
    def label(self) -> str:
        return str(Cause(self.cause).label)


# A line is what it is matched with. One whose amount differs counts for what was expected; the rest
# is its exception's, as is a line that nothing explains.
_LINES = """
SELECT part.*, l.completed_at AS at, true AS is_seen, m.id IS NOT NULL AS is_matched
FROM reconciliation_statementline l
    LEFT JOIN reconciliation_match m ON m.line_id = l.id
    LEFT JOIN (
        SELECT DISTINCT ON (line_id) id, line_id, target_reference, expected_minor
        FROM reconciliation_reconciliationexception
        WHERE provider = %(provider)s AND line_id IS NOT NULL
        ORDER BY line_id, id DESC
    ) x ON x.line_id = l.id AND m.id IS NULL
    CROSS JOIN LATERAL (
        SELECT CASE WHEN m.target_kind IN ('fee', 'sweep') THEN m.target_kind
                WHEN m.target_reference <> '' THEN 'ours' ELSE 'sum' END AS what,
            CASE WHEN m.target_kind IN ('fee', 'sweep') THEN l.statement_id::text
                WHEN m.target_reference <> '' THEN m.target_reference
                ELSE m.suggestion_id::text END AS name,
            m.target_reference <> '' AND l.amount_minor < 0 AS is_out,
            l.amount_minor AS minor
        WHERE m.id IS NOT NULL
        UNION ALL SELECT 'ours', x.target_reference, x.expected_minor < 0, x.expected_minor
        WHERE m.id IS NULL AND x.expected_minor IS NOT NULL
        UNION ALL SELECT CASE WHEN x.id IS NULL THEN 'line' ELSE 'exception' END,
            coalesce(x.id::text, l.id::text), false, l.amount_minor - coalesce(x.expected_minor, 0)
        WHERE m.id IS NULL
    ) part
WHERE l.provider = %(provider)s"""

# What we settled and no statement shows: the exception says that the wallet has nothing of it.
_GAPS = """
SELECT part.*, x.happened_at AS at, true AS is_seen, false AS is_matched
FROM reconciliation_reconciliationexception x
    CROSS JOIN LATERAL (
        SELECT 'ours' AS what, x.target_reference AS name, x.expected_minor < 0 AS is_out,
            x.expected_minor AS minor
        UNION ALL SELECT 'exception', x.id::text, false, coalesce(x.actual_minor, 0) - x.expected_minor
    ) part
WHERE x.provider = %(provider)s AND x.line_id IS NULL AND x.expected_minor IS NOT NULL
    AND x.resolution <> ALL(%(found)s)"""

_POSTINGS = """
SELECT CASE
        WHEN held.suggestion_id IS NOT NULL THEN 'sum'
        WHEN ours.reference IS NOT NULL THEN 'ours'
        WHEN v.aggregate = 'statement' THEN v.payload ->> 'kind'
        WHEN v.aggregate = 'exception' THEN 'exception'
        ELSE 'event' END AS what,
    coalesce(held.suggestion_id::text, ours.reference, CASE
        WHEN v.aggregate IN ('statement', 'exception') THEN v.aggregate_id ELSE v.id::text END) AS name,
    held.suggestion_id IS NULL AND ours.reference IS NOT NULL AND p.amount_minor < 0 AS is_out,
    -p.amount_minor AS minor, p.posted_at AS at, false AS is_seen, false AS is_matched
FROM ledger_posting p
    JOIN ledger_account c ON c.id = p.account_id AND c.code = %(wallet)s
    JOIN ledger_entry e ON e.id = p.entry_id
    JOIN shared_loggedevent v ON v.id = e.event_id
    LEFT JOIN payments_attempt a
        ON a.id = CASE WHEN v.aggregate = 'attempt' THEN v.aggregate_id::uuid END
    LEFT JOIN payments_refund r
        ON r.id = CASE WHEN v.aggregate = 'refund' THEN v.aggregate_id::uuid END
    LEFT JOIN payouts_payout o
        ON o.id = CASE WHEN v.aggregate = 'payout' THEN v.aggregate_id::uuid END
    LEFT JOIN payouts_topup t
        ON t.id = CASE WHEN v.aggregate = 'top_up' THEN v.aggregate_id::uuid END
    CROSS JOIN LATERAL (
        SELECT coalesce(a.reference, r.reference, o.reference, t.reference) AS reference) ours
    LEFT JOIN reconciliation_suggestiontarget held ON held.is_held
        AND held.target_reference = ours.reference
        AND sign(held.amount_minor) = sign(p.amount_minor)
WHERE true"""

_WHEN = "{0} >= %(since)s AND {0} < %(until)s"
_NOT_WHEN = "({0} < %(since)s OR {0} >= %(until)s)"
_HERE = f"""
{_LINES} AND {_WHEN.format("l.completed_at")}
UNION ALL {_GAPS} AND {_WHEN.format("x.happened_at")}
UNION ALL {_POSTINGS} AND {_WHEN.format("p.posted_at")}"""

# The same links before and after: few are left, and each is looked up by its name (what is not "" is
# indexed). Something of ours that a line of the period is matched with has no other line
# (`match_target_once`).
_ELSEWHERE = f"""
{_LINES} AND {_NOT_WHEN.format("l.completed_at")} AND l.id IN (
    SELECT m.line_id FROM loose JOIN reconciliation_match m
        ON m.target_reference = loose.name AND m.target_reference <> ''
        AND m.target_kind = ANY(%(kinds)s) WHERE loose.what = 'ours' AND NOT loose.is_matched
    UNION ALL SELECT x.line_id FROM loose JOIN reconciliation_reconciliationexception x
        ON x.target_reference = loose.name AND x.target_reference <> '' WHERE loose.what = 'ours'
    UNION ALL SELECT x.line_id FROM loose JOIN reconciliation_reconciliationexception x
        ON x.id = loose.id WHERE loose.what = 'exception'
    UNION ALL SELECT m.line_id FROM loose JOIN reconciliation_match m
        ON m.suggestion_id = loose.id WHERE loose.what = 'sum'
    UNION ALL SELECT f.id FROM loose JOIN reconciliation_statementline f
        ON f.statement_id = loose.id AND {_NOT_WHEN.format("f.completed_at")}
        WHERE loose.what IN ('fee', 'sweep'))
UNION ALL {_GAPS} AND {_NOT_WHEN.format("x.happened_at")} AND x.id IN (
    SELECT x.id FROM loose JOIN reconciliation_reconciliationexception x
        ON x.target_reference = loose.name AND x.target_reference <> '' WHERE loose.what = 'ours'
    UNION ALL SELECT loose.id FROM loose WHERE loose.what = 'exception')
UNION ALL {_POSTINGS} AND {_NOT_WHEN.format("p.posted_at")} AND p.entry_id IN (
    WITH named AS (
        SELECT loose.name FROM loose WHERE loose.what = 'ours'
        UNION SELECT t.target_reference FROM loose JOIN reconciliation_suggestiontarget t
            ON t.suggestion_id = loose.id WHERE loose.what = 'sum'
    )
    SELECT e.id FROM (
        SELECT 'attempt' AS kind, a.id::text FROM named
            JOIN payments_attempt a ON a.reference = named.name
        UNION ALL SELECT 'refund', r.id::text FROM named
            JOIN payments_refund r ON r.reference = named.name
        UNION ALL SELECT 'payout', o.id::text FROM named
            JOIN payouts_payout o ON o.reference = named.name
        UNION ALL SELECT 'top_up', t.id::text FROM named
            JOIN payouts_topup t ON t.reference = named.name
        UNION ALL SELECT CASE loose.what WHEN 'exception' THEN 'exception' ELSE 'statement' END,
            loose.id::text FROM loose WHERE loose.what IN ('exception', 'fee', 'sweep')
    ) thing (aggregate, id)
        JOIN shared_loggedevent v ON v.aggregate = thing.aggregate AND v.aggregate_id = thing.id
        JOIN ledger_entry e ON e.event_id = v.id)"""  # noqa: S608 - our own words

# An open exception is listed by its kind, with the difference that it stands for: only what its
# bookings and their undoing leave in the period is a correction.
_NAMED = f"""
WITH here AS (
    SELECT what, name, is_out, sum(minor)::bigint AS minor, min(at) AS at,
        bool_or(is_seen) AS is_seen, bool_or(is_matched) AS is_matched
    FROM ({_HERE}) contribution
    GROUP BY what, name, is_out HAVING sum(minor) <> 0 OR what = 'exception'
), loose AS MATERIALIZED (
    SELECT *, CASE WHEN what IN ('exception', 'fee', 'sweep', 'sum') THEN name::uuid END AS id
    FROM here
), elsewhere AS (
    SELECT what, name, is_out, sum(minor) AS minor, bool_or(is_seen) AS is_seen
    FROM ({_ELSEWHERE}) contribution GROUP BY what, name, is_out
), judged AS (
    SELECT CASE
            WHEN open.minor IS NOT NULL AND whole.minor = open.minor THEN %(corrections)s
            WHEN open.minor IS NOT NULL THEN NULL
            WHEN x.id IS NOT NULL AND whole.minor = 0 THEN %(corrections)s
            WHEN x.resolution = %(no_action)s THEN %(no_action)s
            WHEN whole.minor = 0 AND loose.what IN ('fee', 'sweep') THEN %(charges)s
            WHEN whole.minor = 0 AND loose.what IN ('ours', 'sum') THEN %(other_period)s
            WHEN loose.what = 'ours' AND NOT whole.is_seen AND NOT EXISTS (
                SELECT FROM reconciliation_statement s
                WHERE s.provider = %(provider)s AND s.status = %(imported)s
                    AND loose.at >= s.period_start + %(margin)s
                    AND loose.at < least(s.period_end, s.uploaded_at) - %(margin)s) THEN %(not_stated)s
            END AS cause,
        loose.minor - CASE WHEN {_WHEN.format("x.happened_at")}
            THEN coalesce(open.minor, 0) ELSE 0 END AS minor
    FROM loose LEFT JOIN elsewhere USING (what, name, is_out)
        CROSS JOIN LATERAL (SELECT loose.minor + coalesce(elsewhere.minor, 0) AS minor,
            loose.is_seen OR coalesce(elsewhere.is_seen, false) AS is_seen) whole
        LEFT JOIN reconciliation_reconciliationexception x
            ON loose.what = 'exception' AND x.id = loose.id
        CROSS JOIN LATERAL (SELECT CASE WHEN x.status = %(open)s
            THEN coalesce(x.actual_minor, 0) - coalesce(x.expected_minor, 0) END AS minor) open
)
SELECT cause, count(*), sum(minor)::bigint FROM judged
WHERE cause IS NOT NULL AND minor <> 0 GROUP BY cause ORDER BY cause
"""  # noqa: S608 - our own words

_BOOKED = """
SELECT CASE
        WHEN v.aggregate = 'attempt' AND p.amount_minor > 0 THEN 'payment'
        WHEN v.aggregate IN ('attempt', 'refund') THEN 'refund'
        WHEN v.aggregate = 'payout' AND p.amount_minor > 0 THEN 'return'
        WHEN v.aggregate IN ('payout', 'top_up') THEN v.aggregate
        WHEN v.aggregate = 'statement' THEN v.payload ->> 'kind'
        WHEN v.aggregate = 'exception' THEN 'correction'
        ELSE 'other' END,
    count(DISTINCT p.entry_id), sum(p.amount_minor)::bigint
FROM ledger_posting p
    JOIN ledger_account c ON c.id = p.account_id AND c.code = %(wallet)s
    JOIN ledger_entry e ON e.id = p.entry_id
    JOIN shared_loggedevent v ON v.id = e.event_id
WHERE p.posted_at >= %(since)s AND p.posted_at < %(until)s
GROUP BY 1"""


def named_differences(*, provider: str, since: datetime, until: datetime) -> list[Named]:
    """What the wallet moved in [since, until) less what our books did, by cause.

    Without open exceptions, which are listed by their kind; what neither names is not explained.
    """
    rows = fetch(
        _NAMED,
        provider=provider,
        wallet=chart.provider_clearing(provider),
        since=since,
        until=until,
        found=FOUND,
        margin=SAFETY_MARGIN,
        open=ExceptionStatus.OPEN.value,
        imported=StatementStatus.IMPORTED.value,
        kinds=[kind.value for kind in TargetKind if kind not in {TargetKind.FEE, TargetKind.SWEEP}],
        **{cause.value: cause.value for cause in Cause},
    )
    return [Named(*row) for row in rows]


def booked_by_kind(
    *, provider: str, since: datetime, until: datetime
) -> dict[str, tuple[int, int]]:
    """What the ledger moved a wallet by in [since, until): kind of line → (entries, minor units).

    What a provider took back counts as a refund; beside the kinds of lines there is "correction",
    which people booked against exceptions.
    """
    rows = fetch(_BOOKED, wallet=chart.provider_clearing(provider), since=since, until=until)
    return {kind: (int(count), int(minor)) for kind, count, minor in rows}
