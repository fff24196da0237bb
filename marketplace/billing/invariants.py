"""What must hold of lines and documents."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.invariants import Invariant, by_sql

# Deliveries are on their way for some minutes; what is older must have become lines.
_BOOKED = (
    "SELECT p.reference, -sum(p.amount_minor) FILTER (WHERE a.code = 'commission_revenue') AS fee,"
    " -sum(p.amount_minor) FILTER (WHERE a.code = 'vat_payable') AS vat FROM ledger_posting p"
    " JOIN ledger_account a ON a.id = p.account_id"
    " AND a.code IN ('commission_revenue', 'vat_payable') GROUP BY p.reference"
)
_LINES = (
    "SELECT s.reference, sum(l.commission_minor) AS fee, sum(l.vat_minor) AS vat"
    " FROM billing_commissionline l JOIN orders_sellerorder s ON s.id = l.seller_order_id"
    " GROUP BY s.reference"
)
_ON_THEIR_WAY = (
    "SELECT p.reference FROM shared_delivery d JOIN ledger_entry e ON e.event_id = d.event_id"
    " JOIN ledger_posting p ON p.entry_id = e.id"
    " WHERE d.handler LIKE 'billing.%' AND d.status <> 'done'"
)

INVARIANTS = [
    Invariant(
        "billing.lines_are_the_ledger",
        _(
            "Commission lines, billed or not, are the commission and VAT that the ledger has booked."
        ),
        by_sql(
            "SELECT count(*) FROM billing_commissionline",
            f"SELECT coalesce(booked.reference, lines.reference) FROM ({_BOOKED}) booked"  # noqa: S608 - our own statements
            f" FULL JOIN ({_LINES}) lines ON lines.reference = booked.reference"
            " WHERE (coalesce(booked.fee, 0), coalesce(booked.vat, 0))"
            " <> (coalesce(lines.fee, 0), coalesce(lines.vat, 0))"
            f" AND coalesce(booked.reference, lines.reference) NOT IN ({_ON_THEIR_WAY})",
        ),
    ),
    Invariant(
        "billing.documents_add_up",
        _("Every invoice and credit note is the sum of its lines."),
        by_sql(
            "SELECT count(*) FROM billing_document",
            "SELECT d.number FROM billing_document d"
            " LEFT JOIN billing_commissionline l ON l.document_id = d.id GROUP BY d.id"
            " HAVING d.commission_minor <> coalesce(sum(l.commission_minor), 0)"
            " OR d.vat_minor <> coalesce(sum(l.vat_minor), 0)",
        ),
    ),
    Invariant(
        "billing.receipts_have_no_gap",
        _("Fiscal receipts are numbered from the device's first number to its last, each once."),
        by_sql(
            "SELECT count(*) FROM billing_fiscalreceipt",
            "SELECT v.serial FROM billing_fiscaldevice v"
            " LEFT JOIN billing_fiscalreceipt r ON r.device_id = v.id GROUP BY v.id"
            " HAVING count(r.id) <> v.last_gc - v.first_gc"
            " OR coalesce(max(r.gc), v.first_gc) <> v.last_gc",
        ),
    ),
    Invariant(
        "billing.receipts_in_order",
        _("No fiscal receipt reached the tax authority before one with a lower number."),
        by_sql(
            "SELECT count(*) FROM billing_fiscalreceipt",
            "SELECT r.code FROM billing_fiscalreceipt r WHERE r.status <> 'queued' AND EXISTS ("
            "SELECT FROM billing_fiscalreceipt b WHERE b.device_id = r.device_id"
            " AND b.gc < r.gc AND b.status <> 'acknowledged')",
        ),
    ),
    Invariant(
        "billing.receipts_are_of_their_invoice",
        _("Every fiscal receipt states the amount of its invoice."),
        by_sql(
            "SELECT count(*) FROM billing_fiscalreceipt",
            "SELECT r.code FROM billing_fiscalreceipt r"
            " JOIN billing_document d ON d.id = r.document_id"
            " WHERE r.taxed_minor + r.vat_minor + r.untaxed_minor <> d.total_minor"
            " OR d.kind <> 'invoice'",
        ),
    ),
    Invariant(
        "billing.numbers_have_no_gap",
        _("In each series and year the numbers run from 1 to the counter, each once."),
        by_sql(
            "SELECT count(*) FROM billing_document",
            "SELECT c.series || '-' || c.year FROM billing_counter c"
            " LEFT JOIN billing_document d ON d.number LIKE c.series || '-' || c.year || '-%'"
            " GROUP BY c.id HAVING count(d.id) <> c.last"
            " OR coalesce(max(right(d.number, 6)::int), 0) <> c.last",
        ),
    ),
]
