"""What must hold of lines and documents."""

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "billing.lines_are_the_ledger",
        "Commission lines, billed or not, are the commission and VAT that the ledger has booked.",
        by_sql(
            "SELECT count(*) FROM billing_commissionline",
            "SELECT booked.reference FROM ("
            "SELECT p.reference, -sum(p.amount_minor) AS minor FROM ledger_posting p"
            " JOIN ledger_account a ON a.id = p.account_id"
            " JOIN ledger_entry e ON e.id = p.entry_id"
            " JOIN shared_delivery d ON d.event_id = e.event_id"
            " AND d.handler LIKE '%billing%' AND d.status = 'done'"
            " WHERE a.code IN ('commission_revenue', 'vat_payable') GROUP BY p.reference) booked"
            " LEFT JOIN (SELECT s.reference, sum(l.commission_minor + l.vat_minor) AS minor"
            " FROM billing_commissionline l JOIN orders_sellerorder s ON s.id = l.seller_order_id"
            " GROUP BY s.reference) lines ON lines.reference = booked.reference"
            " WHERE booked.minor <> coalesce(lines.minor, 0)",
        ),
    ),
    Invariant(
        "billing.documents_add_up",
        "Every invoice and credit note is the sum of its lines.",
        by_sql(
            "SELECT count(*) FROM billing_document",
            "SELECT d.number FROM billing_document d"
            " LEFT JOIN billing_commissionline l ON l.document_id = d.id GROUP BY d.id"
            " HAVING d.commission_minor <> coalesce(sum(l.commission_minor), 0)"
            " OR d.vat_minor <> coalesce(sum(l.vat_minor), 0)",
        ),
    ),
    Invariant(
        "billing.numbers_have_no_gap",
        "In each series and year the numbers run from 1 to the counter, each once.",
        by_sql(
            "SELECT count(*) FROM billing_document",
            "SELECT c.series || '-' || c.year FROM billing_counter c"
            " LEFT JOIN billing_document d ON d.number LIKE c.series || '-' || c.year || '-%'"
            " GROUP BY c.id HAVING count(d.id) <> c.last"
            " OR coalesce(max(right(d.number, 6)::int), 0) <> c.last",
        ),
    ),
]
