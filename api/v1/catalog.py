"""The catalogue, open to everybody."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from api import footfall
from api.answers import written
from api.kept import for_everybody
from api.pagination import Page, Window, cut, cut_by_id
from api.refusals import refuses
from api.schemas.catalog import (
    AttributeOut,
    CategoryDetail,
    CategoryOut,
    OfferOut,
    ProductBrief,
    ProductDetail,
    ProductOut,
)
from api.schemas.reviews import ProductReviews, PublicReview, RatingOut, RatingSummary
from marketplace.analytics.states import DeedName, Step
from marketplace.catalog.errors import CategoryNotFound, ProductNotFound
from marketplace.catalog.queries import (
    CategoryCard,
    categories_by_slug,
    category_tree,
    product_by_reference,
)
from marketplace.listings.queries import ShelfCard, live_offers, newest_on_shelf
from marketplace.reviews.queries import public_reviews, rating_of
from marketplace.sellers.queries import seller_cards
from marketplace.shared.money import DEFAULT_CURRENCY

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


@router.get(
    "", response=Page[ProductOut], summary="List what can be bought, the newest products first"
)
@refuses(CategoryNotFound)
def list_products(
    request: HttpRequest,
    window: Query[Window],
    category: Annotated[
        str, Query(max_length=SLUG_LENGTH_MAX, description="A slug.", examples=[""])
    ] = "",
    unsold: Annotated[
        bool,
        Query(
            description="Also products that nobody has on sale now, as sellers look for one to offer.",
            examples=[False],
        ),
    ] = False,
) -> HttpResponse:
    """Of a category and all below it, where one is given."""
    category_id = _category(category).id if category else None

    def read(before: UUID | None, limit: int) -> list[ShelfCard]:
        return newest_on_shelf(
            category_id=category_id, with_unsold=unsold, before=before, limit=limit
        )

    cards, cursor = cut_by_id(request, window, read)
    page = {"items": [_product(card) for card in cards], "next_cursor": cursor}
    return for_everybody(written(page))


@router.get("/{reference}", response=ProductDetail, summary="Show a product with its offers")
@refuses(ProductNotFound)
def show_product(request: HttpRequest, reference: str) -> ProductDetail:
    row = product_by_reference(reference)
    if not row.is_active:
        raise ProductNotFound
    offers = live_offers(product_ids=[row.pk])[row.pk]
    sellers = seller_cards(ids={offer.seller_id for offer in offers})
    footfall.count(request, Step.VIEW)
    brief = ProductBrief.of_row(row)
    footfall.tell(
        request,
        DeedName.VIEWED,
        product=brief.reference,
        brand=brief.brand,
        category=brief.category,
        offers=len(offers),
    )
    return ProductDetail(
        **brief.model_dump(),
        description=row.description,
        attributes=row.attributes,
        rating=RatingOut.of(rating_of(product_id=row.pk)),
        offers=[OfferOut.of(offer, sellers[offer.seller_id]) for offer in offers],
    )


@router.get(
    "/{reference}/reviews", response=ProductReviews, summary="List what buyers say of a product"
)
@refuses(ProductNotFound)
def list_product_reviews(
    request: HttpRequest,
    reference: str,
    window: Query[Window],
    stars: Annotated[
        int | None, Query(ge=1, le=5, description="Only those with so many.", examples=[5])
    ] = None,
) -> ProductReviews:
    """What is published, the newest first, and how many gave how many stars in all."""
    row = product_by_reference(reference)
    if not row.is_active:
        raise ProductNotFound
    rows = public_reviews(product_id=row.pk, stars=stars)
    found, cursor = cut(request, rows, window, order=("-published_at", "-id"))
    return ProductReviews(
        rating=RatingSummary.of(rating_of(product_id=row.pk)),
        items=[PublicReview.of(one) for one in found],
        next_cursor=cursor,
    )


def _category(slug: str) -> CategoryCard:
    card = categories_by_slug([slug]).get(slug)
    if card is None:
        raise CategoryNotFound
    return card


def _product(card: ShelfCard) -> dict[str, Any]:
    """A `ProductOut`."""
    price = card.price_minor
    return {
        "reference": card.reference,
        "title": card.title,
        "slug": card.slug,
        "brand": card.brand,
        "category": card.category_slug,
        "best_price": None if price is None else {"amount": price, "currency": DEFAULT_CURRENCY},
        "offers": card.offers,
        "thumbnail_url": card.thumbnail_url,
    }
