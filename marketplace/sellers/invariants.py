"""What must hold of sellers at every moment."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "sellers.sellers_were_approved",
        _("Every seller comes of an approved application, and every approved application of one."),
        by_sql(
            "SELECT count(*) FROM sellers_seller",
            "SELECT coalesce(s.reference, a.reference) FROM sellers_application a"
            " FULL JOIN sellers_seller s ON s.application_id = a.id"
            " WHERE (s.id IS NOT NULL) <> (a.status = 'approved')",
        ),
    ),
    Invariant(
        "sellers.sellers_have_an_owner",
        _("Every seller has exactly one owner."),
        by_sql(
            "SELECT count(*) FROM sellers_seller",
            "SELECT s.reference FROM sellers_seller s LEFT JOIN sellers_sellermember m"
            " ON m.seller_id = s.id AND m.is_owner GROUP BY s.reference HAVING count(m.id) <> 1",
        ),
    ),
    Invariant(
        "sellers.decisions_are_dated",
        _("An application is decided exactly when it has a date of decision."),
        by_sql(
            "SELECT count(*) FROM sellers_application",
            "SELECT reference FROM sellers_application"
            " WHERE (status IN ('approved', 'rejected')) <> (decided_at IS NOT NULL)",
        ),
    ),
    Invariant(
        "sellers.requests_are_about_the_present",
        _(
            "A request about a seller that waits begins with the state that the seller has; a hold is one."
        ),
        by_sql(
            "SELECT count(*) FROM sellers_standingrequest WHERE status = 'requested'",
            "SELECT r.reference FROM sellers_standingrequest r JOIN sellers_seller s"
            " ON s.id = r.seller_id WHERE r.status = 'requested' AND s.status <>"
            " CASE WHEN r.held_until IS NULL THEN r.status_before ELSE 'suspended' END",
        ),
    ),
    Invariant(
        "sellers.holds_end",
        _("No hold goes on an hour beyond its time without a second person's word."),
        by_sql(
            "SELECT count(*) FROM sellers_standingrequest WHERE held_until IS NOT NULL",
            "SELECT reference FROM sellers_standingrequest WHERE status = 'requested'"
            " AND held_until < now() - interval '1 hour'",
        ),
    ),
]
