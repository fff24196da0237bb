"""The console's pages, one module per area; Django's autodiscovery imports them from here."""

from backoffice.admin import (
    accounts,
    applications,
    catalog,
    disputes,
    events,
    fees,
    foreign,
    ledger,
    listings,
    notifications,
    orders,
    payments,
    payouts,
    reconciliation,
    reports,
    sellers,
)

__all__ = [
    "accounts",
    "applications",
    "catalog",
    "disputes",
    "events",
    "fees",
    "foreign",
    "ledger",
    "listings",
    "notifications",
    "orders",
    "payments",
    "payouts",
    "reconciliation",
    "reports",
    "sellers",
]
