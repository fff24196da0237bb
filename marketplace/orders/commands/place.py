"""Placing an order: one transaction that reserves, splits by seller, prices and freezes the terms."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from marketplace.accounts.queries import kyc_level_of
from marketplace.fees.queries import Sale, Terms, terms_for
from marketplace.listings.commands import reserve
from marketplace.listings.commands.stock import ReservedOffer
from marketplace.orders.commands.cart import LINES_MAX, QUANTITY_MAX
from marketplace.orders.errors import (
    AboveLimit,
    CartEmpty,
    LineRepeated,
    NoDeliveryToRegion,
    OwnGoods,
    PriceChanged,
    QuantityOutOfRange,
    SellerNotActive,
    TooManyLines,
    VerificationNeeded,
)
from marketplace.orders.events import OrderPlaced
from marketplace.orders.models import Order, OrderLine, Reservation, SellerOrder
from marketplace.orders.queries import shipping_fee
from marketplace.rules.queries import require_open, value_of
from marketplace.rules.states import BUYER_LIMITS, RuleName
from marketplace.sellers.queries import standing_of
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.money import format_minor
from marketplace.shared.outbox import record
from marketplace.shared.rows import change_along, insert, uuids

_EMPTY_CART = "DELETE FROM orders_cartline WHERE buyer_id = %s AND listing_id = ANY(%s::uuid[])"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of the wish; `price_minor` is the unit price the buyer agreed to (None: any)."""

    listing_reference: str
    quantity: int
    price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where it goes."""

    recipient: str
    phone: str
    region: str
    district: str
    street: str
    landmark: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    offer: ReservedOffer
    quantity: int

    @property
    def total_minor(self) -> int:
        return self.quantity * self.offer.price_minor


@transaction.atomic(savepoint=False)  # A refusal ends the checkout as a whole.
def place_order(
    *, buyer_id: UUID, lines: Sequence[Wanted], delivery: Delivery, actor: Actor
) -> Order:
    """Reserve the stock and freeze prices, VAT and commission (DESIGN section 6).

    Amounts are minor units; prices include VAT; each seller's parcel costs the region's fee.
    Raises ClosedForNow, the refusals of `orders.errors`, StockInsufficient, NotForSale and ListingNotFound; then
    nothing is reserved.
    """
    require_open(RuleName.CHECKOUT)
    quantities = _quantities(lines)
    fee_minor = shipping_fee(delivery.region)
    if fee_minor is None:
        raise NoDeliveryToRegion(region=delivery.region)
    offers = reserve(quantities=quantities)
    _check_offers(buyer_id, lines, offers)
    by_seller: dict[UUID, list[_Line]] = defaultdict(list)
    for reference, offer in offers.items():
        by_seller[offer.seller_id].append(_Line(offer, quantities[reference]))
    items_minor = sum(line.total_minor for own in by_seller.values() for line in own)
    shipping_minor = fee_minor * len(by_seller)
    _check_limit(buyer_id, items_minor + shipping_minor)
    now = clock.now()
    order = Order(
        buyer_id=buyer_id,
        items_minor=items_minor,
        shipping_minor=shipping_minor,
        total_minor=items_minor + shipping_minor,
        recipient=delivery.recipient,
        phone=delivery.phone,
        region=delivery.region,
        district=delivery.district,
        street=delivery.street,
        landmark=delivery.landmark,
        placed_at=now,
        expires_at=now + timedelta(minutes=value_of(RuleName.ORDER_EXPIRY)),
    )
    parts, rows = _split(order, by_seller, fee_minor)
    held = [
        Reservation(
            order_id=order.pk,
            listing_id=offer.listing_id,
            quantity=quantities[reference],
            expires_at=order.expires_at,
        )
        for reference, offer in offers.items()
    ]
    insert([order], parts, rows, held)
    change_along(_EMPTY_CART, buyer_id, uuids(offer.listing_id for offer in offers.values()))
    record(
        OrderPlaced(order_id=order.pk),
        actor=actor,
        after={"status": order.status, "total_minor": order.total_minor},
    )
    return order


def _quantities(lines: Sequence[Wanted]) -> dict[str, int]:
    """Pieces by listing reference."""
    if not lines:
        raise CartEmpty
    if len(lines) > LINES_MAX:
        raise TooManyLines(most=LINES_MAX)
    quantities: dict[str, int] = {}
    for line in lines:
        if not 1 <= line.quantity <= QUANTITY_MAX:
            raise QuantityOutOfRange(most=QUANTITY_MAX)
        if line.listing_reference in quantities:
            raise LineRepeated(listing=line.listing_reference)
        quantities[line.listing_reference] = line.quantity
    return quantities


def _check_offers(
    buyer_id: UUID, lines: Sequence[Wanted], offers: dict[str, ReservedOffer]
) -> None:
    agreed = {line.listing_reference: line.price_minor for line in lines}
    sellers = standing_of({offer.seller_id for offer in offers.values()}, user_id=buyer_id)
    for offer in offers.values():
        if not sellers[offer.seller_id].is_active:
            raise SellerNotActive(title=offer.title)
        if sellers[offer.seller_id].is_own:
            raise OwnGoods(title=offer.title)
        if agreed[offer.reference] not in (None, offer.price_minor):
            raise PriceChanged(title=offer.title, price=format_minor(offer.price_minor))


def _check_limit(buyer_id: UUID, total_minor: int) -> None:
    """The better we know a buyer, the larger an order may be."""
    limits = [value_of(name) for name in BUYER_LIMITS]
    if total_minor > limits[-1]:
        raise AboveLimit(limit=format_minor(limits[-1]))
    if total_minor <= limits[0]:
        return  # Anybody may; most orders end here, without asking who it is.
    level = min(kyc_level_of(buyer_id), len(limits) - 1)
    if total_minor > limits[level]:
        raise VerificationNeeded(limit=format_minor(limits[level]))


def _split(
    order: Order, by_seller: dict[UUID, list[_Line]], fee_minor: int
) -> tuple[list[SellerOrder], list[OrderLine]]:
    """One seller order each, with its lines and the terms that apply today."""
    sales = [
        Sale(
            key=line.offer.listing_id,
            category_id=line.offer.category_id,
            seller_id=seller_id,
            amount_minor=line.total_minor,
        )
        for seller_id, own in by_seller.items()
        for line in own
    ]
    terms = terms_for(sales=sales, on=clock.today())
    parts, rows = [], []
    for seller_id, own in by_seller.items():
        part = SellerOrder(
            order_id=order.pk,
            seller_id=seller_id,
            items_minor=sum(line.total_minor for line in own),
            shipping_minor=fee_minor,
            commission_minor=sum(terms[line.offer.listing_id].commission_minor for line in own),
            commission_vat_minor=sum(
                terms[line.offer.listing_id].commission_vat_minor for line in own
            ),
            placed_at=order.placed_at,
        )
        parts.append(part)
        rows += [_row(part, line, terms[line.offer.listing_id]) for line in own]
    return parts, rows


def _row(part: SellerOrder, line: _Line, terms: Terms) -> OrderLine:
    return OrderLine(
        seller_order_id=part.pk,
        listing_id=line.offer.listing_id,
        title=line.offer.title,
        sku=line.offer.sku,
        quantity=line.quantity,
        unit_price_minor=line.offer.price_minor,
        total_minor=line.total_minor,
        vat_bp=terms.vat_bp,
        vat_minor=terms.vat_minor,
        commission_bp=terms.commission_bp,
        commission_minor=terms.commission_minor,
        commission_vat_bp=terms.commission_vat_bp,
        commission_vat_minor=terms.commission_vat_minor,
        commission_rule=terms.rule,
    )
