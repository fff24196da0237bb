"""The catalogue, open to everybody."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from api.pagination import Page, Window, cut
from api.refusals import refuses
from api.schemas.base import money
from api.schemas.catalog import (
    AttributeOut,
    CategoryDetail,
    CategoryOut,
    OfferOut,
    ProductBrief,
    ProductDetail,
    ProductOut,
)
from marketplace.catalog.errors import CategoryNotFound, ProductNotFound
from marketplace.catalog.queries import (
    CategoryCard,
    categories_by_slug,
    category_tree,
    product_by_reference,
    products,
)
from marketplace.listings.queries import OfferCard, live_offers
from marketplace.sellers.queries import seller_cards

categories = Router(auth=None)
router = Router(auth=None)

SLUG_LENGTH_MAX = 80


@categories.get("", response=list[CategoryOut], summary="List the categories as trees")
def list_categories(request: HttpRequest) -> list[CategoryOut]:
    return [CategoryOut.of(node) for node in category_tree()]


@categories.get("/{slug}", response=CategoryDetail, summary="Show a category's attributes")
@refuses(CategoryNotFound)
def show_category(request: HttpRequest, slug: str) -> CategoryDetail:
    """What its products say of themselves, those inherited from above first."""
    card = _category(slug)
    return CategoryDetail(
        reference=card.reference,
        slug=card.slug,
        name_en=card.name_en,
        name_sw=card.name_sw,
        attributes=[AttributeOut.model_validate(each) for each in card.schema],
    )


@router.get("", response=Page[ProductOut], summary="List products, newest first")
@refuses(CategoryNotFound)
def list_products(
    request: HttpRequest,
    window: Query[Window],
    category: Annotated[
        str, Query(max_length=SLUG_LENGTH_MAX, description="A slug.", examples=[""])
    ] = "",
) -> Page[ProductOut]:
    """Of a category and all below it, where one is given."""
    category_id = _category(category).id if category else None
    rows, cursor = cut(request, products(category_id=category_id), window)
    offers = live_offers(product_ids=[row.pk for row in rows])
    return Page(items=[_product(row, offers[row.pk]) for row in rows], next_cursor=cursor)


@router.get("/{reference}", response=ProductDetail, summary="Show a product with its offers")
@refuses(ProductNotFound)
def show_product(request: HttpRequest, reference: str) -> ProductDetail:
    row = product_by_reference(reference)
    if not row.is_active:
        raise ProductNotFound
    offers = live_offers(product_ids=[row.pk])[row.pk]
    sellers = seller_cards(ids={offer.seller_id for offer in offers})
    brief = ProductBrief.of_row(row)
    return ProductDetail(
        **brief.model_dump(),
        description=row.description,
        attributes=row.attributes,
        offers=[OfferOut.of(offer, sellers[offer.seller_id]) for offer in offers],
    )


def _category(slug: str) -> CategoryCard:
    card = categories_by_slug([slug]).get(slug)
    if card is None:
        raise CategoryNotFound
    return card


def _product(row: Any, offers: list[OfferCard]) -> ProductOut:
    for_sale = [offer for offer in offers if offer.is_for_sale]
    pictures = [offer.thumbnail_url for offer in offers if offer.thumbnail_url]
    return ProductOut(
        **ProductBrief.of_row(row).model_dump(),
        best_price=money(for_sale[0].price_minor) if for_sale else None,
        offers=len(for_sale),
        thumbnail_url=pictures[0] if pictures else "",
    )
