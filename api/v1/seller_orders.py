"""Sellers' parts of orders: confirmed, shipped or cancelled by the seller, received by the buyer."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from api.auth import Shop, buyer, person, shop
from api.idempotency import idempotent
from api.pagination import Page, Window, cut
from api.refusals import refuses
from api.schemas.listings import ReasonIn
from api.schemas.orders import PartOut, SellerOrderOut, ShipIn
from api.throttling import Pace
from api.v1.orders import offers_in
from marketplace.orders import commands, errors
from marketplace.orders.queries import get_seller_order, seller_orders_of
from marketplace.orders.states import SellerOrderStatus
from marketplace.sellers.errors import NotASeller
from marketplace.shared.states import IllegalTransition, TransitionNotYours

router = Router()

MINE = (NotASeller, errors.SellerOrderNotFound)
STATES = (IllegalTransition, TransitionNotYours)


@router.get("", response=Page[SellerOrderOut], summary="List my seller's orders")
@refuses(NotASeller)
def list_seller_orders(
    request: HttpRequest,
    window: Query[Window],
    status: Annotated[SellerOrderStatus | None, Query(examples=["to_confirm"])] = None,
) -> Page[SellerOrderOut]:
    """Newest first."""
    rows = seller_orders_of(seller_id=shop(request).id, status=status or "")
    found, cursor = cut(request, rows, window)
    offers = offers_in(found)
    return Page(items=[SellerOrderOut.of(row, offers) for row in found], next_cursor=cursor)


@router.get("/{reference}", response=SellerOrderOut, summary="Show a seller order")
@refuses(MINE)
def show_seller_order(request: HttpRequest, reference: str) -> SellerOrderOut:
    return _shown(shop(request), reference)


@router.post("/{reference}/confirm", response=SellerOrderOut, summary="Confirm that I will ship")
@refuses(MINE, STATES)
def confirm(request: HttpRequest, reference: str) -> SellerOrderOut:
    own = shop(request)
    commands.confirm_seller_order(seller_order_id=_mine(own, reference).pk, actor=own.actor)
    return _shown(own, reference)


@router.post("/{reference}/ship", response=SellerOrderOut, summary="Say that it is on its way")
@refuses(MINE, STATES)
def ship(request: HttpRequest, reference: str, body: ShipIn) -> SellerOrderOut:
    """Confirms too, where that was not done before."""
    own = shop(request)
    commands.ship_seller_order(
        seller_order_id=_mine(own, reference).pk,
        carrier=body.carrier,
        tracking=body.tracking,
        actor=own.actor,
    )
    return _shown(own, reference)


@router.post(
    "/{reference}/cancel",
    throttle=Pace("money"),
    response=SellerOrderOut,
    summary="Cancel what I cannot ship",
)
@refuses(MINE, STATES, errors.ReasonMissing, errors.NothingToCancel)
@idempotent
def cancel(request: HttpRequest, reference: str, body: ReasonIn) -> SellerOrderOut:
    """The buyer gets the money of this part back."""
    own = shop(request)
    commands.cancel_seller_order(
        seller_order_id=_mine(own, reference).pk, reason=body.reason, actor=own.actor
    )
    return _shown(own, reference)


@router.post("/{reference}/deliver", response=PartOut, summary="Say that I received it (buyer)")
@refuses(errors.SellerOrderNotFound, STATES)
def deliver(request: HttpRequest, reference: str) -> PartOut:
    """Begins the period after which the seller is paid; disputes stay possible for a while."""
    who = person(request)
    part = get_seller_order(reference=reference, buyer_id=who.id)
    commands.deliver_seller_order(seller_order_id=part.pk, actor=buyer(request))
    row = get_seller_order(reference=reference, buyer_id=who.id)
    return PartOut.of(row, offers_in([row]))


def _mine(own: Shop, reference: str) -> Any:
    return get_seller_order(reference=reference, seller_id=own.id)


def _shown(own: Shop, reference: str) -> SellerOrderOut:
    row = _mine(own, reference)
    return SellerOrderOut.of(row, offers_in([row]))
