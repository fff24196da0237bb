"""The API as one object: its routers, its way of refusing, its document."""

from typing import Any

from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from api import errors, openapi
from api.auth import Bearer
from api.docs import DocsPage
from api.throttling import Pace
from api.v1 import (
    account_statements,
    auth,
    cart,
    catalog,
    consents,
    disputes,
    drafts,
    imports,
    invoices,
    listings,
    orders,
    payments,
    problems,
    reviews,
    rules,
    search,
    seller_orders,
    sellers,
    statements,
    webhooks,
)

DESCRIPTION = """
The marketplace for the storefront, mobile apps, sellers' systems and partners.

* **Signing in**: `POST /auth/login` gives an `access` token (minutes) and a `refresh` token (days,
  works once). Send `Authorization: Bearer <access>`.
* **Money** is `{"amount": 15000000, "currency": "TZS"}` in minor units: 100 are one shilling.
* **Ids** are references such as `ORD-7K3M9QX2`, the same that people read out over the telephone.
* **Times** are ISO 8601 in UTC.
* **Lists** come in pages: pass `next_cursor` as `?cursor=`; `limit` is at most 100.
* **Refusals** are RFC 9457 problems; decide by `code`, show `detail`, mark fields by `errors`.
* **Retrying**: POSTs that create or move money need an `Idempotency-Key`; the same key and body give
  the stored answer with `Idempotency-Replayed: true`.
* **Editing**: `GET` gives an `ETag`; `PATCH` needs it as `If-Match`.
* **Language**: `Accept-Language: en` or `sw`; without it, the signed-in person's own.
"""

TAGS = {
    "auth": "Accounts: registering, signing in, proving a phone, addresses, consents.",
    "catalog": "Categories, products and the offers of them; open to everybody.",
    "sellers": "Applying to sell, and a seller's own figures.",
    "listings": "A seller's own listings, one by one and in bulk.",
    "search": "Finding what can be bought.",
    "cart": "The buyer's wishes, and where we deliver.",
    "orders": "A buyer's orders.",
    "seller-orders": "Sellers' parts of orders: the unit of shipping, commission and dispute.",
    "payments": "Paying an order from a wallet.",
    "disputes": "When something went wrong.",
    "reviews": "What buyers say of what arrived.",
    "finance": "For finance's own systems, by the duties of the person who signs in.",
    "webhooks": "For payment providers.",
    "rules": "What is open today, and the limits that hold.",
    "problems": "What the error codes mean.",
}


class Api(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        return openapi.complete(self, document)  # type: ignore[return-value] # completed in place

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """`orders_place` for api.v1.orders.place: what generated clients call their functions."""
        view = operation.view_func
        return f"{view.__module__.rsplit('.', 1)[-1]}_{view.__name__}"


api = Api(
    title="ZetuTech API",
    version="1.0.0",
    description=DESCRIPTION,
    urls_namespace="api-1",
    docs=DocsPage(),
    auth=Bearer(),
    throttle=Pace(),
    openapi_extra={"tags": [{"name": name, "description": text} for name, text in TAGS.items()]},
)
errors.register(api)

# Django tries them in this order, so what is asked for most stands first.
ROUTERS: tuple[tuple[str, Router, str], ...] = (
    ("/products", catalog.router, "catalog"),
    ("/search", search.router, "search"),
    ("/suggestions", search.suggestions, "search"),
    ("/categories", catalog.categories, "catalog"),
    ("/auth", auth.router, "auth"),
    ("/consents", consents.router, "auth"),
    ("/sellers/me/invoices", invoices.router, "sellers"),
    ("/sellers/me/statement", account_statements.router, "sellers"),
    ("/sellers", sellers.router, "sellers"),
    ("/listings", listings.router, "listings"),
    ("/imports", imports.router, "listings"),
    ("/cart", cart.router, "cart"),
    ("/delivery-regions", cart.regions, "cart"),
    ("/orders", orders.router, "orders"),
    ("/seller-orders", seller_orders.router, "seller-orders"),
    ("/payments", payments.router, "payments"),
    ("/disputes", disputes.router, "disputes"),
    ("/disputes", drafts.router, "disputes"),
    ("/reviews", reviews.router, "reviews"),
    ("/admin/statements", statements.router, "finance"),
    ("/webhooks", webhooks.router, "webhooks"),
    ("/rules", rules.router, "rules"),
    ("/problems", problems.router, "problems"),
)
for prefix, router, tag in ROUTERS:
    api.add_router(prefix, router, tags=[tag])
