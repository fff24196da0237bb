"""Payments and refunds for reports: as queries to stream, and summed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.ledger import chart
from marketplace.payments.states import AttemptStatus, PaidFrom, RefundStatus
from marketplace.shared.rows import Selection, fetch

_REFUNDS = """
        FROM payments_refund r
            JOIN payments_attempt a ON a.id = r.attempt_id
            JOIN payments_intent i ON i.id = a.intent_id
            JOIN orders_order o ON o.id = i.order_id
        WHERE r.created_at >= %(since)s AND r.created_at < %(until)s
            AND %(provider)s IN ('', a.provider) AND %(status)s IN ('', r.status)"""


@dataclass(frozen=True, slots=True)
class RefundScope:
    """Refunds asked for in [since, until); of one provider or state, where they are named."""

    since: datetime
    until: datetime
    provider: str = ""
    status: str = ""

    def values(self) -> dict[str, Any]:
        return {
            "since": self.since,
            "until": self.until,
            "provider": self.provider,
            "status": self.status,
            "paid": RefundStatus.SUCCEEDED.value,
        }


@dataclass(frozen=True, slots=True)
class RefundGroup:
    """Refunds of one reason, provider and state; the time is that of those that were paid back."""

    reason: str
    provider: str
    status: str
    count: int
    amount_minor: int
    mean_minutes: int | None


def settled_totals(
    *, since: datetime, until: datetime, provider: str = ""
) -> dict[str, tuple[int, int]]:
    """What providers moved in [since, until): "attempt" and "refund" → (how many, minor units).

    Refunds are negative; those that our bank paid moved no wallet. A payment that was taken back
    later counts as settled all the same.
    """
    rows = fetch(
        """
        SELECT 'attempt', count(*), coalesce(sum(amount_minor), 0) FROM payments_attempt
        WHERE settled_at >= %(since)s AND settled_at < %(until)s AND status = ANY(%(held)s)
            AND %(provider)s IN ('', provider)
        UNION ALL
        SELECT 'refund', count(*), coalesce(-sum(r.amount_minor), 0) FROM payments_refund r
            JOIN payments_attempt a ON a.id = r.attempt_id
        WHERE r.settled_at >= %(since)s AND r.settled_at < %(until)s AND r.status = %(paid)s
            AND %(provider)s IN ('', a.provider)
            AND NOT EXISTS (SELECT FROM payments_refundevidence e
                WHERE e.refund_id = r.id AND e.paid_from = %(bank)s)""",
        since=since,
        until=until,
        provider=provider,
        held=[AttemptStatus.SUCCEEDED.value, AttemptStatus.REVERSED.value],
        paid=RefundStatus.SUCCEEDED.value,
        bank=PaidFrom.BANK.value,
    )
    return {kind: (int(count), int(minor)) for kind, count, minor in rows}


def refund_rows(scope: RefundScope) -> Selection:
    """Refunds, oldest first.

    Asked, refund, order, provider, reason, state, amount, paid back, minutes it took, tries,
    receipt, the provider's code (twice: as it is, and to be explained), what they said, note.
    """
    return Selection(
        """
        SELECT r.created_at, r.reference, o.reference, a.provider, r.reason, r.status,
            r.amount_minor, CASE WHEN r.status = %(paid)s THEN r.settled_at END,
            CASE WHEN r.status = %(paid)s
                THEN floor(extract(epoch FROM r.settled_at - r.created_at) / 60)::bigint END,
            r.tries, r.receipt, r.provider_code, r.provider_code, r.provider_message, r.note"""
        + _REFUNDS
        + " ORDER BY r.created_at, r.id",
        scope.values(),
    )


def refund_groups(scope: RefundScope) -> list[RefundGroup]:
    """Refunds summed by reason, provider and state."""
    rows = fetch(
        """
        SELECT r.reason, a.provider, r.status, count(*), sum(r.amount_minor)::bigint,
            floor(avg(extract(epoch FROM r.settled_at - r.created_at) / 60)
                FILTER (WHERE r.status = %(paid)s))::bigint"""
        + _REFUNDS
        + " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        **scope.values(),
    )
    return [RefundGroup(*row) for row in rows]


def refunds_emptied(scope: RefundScope) -> int:
    """What the ledger paid back of these refunds, in minor units: debits of refunds clearing whose
    event is about one of them and that says so by its state."""
    rows = fetch(
        "SELECT coalesce(sum(p.amount_minor), 0)::bigint FROM (SELECT r.id, r.status"
        + _REFUNDS
        + """) r
            JOIN shared_loggedevent v ON v.aggregate = 'refund' AND v.aggregate_id = r.id::text
            JOIN ledger_entry e ON e.event_id = v.id
            JOIN ledger_posting p ON p.entry_id = e.id AND p.amount_minor > 0
            JOIN ledger_account c ON c.id = p.account_id AND c.code = %(clearing)s
        WHERE r.status = %(paid)s""",
        **scope.values(),
        clearing=chart.REFUNDS_CLEARING,
    )
    return int(rows[0][0])
