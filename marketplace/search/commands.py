"""Bringing the index up to date."""

from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from marketplace.search import projection
from marketplace.search.models import SearchDocument
from marketplace.shared import clock
from marketplace.shared.locks import lock_rows
from marketplace.shared.money import DEFAULT_CURRENCY

BATCH = 500


@transaction.atomic
def index_products(product_ids: Iterable[UUID]) -> int:
    """Make the documents of these products what their offers say now; returns how many changed.

    Three statements however many there are; ask for at most a few hundred at a time. Of two that
    index the same product the later one waits, and then sees what the first one's cause was.
    """
    ids = sorted(set(product_ids))
    if not ids:
        return 0
    values: dict[str, Any] = {"ids": ids, "now": clock.now(), "currency": DEFAULT_CURRENCY}
    with connection.cursor() as cursor:
        cursor.execute(projection.OPEN, values)
        lock_rows(SearchDocument.objects.filter(pk__in=ids).only("pk"))
        cursor.execute(projection.REFRESH, values)
        return int(cursor.rowcount)


def index_in_batches(product_ids: Iterable[UUID]) -> int:
    """Any number of products, a transaction per batch; safe to repeat after an interruption."""
    return sum(index_products(ids) for ids in batched(sorted(set(product_ids)), BATCH))


def rebuild() -> int:
    """Bring every product's document up to date, in batches; returns how many changed.

    Searches go on meanwhile. Safe to repeat and to interrupt.
    """
    return sum(index_products(ids) for ids in _all_products())


def _all_products() -> Iterator[list[UUID]]:
    after: UUID | None = None
    while True:
        with connection.cursor() as cursor:
            cursor.execute(projection.NEXT_PRODUCTS, {"after": after, "limit": BATCH})
            ids = [product_id for (product_id,) in cursor.fetchall()]
        if not ids:
            return
        yield ids
        after = ids[-1]
