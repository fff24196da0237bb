"""What must hold of the stock."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "listings.stock_within_bounds",
        _("Reserved stock is never negative and never more than what is on hand."),
        by_sql(
            "SELECT count(*) FROM listings_listing",
            "SELECT reference FROM listings_listing"
            " WHERE reserved < 0 OR on_hand < 0 OR reserved > on_hand",
        ),
    ),
    Invariant(
        "listings.import_counts",
        _("Every finished import accounts for each of its rows."),
        by_sql(
            "SELECT count(*) FROM listings_importbatch",
            "SELECT reference FROM listings_importbatch WHERE status = 'finished'"
            " AND rows_created + rows_updated + rows_failed <> rows_total",
        ),
    ),
]
