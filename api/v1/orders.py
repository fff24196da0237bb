"""A buyer's orders."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from api.auth import buyer, person
from api.idempotency import idempotent
from api.pagination import Page, Window, cut
from api.refusals import refuses
from api.schemas.listings import ReasonIn
from api.schemas.orders import OrderDetail, OrderIn, OrderOut, order_values
from api.schemas.payments import PaymentOut
from api.throttling import Pace
from marketplace.accounts.errors import AddressNotFound, PhoneInvalid
from marketplace.accounts.phones import normalise
from marketplace.accounts.queries import get_address
from marketplace.listings.errors import ListingNotFound, NotForSale, StockInsufficient
from marketplace.listings.queries import OfferCard, offer_cards
from marketplace.orders import errors
from marketplace.orders.commands import Delivery, Wanted, cancel_order
from marketplace.orders.queries import get_order, orders_of
from marketplace.orders.states import OrderStatus
from marketplace.payments.advice import advice_about
from marketplace.payments.commands import check_out
from marketplace.payments.errors import PaymentNotFound
from marketplace.payments.queries import intent_of, refunds_of
from marketplace.rules.errors import ClosedForNow
from marketplace.shared.states import IllegalTransition, TransitionNotYours

router = Router()


@router.post("", throttle=Pace("money"), response={201: OrderDetail}, summary="Place an order")
@refuses(
    errors.CartEmpty,
    errors.TooManyLines,
    errors.QuantityOutOfRange,
    errors.LineRepeated,
    errors.PriceChanged,
    errors.SellerNotActive,
    errors.OwnGoods,
    errors.NoDeliveryToRegion,
    errors.VerificationNeeded,
    errors.AboveLimit,
    ClosedForNow,
    ListingNotFound,
    NotForSale,
    StockInsufficient,
    AddressNotFound,
    PhoneInvalid,
)
@idempotent
def place(request: HttpRequest, body: OrderIn) -> Status[OrderDetail]:
    """Reserves the stock until `expires_at` and opens the payment; pay it with
    `POST /payments/{reference}/attempts`. Prices include VAT. All of it is placed, or nothing."""
    who = person(request)
    placed = check_out(
        buyer_id=who.id,
        lines=[
            Wanted(
                listing_reference=wanted.listing,
                quantity=wanted.quantity,
                price_minor=wanted.price.amount if wanted.price else None,
            )
            for wanted in body.lines
        ],
        delivery=_delivery(who.id, body),
        actor=buyer(request),
    )
    return Status(201, _detail(get_order(reference=placed.order_reference, buyer_id=who.id)))


@router.get("", response=Page[OrderOut], summary="List my orders")
def list_orders(
    request: HttpRequest,
    window: Query[Window],
    status: Annotated[OrderStatus | None, Query(examples=["paid"])] = None,
) -> Page[OrderOut]:
    """Newest first."""
    rows = orders_of(buyer_id=person(request).id, status=status or "")
    found, cursor = cut(request, rows, window)
    offers = offers_in(part for row in found for part in row.seller_orders.all())
    return Page(items=[OrderOut.of(row, offers) for row in found], next_cursor=cursor)


@router.get("/{reference}", response=OrderDetail, summary="Show my order with its payment")
@refuses(errors.OrderNotFound, PaymentNotFound)
def show_order(request: HttpRequest, reference: str) -> OrderDetail:
    return _detail(_mine(request, reference))


@router.post(
    "/{reference}/cancel",
    throttle=Pace("money"),
    response=OrderDetail,
    summary="Cancel my order",
)
@refuses(
    errors.OrderNotFound,
    errors.ReasonMissing,
    errors.NothingToCancel,
    PaymentNotFound,
    IllegalTransition,
    TransitionNotYours,
)
@idempotent
def cancel(request: HttpRequest, reference: str, body: ReasonIn) -> OrderDetail:
    """Of a paid order every part that its seller has not confirmed yet; its money goes back."""
    cancel_order(order_id=_mine(request, reference).pk, reason=body.reason, actor=buyer(request))
    return _detail(_mine(request, reference))


def offers_in(parts: Iterable[Any]) -> dict[UUID, OfferCard]:
    """The listings that the lines of some seller orders speak of; two queries."""
    return offer_cards(listing_ids={line.listing_id for part in parts for line in part.lines.all()})


def _mine(request: HttpRequest, reference: str) -> Any:
    return get_order(reference=reference, buyer_id=person(request).id)


def _detail(row: Any) -> OrderDetail:
    intent = intent_of(order_id=row.pk)
    payment = PaymentOut.of(intent, list(refunds_of(order_id=row.pk)), advice_about(intent))
    return OrderDetail(**order_values(row, offers_in(row.seller_orders.all())), payment=payment)


def _delivery(user_id: UUID, body: OrderIn) -> Delivery:
    if body.delivery is not None:
        values = body.delivery.model_dump()
        return Delivery(
            **{**values, "phone": normalise(body.delivery.phone, field="delivery.phone")}
        )
    address = get_address(user_id=user_id, reference=body.address or "")
    return Delivery(
        recipient=address.recipient,
        phone=address.phone,
        region=address.region,
        district=address.district,
        street=address.street,
        landmark=address.landmark,
    )
