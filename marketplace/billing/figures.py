"""Commission as it is billed, for reports: beside what the ledger booked."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.ledger import chart
from marketplace.shared.rows import fetch


@dataclass(frozen=True, slots=True)
class Billing:
    """Commission, or the VAT on it, in minor units: billed, to be billed, and booked but not collected
    yet (its delivery is on its way)."""

    billed_minor: int
    to_bill_minor: int
    on_its_way_minor: int

    @property
    def total_minor(self) -> int:
        return self.billed_minor + self.to_bill_minor + self.on_its_way_minor


@dataclass(frozen=True, slots=True)
class Documents:
    """The invoices and credit notes that bill some of the lines: as issued, and by all their lines."""

    count: int
    issued_minor: int
    lines_minor: int


def billing_between(*, since: datetime, until: datetime) -> tuple[Billing, Billing]:
    """Commission, and the VAT on it, of what happened in [since, until)."""
    rows = fetch(
        """
        WITH lines AS (
            SELECT document_id IS NOT NULL AS is_billed, commission_minor, vat_minor
            FROM billing_commissionline WHERE happened_at >= %(since)s AND happened_at < %(until)s
        ), booked AS (
            SELECT a.code, -p.amount_minor AS minor
            FROM ledger_posting p
                JOIN ledger_account a ON a.id = p.account_id AND a.code IN (%(commission)s, %(vat)s)
                JOIN ledger_entry e ON e.id = p.entry_id
            WHERE p.posted_at >= %(since)s AND p.posted_at < %(until)s
                AND EXISTS (SELECT FROM shared_delivery d WHERE d.event_id = e.event_id
                    AND d.handler = 'billing.collect' AND d.status <> 'done')
        )
        SELECT coalesce(sum(commission_minor) FILTER (WHERE is_billed), 0)::bigint,
            coalesce(sum(commission_minor) FILTER (WHERE NOT is_billed), 0)::bigint,
            (SELECT coalesce(sum(minor), 0)::bigint FROM booked WHERE code = %(commission)s),
            coalesce(sum(vat_minor) FILTER (WHERE is_billed), 0)::bigint,
            coalesce(sum(vat_minor) FILTER (WHERE NOT is_billed), 0)::bigint,
            (SELECT coalesce(sum(minor), 0)::bigint FROM booked WHERE code = %(vat)s)
        FROM lines""",
        since=since,
        until=until,
        commission=chart.COMMISSION_REVENUE,
        vat=chart.VAT_PAYABLE,
    )
    return Billing(*rows[0][:3]), Billing(*rows[0][3:])


def documents_between(*, since: datetime, until: datetime) -> Documents:
    """Those that bill anything that happened in [since, until)."""
    rows = fetch(
        """
        WITH documents AS (
            SELECT id, total_minor FROM billing_document WHERE id IN (
                SELECT document_id FROM billing_commissionline
                WHERE happened_at >= %(since)s AND happened_at < %(until)s)
        )
        SELECT count(*), coalesce(sum(total_minor), 0)::bigint,
            (SELECT coalesce(sum(l.commission_minor + l.vat_minor), 0)::bigint
                FROM billing_commissionline l JOIN documents ON documents.id = l.document_id)
        FROM documents""",
        since=since,
        until=until,
    )
    return Documents(*map(int, rows[0]))
