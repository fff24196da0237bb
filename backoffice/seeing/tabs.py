"""What of an account there is to see: as a buyer, and as somebody who sells."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Tab:
    """`paths` are asked one after the other, under these titles. A list leads to pages of its things
    where the API has them: `has_pages`."""

    name: str
    title: Any
    paths: tuple[tuple[str, Any], ...]
    has_pages: bool = False
    # Columns that say the same in every row.
    without: tuple[str, ...] = ()


# What everybody has.
FIRST = "account"
SHOP = "shop"
BUYING = (
    Tab(
        FIRST,
        _("Account"),
        (("/auth/me", _("Person")), ("/auth/addresses", _("Addresses"))),
    ),
    Tab("orders", _("Orders"), (("/orders", _("Orders")),), has_pages=True),
    Tab("cart", _("Cart"), (("/cart", _("Cart")),)),
    Tab("disputes", _("Disputes"), (("/disputes", _("Disputes")),), has_pages=True),
)
SELLING = (
    Tab(SHOP, _("Shop"), (("/sellers/me", _("Shop")),)),
    Tab(
        "money",
        _("Money"),
        (
            ("/sellers/me/balance", _("Balance")),
            ("/sellers/me/earnings", _("Earnings")),
            ("/sellers/me/payouts", _("Payouts")),
        ),
    ),
    Tab("listings", _("Listings"), (("/listings", _("Listings")),), has_pages=True),
    Tab(
        "sales",
        _("Sales"),
        (("/seller-orders", _("Sales")),),
        has_pages=True,
        without=("seller_name",),
    ),
    Tab("invoices", _("Invoices"), (("/sellers/me/invoices", _("Invoices")),)),
)
APPLYING = (
    Tab("application", _("Application"), (("/sellers/applications/mine", _("Application")),)),
)
