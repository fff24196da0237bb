"""The least that listing 20 products over HTTP can cost here: one prepared query, orjson, nothing else.

The same answer as `GET /api/v1/products` gives, without its cursor: no framework, no limits, no language.
"""

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import orjson
import psycopg

PRODUCTS = """
SELECT product.reference, product.title, product.slug, brand.name, category.slug,
    best.price_minor, best.offers, picture.thumbnail
FROM catalog_product product
JOIN catalog_brand brand ON brand.id = product.brand_id
JOIN catalog_category category ON category.id = product.category_id
LEFT JOIN LATERAL (
    SELECT min(price_minor) AS price_minor, count(*) AS offers FROM listings_listing listing
    WHERE listing.product_id = product.id AND status = 'live' AND on_hand > reserved
        AND (SELECT status FROM sellers_seller WHERE id = listing.seller_id) = 'active'
) best ON true
LEFT JOIN LATERAL (
    SELECT picture.thumbnail FROM listings_listing listing
    JOIN listings_listingpicture picture ON picture.listing_id = listing.id
    WHERE listing.product_id = product.id AND listing.status = 'live' AND picture.status = 'ready'
        AND (SELECT status FROM sellers_seller WHERE id = listing.seller_id) = 'active'
    ORDER BY price_minor, listing.id, picture.position LIMIT 1
) picture ON true
WHERE product.is_active ORDER BY product.id DESC LIMIT 20"""
_own = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    connection = getattr(_own, "connection", None)
    if connection is None:
        connection = _own.connection = psycopg.connect(
            os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0
        )
    rows = connection.execute(PRODUCTS).fetchall()
    body = orjson.dumps({"items": [_item(*row) for row in rows]})
    start_response(
        "200 OK",
        [("Content-Type", "application/json"), ("Content-Length", str(len(body)))],
    )
    return [body]


def _item(
    reference: str,
    title: str,
    slug: str,
    brand: str,
    category: str,
    price_minor: int | None,
    offers: int,
    thumbnail: str | None,
) -> dict[str, Any]:
    return {
        "reference": reference,
        "title": title,
        "slug": slug,
        "brand": brand,
        "category": category,
        "best_price": None if price_minor is None else {"amount": price_minor, "currency": "TZS"},
        "offers": offers,
        "thumbnail_url": f"/media/{thumbnail}" if thumbnail else "",
    }
