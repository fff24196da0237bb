"""What must hold of sellers at every moment."""

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "sellers.sellers_were_approved",
        "Every seller comes of an approved application, and every approved application of one.",
        by_sql(
            "SELECT count(*) FROM sellers_seller",
            "SELECT coalesce(s.reference, a.reference) FROM sellers_application a"
            " FULL JOIN sellers_seller s ON s.application_id = a.id"
            " WHERE (s.id IS NOT NULL) <> (a.status = 'approved')",
        ),
    ),
    Invariant(
        "sellers.sellers_have_an_owner",
        "Every seller has exactly one owner.",
        by_sql(
            "SELECT count(*) FROM sellers_seller",
            "SELECT s.reference FROM sellers_seller s LEFT JOIN sellers_sellermember m"
            " ON m.seller_id = s.id AND m.is_owner GROUP BY s.reference HAVING count(m.id) <> 1",
        ),
    ),
    Invariant(
        "sellers.decisions_are_dated",
        "An application is decided exactly when it has a date of decision.",
        by_sql(
            "SELECT count(*) FROM sellers_application",
            "SELECT reference FROM sellers_application"
            " WHERE (status IN ('approved', 'rejected')) <> (decided_at IS NOT NULL)",
        ),
    ),
]
