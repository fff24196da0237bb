"""Payouts for reports: as a query to stream, and summed beside the ledger."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.ledger import chart
from marketplace.payouts.states import PayoutStatus
from marketplace.shared.rows import Selection, fetch

_PAYOUTS = """
        FROM payouts_payout p
            JOIN payouts_payoutbatch b ON b.id = p.batch_id
            JOIN sellers_seller s ON s.id = p.seller_id
        WHERE p.created_at >= %(since)s AND p.created_at < %(until)s
            AND %(provider)s IN ('', p.provider) AND %(status)s IN ('', p.status)
            AND %(seller)s IN ('', s.reference)"""
_ON_THE_WAY = [PayoutStatus.APPROVED.value, PayoutStatus.SENT.value, PayoutStatus.UNKNOWN.value]


@dataclass(frozen=True, slots=True)
class PayoutScope:
    """Payouts prepared in [since, until); of one provider, state or seller, where they are named."""

    since: datetime
    until: datetime
    provider: str = ""
    status: str = ""
    seller: str = ""

    def values(self) -> dict[str, Any]:
        return {
            "since": self.since,
            "until": self.until,
            "provider": self.provider,
            "status": self.status,
            "seller": self.seller,
        }


@dataclass(frozen=True, slots=True)
class PayoutFigures:
    """Of the payouts and, beside it, of the postings with their references; minor units."""

    paid_minor: int
    paid_booked_minor: int
    came_back_minor: int
    came_back_booked_minor: int
    on_the_way_minor: int
    on_the_way_booked_minor: int


def paid_totals(*, since: datetime, until: datetime, provider: str = "") -> tuple[int, int]:
    """Payouts settled in [since, until): how many, and minor units as the wallet sees them.

    One that came back later was paid all the same.
    """
    rows = fetch(
        "SELECT count(*), coalesce(-sum(amount_minor), 0)::bigint FROM payouts_payout"
        " WHERE settled_at >= %(since)s AND settled_at < %(until)s AND status = ANY(%(left)s)"
        " AND %(provider)s IN ('', provider)",
        since=since,
        until=until,
        provider=provider,
        left=[PayoutStatus.PAID.value, PayoutStatus.RETURNED.value],
    )
    return int(rows[0][0]), int(rows[0][1])


def returned_totals(*, since: datetime, until: datetime, provider: str = "") -> tuple[int, int]:
    """Payouts that came back in [since, until): how many, and what the wallet got of them."""
    rows = fetch(
        "SELECT count(*), coalesce(sum(amount_minor), 0)::bigint FROM payouts_payout"
        " WHERE returned_at >= %(since)s AND returned_at < %(until)s"
        " AND %(provider)s IN ('', provider)",
        since=since,
        until=until,
        provider=provider,
    )
    return int(rows[0][0]), int(rows[0][1])


def payout_rows(scope: PayoutScope) -> Selection:
    """Payouts, oldest first.

    Prepared, batch, payout, seller, name, provider, state, amount, what was taken back of it before
    it was sent, approved, sent, settled, receipt, what the provider said.
    """
    return Selection(
        """
        SELECT p.created_at, b.reference, p.reference, s.reference, s.name, p.provider, p.status,
            p.amount_minor, p.taken_back_minor, CASE WHEN b.status <> 'rejected' THEN b.decided_at END, p.sent_at,
            p.settled_at, p.receipt, p.provider_message"""
        + _PAYOUTS
        + " ORDER BY p.created_at, p.id",
        scope.values(),
    )


def payout_figures(scope: PayoutScope) -> PayoutFigures:
    """What was paid for good, came back and is on its way, by the payouts and by their postings."""
    rows = fetch(
        """
        WITH chosen AS (SELECT p.reference, p.status, p.amount_minor"""
        + _PAYOUTS
        + """),
        booked AS (
            SELECT split_part(a.code, ':', 1) = 'provider_clearing' AS is_wallet, l.amount_minor
            FROM chosen c
                JOIN ledger_posting l ON l.reference = c.reference
                JOIN ledger_account a ON a.id = l.account_id
            WHERE a.code = %(clearing)s OR starts_with(a.code, %(wallets)s)
        )
        SELECT coalesce(sum(amount_minor) FILTER (WHERE status = %(paid)s), 0)::bigint,
            (SELECT coalesce(-sum(amount_minor), 0)::bigint FROM booked WHERE is_wallet),
            coalesce(sum(amount_minor) FILTER (WHERE status = %(returned)s), 0)::bigint,
            (SELECT coalesce(sum(amount_minor), 0)::bigint FROM booked
                WHERE is_wallet AND amount_minor > 0),
            coalesce(sum(amount_minor) FILTER (WHERE status = ANY(%(open)s)), 0)::bigint,
            (SELECT coalesce(-sum(amount_minor), 0)::bigint FROM booked WHERE NOT is_wallet)
        FROM chosen""",
        **scope.values(),
        paid=PayoutStatus.PAID.value,
        returned=PayoutStatus.RETURNED.value,
        open=_ON_THE_WAY,
        clearing=chart.PAYOUT_CLEARING,
        wallets=chart.provider_clearing(""),
    )
    return PayoutFigures(*map(int, rows[0]))
