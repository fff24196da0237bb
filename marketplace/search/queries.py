"""Searching what can be bought, and suggesting what to search for."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from marketplace.catalog.errors import CategoryNotFound
from marketplace.catalog.queries import categories_by_slug, descendant_ids, product_cards
from marketplace.listings.queries import offer_cards
from marketplace.search.errors import CursorInvalid, LimitInvalid, SortUnknown, TooManyFilters
from marketplace.search.facets import NONE, AttributeFacet, Choice, Facets, facets_of
from marketplace.search.matching import (
    SIMILAR_ENOUGH,
    TEXT_CHARACTERS_MAX,
    WORDS_MAX,
    Clause,
    Criteria,
    attribute_filters,
)

__all__ = [
    "AttributeFacet",
    "Choice",
    "Facets",
    "Hit",
    "SearchPage",
    "Suggestion",
    "search",
    "suggest",
]

LIMIT_DEFAULT = 24
LIMIT_MAX = 100
TOTAL_MAX = 1_000
FILTERS_MAX = 10
SUGGESTIONS_MAX = 20
SORTS = ("relevance", "price", "-price", "newest")


@dataclass(frozen=True, slots=True)
class Hit:
    """A product with its best offer: the cheapest in stock, or the cheapest where none is."""

    product_id: UUID
    reference: str
    title: str
    slug: str
    brand: str
    category_slug: str
    listing_reference: str
    condition: str
    price_minor: int
    currency: str
    offers: int
    in_stock: bool
    thumbnail_url: str
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`next_cursor` is "" on the last page. `total` stops counting at `TOTAL_MAX`, and then
    `total_is_exact` is False. `is_approximate`: nothing matched as written, these are similar."""

    hits: list[Hit]
    next_cursor: str
    facets: Facets
    total: int
    total_is_exact: bool
    is_approximate: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`kind` is product, brand or category; `slug` leads there, `text` is what to show."""

    kind: str
    text: str
    slug: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page begins: after the row with this sort key and product."""

    sort: str
    with_typos: bool
    key: int
    product_id: UUID


@transaction.atomic
def search(
    *,
    text: str = "",
    category_slug: str = "",
    brand: str = "",
    price_min_minor: int | None = None,
    price_max_minor: int | None = None,
    in_stock: bool = False,
    attributes: Mapping[str, Sequence[str]] | None = None,
    sort: str = "relevance",
    cursor: str = "",
    limit: int = LIMIT_DEFAULT,
    with_facets: bool = True,
) -> SearchPage:
    """One page of products that match; at most a dozen queries, whatever the page's size.

    `brand` is a slug, `attributes` accepted values in stored form by key. Without text, relevance
    is the newest first. Raises CategoryNotFound, SortUnknown, LimitInvalid, CursorInvalid and
    TooManyFilters.
    """
    if sort not in SORTS:
        raise SortUnknown(known=", ".join(SORTS))
    if not 1 <= limit <= LIMIT_MAX:
        raise LimitInvalid(maximum=LIMIT_MAX)
    filters = attribute_filters(attributes or {})
    if len(filters) > FILTERS_MAX:
        raise TooManyFilters(maximum=FILTERS_MAX)
    criteria = Criteria(
        words=_words(text),
        category_ids=_shelves(category_slug),
        brand=brand,
        price_min_minor=price_min_minor,
        price_max_minor=price_max_minor,
        in_stock=in_stock,
        attributes=filters,
    )
    place = _decode(cursor, sort) if cursor else None
    criteria, rows = _matching(criteria, sort, place, limit)
    total = _total(criteria)
    more = len(rows) > limit
    return SearchPage(
        hits=_hits(rows[:limit]),
        next_cursor=_encode(sort, criteria.with_typos, rows[limit - 1]) if more else "",
        facets=facets_of(criteria, category_slug=category_slug) if with_facets else NONE,
        total=min(total, TOTAL_MAX),
        total_is_exact=total <= TOTAL_MAX,
        is_approximate=criteria.with_typos and bool(rows),
    )


def suggest(*, prefix: str, limit: int = 8) -> list[Suggestion]:
    """What a person who has typed `prefix` may mean: shelves and brands first, then products.

    Only what can be bought; at most `SUGGESTIONS_MAX`; two queries.
    """
    words = _words(prefix)
    if not words:
        return []
    every = " & ".join(f"{_quoted(word)}:*A" for word in words)
    start = f"{_escaped(' '.join(words))}%"
    statement = """
WITH shelf AS (
    SELECT DISTINCT 'category' AS kind, c.name_en AS text, c.slug FROM search_searchdocument d
    JOIN catalog_category c ON c.id = d.category_id
    WHERE d.offers > 0
        AND (search_words(c.name_en) LIKE %(start)s OR search_words(c.name_sw) LIKE %(start)s)
    LIMIT %(few)s
), maker AS (
    SELECT 'brand' AS kind, b.name AS text, b.slug FROM catalog_brand b
    WHERE search_words(b.name) LIKE %(start)s AND EXISTS (
        SELECT 1 FROM search_searchdocument d WHERE d.brand_id = b.id AND d.offers > 0)
    ORDER BY b.name LIMIT %(few)s
), goods AS (
    SELECT 'product' AS kind,
        CASE WHEN starts_with(d.title, b.name) THEN d.title ELSE b.name || ' ' || d.title END,
        p.slug
    FROM search_searchdocument d
    JOIN catalog_product p ON p.id = d.product_id
    JOIN catalog_brand b ON b.id = d.brand_id
    WHERE d.offers > 0 AND d.vector @@ to_tsquery('simple', %(every)s)
    ORDER BY d.in_stock DESC, ts_rank(d.vector, to_tsquery('simple', %(every)s)) DESC,
        length(d.title), d.product_id
    LIMIT %(limit)s
)
SELECT * FROM shelf UNION ALL SELECT * FROM maker UNION ALL SELECT * FROM goods LIMIT %(limit)s"""
    limit = max(1, min(limit, SUGGESTIONS_MAX))
    params: dict[str, Any] = {
        "start": start,
        "every": every,
        "few": max(1, limit // 4),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [Suggestion(*row) for row in cursor.fetchall()]


def _words(text: str) -> tuple[str, ...]:
    """As the index writes them; a search of many words is one for the first few."""
    written = text.replace("\x00", " ").strip()[:TEXT_CHARACTERS_MAX]
    if not written:
        return ()
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_words(%s)", [written])
        (words,) = cursor.fetchone()
    return tuple(word for word in (w.strip(".") for w in words.split()) if word)[:WORDS_MAX]


def _shelves(category_slug: str) -> tuple[UUID, ...] | None:
    if not category_slug:
        return None
    category = categories_by_slug([category_slug]).get(category_slug)
    if category is None:
        raise CategoryNotFound
    return tuple(descendant_ids(category.id))


def _matching(
    criteria: Criteria, sort: str, place: _Place | None, limit: int
) -> tuple[Criteria, list[tuple[Any, ...]]]:
    """The rows of the page and one more; with typing mistakes where nothing matches otherwise."""
    if place is None or not place.with_typos:
        rows = _page(criteria, sort, place, limit)
        if rows or place or not criteria.words:
            return criteria, rows
    criteria = replace(criteria, with_typos=True)
    with connection.cursor() as cursor:  # Until the end of the transaction.
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)",
            [str(SIMILAR_ENOUGH)],
        )
    return criteria, _page(criteria, sort, place, limit)


def _page(criteria: Criteria, sort: str, place: _Place | None, limit: int) -> list[tuple[Any, ...]]:
    key, order, beyond = _order(criteria, sort)
    where = criteria.all()
    statement = (
        f"SELECT * FROM (SELECT {key.sql} AS sort_key, d.product_id, d.best_listing_id,"  # noqa: S608 - our own pieces, values are parameters
        " d.price_minor, d.currency, d.offers, d.in_stock, d.attributes"
        f" FROM search_searchdocument d WHERE {where.sql}) found"
    )
    params = [*key.params, *where.params]
    if place is not None:
        statement += f" WHERE (sort_key, product_id) {beyond} (%s, %s)"
        params += [place.key, place.product_id]
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement} ORDER BY sort_key {order}, product_id {order} LIMIT %s",
            [*params, limit + 1],
        )
        return list(cursor.fetchall())


def _order(criteria: Criteria, sort: str) -> tuple[Clause, str, str]:
    """The sort key, the direction, and the operator for what lies beyond a place."""
    if sort == "price":
        return Clause("d.price_minor"), "ASC", ">"
    if sort == "-price":
        return Clause("d.price_minor"), "DESC", "<"
    if sort == "newest" or not criteria.words:  # Ids of products grow with time.
        return Clause("0::bigint"), "DESC", "<"
    return criteria.score(), "DESC", "<"


def _total(criteria: Criteria) -> int:
    where = criteria.all()
    some = f"SELECT 1 FROM search_searchdocument d WHERE {where.sql} LIMIT %s"  # noqa: S608 - as above
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM ({some}) found",  # noqa: S608 - as above
            [*where.params, TOTAL_MAX + 1],
        )
        (total,) = cursor.fetchone()
    return int(total)


def _hits(rows: list[tuple[Any, ...]]) -> list[Hit]:
    products = product_cards([row[1] for row in rows])
    offers = offer_cards(listing_ids=[row[2] for row in rows])
    return [
        Hit(
            product_id=product_id,
            reference=products[product_id].reference,
            title=products[product_id].title,
            slug=products[product_id].slug,
            brand=products[product_id].brand,
            category_slug=products[product_id].category_slug,
            listing_reference=offers[listing_id].reference,
            condition=offers[listing_id].condition,
            price_minor=price_minor,
            currency=currency,
            offers=count,
            in_stock=in_stock,
            thumbnail_url=offers[listing_id].thumbnail_url,
            attributes=attributes if isinstance(attributes, dict) else json.loads(attributes),
        )
        for _key, product_id, listing_id, price_minor, currency, count, in_stock, attributes in rows
    ]


def _encode(sort: str, with_typos: bool, row: tuple[Any, ...]) -> str:
    place = json.dumps([sort, with_typos, row[0], str(row[1])], separators=(",", ":"))
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _decode(cursor: str, sort: str) -> _Place:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        was_sorted, with_typos, key, product_id = place
        decoded = _Place(was_sorted, with_typos is True, int(key), UUID(product_id))
    except (binascii.Error, ValueError, TypeError, AttributeError) as error:
        raise CursorInvalid from error
    if decoded.sort != sort or abs(decoded.key) >= 2**63:
        raise CursorInvalid
    return decoded


def _quoted(word: str) -> str:
    """A word as a tsquery's literal."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
