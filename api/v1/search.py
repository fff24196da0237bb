"""Finding what can be bought, open to everybody."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from api import footfall
from api.pagination import CursorInvalid, opened, sealed
from api.refusals import refuses
from api.schemas.search import FacetsOut, HitOut, SearchIn, SearchOut, SuggestionOut
from marketplace.analytics.states import DeedName, Step
from marketplace.catalog.errors import CategoryNotFound
from marketplace.search import errors, queries

router = Router(auth=None)
suggestions = Router(auth=None)


@router.get("", response=SearchOut, summary="Search what can be bought")
@refuses(CategoryNotFound, errors.SortUnknown, errors.TooManyFilters, CursorInvalid)
def search(request: HttpRequest, wanted: Query[SearchIn]) -> SearchOut:
    """Words in English or Swahili, with typing mistakes where nothing else matches."""
    found = queries.search(
        text=wanted.q,
        category_slug=wanted.category,
        brand=wanted.brand,
        price_min_minor=wanted.price_min,
        price_max_minor=wanted.price_max,
        in_stock=wanted.in_stock,
        attributes=wanted.attributes(),
        sort=wanted.sort,
        cursor=str(opened(request, wanted.cursor)) if wanted.cursor else "",
        limit=wanted.limit,
        with_facets=wanted.facets,
    )
    # Not the further pages of the same search.
    if not wanted.cursor:
        footfall.count(request, Step.SEARCH)
        # Not what was looked for: people type names and numbers into a search box.
        footfall.tell(
            request,
            DeedName.SEARCHED,
            category=wanted.category,
            sort=wanted.sort,
            in_stock=wanted.in_stock,
            words=len(wanted.q.split()),
            filters=len(wanted.attribute),
            found=found.total,
        )
    return SearchOut(
        items=[HitOut.of(hit) for hit in found.hits],
        next_cursor=sealed(request, found.next_cursor) if found.next_cursor else None,
        total=found.total,
        total_is_exact=found.total_is_exact,
        is_approximate=found.is_approximate,
        facets=FacetsOut.of(found.facets),
    )


@suggestions.get("", response=list[SuggestionOut], summary="Suggest what to search for")
def suggest(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=100, examples=["sam"])],
    limit: Annotated[int, Query(ge=1, le=queries.SUGGESTIONS_MAX, examples=[8])] = 8,
) -> list[SuggestionOut]:
    """While somebody types: shelves and brands first, then products."""
    return [
        SuggestionOut(kind=each.kind, text=each.text, slug=each.slug)
        for each in queries.suggest(prefix=q, limit=limit)
    ]
