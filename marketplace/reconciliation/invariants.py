"""What must hold of statements, matches and exceptions at every moment."""

from itertools import batched

from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from marketplace.ledger import chart
from marketplace.ledger.queries import totals_by_reference
from marketplace.payments.gateways import provider_names
from marketplace.payments.queries import settled_movements
from marketplace.payouts.queries import paid_movements
from marketplace.reconciliation.models import Match, Statement, StatementLine
from marketplace.reconciliation.states import StatementStatus, TargetKind
from marketplace.shared.invariants import Finding, Invariant, by_sql

ROWS_PER_STEP = 2_000
_OURS = (
    TargetKind.ATTEMPT,
    TargetKind.REFUND,
    TargetKind.PAYOUT,
    TargetKind.RETURNED,
    TargetKind.TOP_UP,
)


def _amounts_equal() -> Finding:
    """Every matched line moved exactly what its payment, refund or payout did."""
    matches = Match.objects.filter(target_kind__in=_OURS).exclude(target_reference="")
    counted = matches.count()
    if not counted:
        return Finding(0)
    differing = [each for name in provider_names() for each in _differing(name)]
    return Finding(counted, len(differing), differing[:5])


def _differing(provider: str) -> list[str]:
    queries = [*settled_movements(provider=provider), *paid_movements(provider=provider)]
    parts = [query.query.sql_with_params() for query in queries]
    ours = " UNION ALL ".join(sql for sql, _params in parts)
    params = [value for _sql, values in parts for value in values]
    with connection.cursor() as cursor:
        cursor.execute(DIFFERING.format(ours), [*params, list(_OURS), provider])
        return [str(row[0]) for row in cursor.fetchall()]


DIFFERING = """
SELECT m.target_reference
FROM reconciliation_match m
JOIN reconciliation_statementline l ON l.id = m.line_id
LEFT JOIN ({}) AS s (kind, reference, receipt, amount_minor, settled_at, wallet, payment_receipt,
    is_expected) ON s.kind = m.target_kind AND s.reference = m.target_reference
WHERE m.target_kind = ANY(%s) AND m.target_reference <> '' AND l.provider = %s
    AND s.amount_minor IS DISTINCT FROM l.amount_minor
"""


def _booked() -> Finding:
    """A statement's ledger entries move provider clearing by its charges and transfers."""
    statements = Statement.objects.filter(status=StatementStatus.IMPORTED).order_by("pk")
    counted, differing = 0, []
    for step in batched(statements.iterator(chunk_size=ROWS_PER_STEP), ROWS_PER_STEP):
        lines = _charges_and_transfers(StatementLine.objects.filter(statement__in=step))
        for provider in {statement.provider for statement in step}:
            of_provider = [statement for statement in step if statement.provider == provider]
            posted = totals_by_reference(
                account=chart.provider_clearing(provider),
                references=[statement.reference for statement in of_provider],
            )
            counted += len(of_provider)
            differing += [
                statement.reference
                for statement in of_provider
                if posted.get(statement.reference, 0) != lines.get(statement.pk, 0)
            ]
    return Finding(counted, len(differing), differing[:5])


def _charges_and_transfers(lines: QuerySet[StatementLine]) -> dict[object, int]:
    rows = (
        lines.filter(match__target_kind__in=[TargetKind.FEE, TargetKind.SWEEP])
        .order_by()
        .values_list("statement_id")
        .annotate(total=Sum("amount_minor"))
    )
    return dict(rows)


# What an exception's resolution books, of an open one nothing, and against which account.
RESOLUTIONS_BOOKED = """
SELECT e.reference FROM reconciliation_reconciliationexception e
CROSS JOIN LATERAL (SELECT CASE WHEN e.status = 'resolved'
        AND e.resolution IN ('to_suspense', 'as_fee', 'write_off')
    THEN coalesce(e.actual_minor, 0) - coalesce(e.expected_minor, 0) ELSE 0 END AS minor) owed
CROSS JOIN LATERAL (
    SELECT
        coalesce(sum(p.amount_minor)
            FILTER (WHERE a.code = 'provider_clearing:' || e.provider), 0) AS wallet,
        coalesce(sum(p.amount_minor) FILTER (WHERE a.code = CASE e.resolution
            WHEN 'to_suspense' THEN 'suspense' WHEN 'as_fee' THEN 'provider_fees'
            WHEN 'write_off' THEN 'write_offs' END), 0) AS against
    FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
    WHERE p.reference = e.reference
) booked
WHERE booked.wallet <> owed.minor OR booked.against <> -owed.minor
"""

INVARIANTS = [
    Invariant(
        "reconciliation.lines_judged",
        _("Every line of an imported statement is matched, in exception or resolved."),
        by_sql(
            "SELECT count(*) FROM reconciliation_statementline",
            "SELECT l.id FROM reconciliation_statementline l WHERE l.state = 'unmatched'",
        ),
    ),
    Invariant(
        "reconciliation.states_agree",
        _(
            "A line is matched with a match only, in exception with an open exception only, and"
            " resolved with a closed one only."
        ),
        by_sql(
            "SELECT count(*) FROM reconciliation_statementline",
            "SELECT l.id FROM reconciliation_statementline l"
            " LEFT JOIN reconciliation_match m ON m.line_id = l.id"
            " LEFT JOIN LATERAL (SELECT bool_or(e.status = 'open') AS open, count(*) AS all_of_them"
            "   FROM reconciliation_reconciliationexception e WHERE e.line_id = l.id) x ON true"
            " WHERE (l.state = 'matched') <> (m.id IS NOT NULL)"
            " OR (l.state = 'exception') <> COALESCE(x.open, false)"
            " OR (l.state = 'resolved' AND x.all_of_them = 0)",
        ),
    ),
    Invariant(
        "reconciliation.lines_counted",
        _("A statement has as many lines as it brought, less those that an earlier file had."),
        by_sql(
            "SELECT count(*) FROM reconciliation_statement",
            "SELECT s.reference FROM reconciliation_statement s"
            " LEFT JOIN reconciliation_statementline l ON l.statement_id = s.id"
            " GROUP BY s.id HAVING count(l.id) <> s.lines_total - s.lines_duplicate",
        ),
    ),
    Invariant(
        "reconciliation.amounts_equal",
        _("A matched line and what it stands for have the same amount."),
        _amounts_equal,
    ),
    Invariant(
        "reconciliation.sums_equal",
        _(
            "Lines and movements that were matched by their sums have the same sum, and no movement"
            " is matched twice."
        ),
        by_sql(
            "SELECT count(*) FROM reconciliation_suggestion WHERE status = 'confirmed'",
            "SELECT s.reference FROM reconciliation_suggestion s"
            " WHERE s.status = 'confirmed' AND ("
            "   (SELECT sum(l.amount_minor) FROM reconciliation_match m"
            "     JOIN reconciliation_statementline l ON l.id = m.line_id"
            "     WHERE m.suggestion_id = s.id) <>"
            "   (SELECT sum(t.amount_minor) FROM reconciliation_suggestiontarget t"
            "     WHERE t.suggestion_id = s.id)"
            " OR EXISTS (SELECT FROM reconciliation_suggestiontarget t"
            "     JOIN reconciliation_match m USING (target_kind, target_reference)"
            "     WHERE t.suggestion_id = s.id AND t.is_held))",
        ),
    ),
    Invariant(
        "reconciliation.charges_booked",
        _("The ledger holds every statement's charges and transfers, once."),
        _booked,
    ),
    Invariant(
        "reconciliation.matches_confirmed",
        _("A suggestion has matches and holds movements while it is confirmed, and only then."),
        by_sql(
            "SELECT count(*) FROM reconciliation_suggestion WHERE status <> 'proposed'",
            "SELECT s.reference FROM reconciliation_suggestion s"
            " WHERE (s.status = 'confirmed') <> EXISTS (SELECT FROM reconciliation_match m"
            "     WHERE m.suggestion_id = s.id)"
            " OR s.status <> 'confirmed' AND EXISTS (SELECT FROM reconciliation_suggestiontarget t"
            "     WHERE t.suggestion_id = s.id AND t.is_held)",
        ),
    ),
    Invariant(
        "reconciliation.resolutions_booked",
        _(
            "The ledger holds the difference of every exception that was resolved by a booking, once"
            " and against that account, and nothing of one that is open."
        ),
        by_sql("SELECT count(*) FROM reconciliation_reconciliationexception", RESOLUTIONS_BOOKED),
    ),
]
