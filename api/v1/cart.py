"""The buyer's cart."""

from django.http import HttpRequest
from ninja import Router

from api import footfall
from api.auth import person
from api.refusals import refuses
from api.schemas.base import money
from api.schemas.orders import CartLineIn, CartLineOut, CartOut, RegionOut
from marketplace.analytics.states import DeedName, Step
from marketplace.catalog.queries import product_cards
from marketplace.listings.errors import ListingNotFound, NotForSale
from marketplace.orders.commands import clear_cart, set_cart_line
from marketplace.orders.errors import QuantityOutOfRange, TooManyLines
from marketplace.orders.queries import cart_of, shipping_regions
from marketplace.sellers.queries import seller_cards

router = Router()
regions = Router(auth=None)


@router.get("", response=CartOut, summary="Show my cart")
def show_cart(request: HttpRequest) -> CartOut:
    return _cart(request)


@router.put("/lines/{listing}", response=CartOut, summary="Wish for a quantity of an offer")
@refuses(ListingNotFound, NotForSale, QuantityOutOfRange, TooManyLines)
def set_line(request: HttpRequest, listing: str, body: CartLineIn) -> CartOut:
    """Replaces an earlier wish; nothing is reserved before the order."""
    set_cart_line(buyer_id=person(request).id, listing_reference=listing, quantity=body.quantity)
    if body.quantity:
        footfall.count(request, Step.CART)
    footfall.tell(request, DeedName.CART_CHANGED, listing=listing, quantity=body.quantity)
    return _cart(request)


@router.delete("", response=CartOut, summary="Empty my cart")
def empty_cart(request: HttpRequest) -> CartOut:
    clear_cart(buyer_id=person(request).id)
    footfall.tell(request, DeedName.CART_CHANGED, quantity=0)
    return _cart(request)


@regions.get("", response=list[RegionOut], summary="List where we deliver, and for how much")
def list_regions(request: HttpRequest) -> list[RegionOut]:
    return [
        RegionOut(region=region, fee=money(fee_minor))
        for region, fee_minor in shipping_regions().items()
    ]


def _cart(request: HttpRequest) -> CartOut:
    views = cart_of(buyer_id=person(request).id)
    products = product_cards({view.offer.product_id for view in views})
    sellers = seller_cards({view.offer.seller_id for view in views})
    return CartOut(
        lines=[
            CartLineOut.of(view, products[view.offer.product_id], sellers[view.offer.seller_id])
            for view in views
        ],
        items=money(sum(view.quantity * view.offer.price_minor for view in views)),
    )
