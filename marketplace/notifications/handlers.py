"""Who is told what, when something has happened. Each tells once, however often it is repeated."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.functional import lazy

from marketplace.accounts.events import PhoneCodeRequested, UserRegistered
from marketplace.accounts.queries import contact_of, unseal_code
from marketplace.catalog.queries import product_cards
from marketplace.disputes.events import DisputeMessagePosted, DisputeOpened, DisputeResolved
from marketplace.disputes.queries import dispute_by_id, thread
from marketplace.disputes.states import DisputeOrigin, DisputeOutcome, Party
from marketplace.listings.events import ImportFinished, ListingStatusChanged
from marketplace.listings.queries import import_batch_by_id, offer_cards
from marketplace.listings.states import ImportStatus, ListingStatus
from marketplace.notifications import commands, dispute_news
from marketplace.notifications.events import MessageQueued
from marketplace.orders.events import (
    OrderCancelled,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    SellerOrderCancelled,
    SellerOrderDelivered,
    SellerOrderShipped,
)
from marketplace.orders.queries import order_by_id, seller_order_by_id
from marketplace.payments import explanations as payments
from marketplace.payments.advice import advice_on
from marketplace.payments.events import PaymentFailed, RefundSucceeded
from marketplace.payments.queries import get_attempt, get_refund
from marketplace.payouts import sentences as payouts
from marketplace.payouts.events import PayoutFailed, PayoutPaid
from marketplace.payouts.queries import get_payout
from marketplace.rules.queries import value_of
from marketplace.rules.states import RuleName
from marketplace.sellers.events import (
    ApplicationApproved,
    ApplicationRejected,
    ApplicationSubmitted,
    InformationRequested,
)
from marketplace.sellers.queries import application_by_id, owner_of
from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.clock import EAT
from marketplace.shared.events import EventMeta
from marketplace.shared.money import format_minor

NOTIFICATIONS = Actor.system("notifications")
LINES_SHOWN_MAX = 20
_LISTING_NEWS = {
    ListingStatus.LIVE.value: "listing_live",
    ListingStatus.REJECTED.value: "listing_rejected",
}


def send(event: MessageQueued, meta: EventMeta) -> None:
    """External: hands the message to the provider."""
    commands.send(message_id=event.message_id, idempotency_key=meta.delivery_key)


# --- accounts ---


def send_phone_code(event: PhoneCodeRequested, meta: EventMeta) -> None:
    """To the phone that is to be proved, which is not the account's yet."""
    contact = contact_of(event.user_id)
    commands.tell(
        code="phone_code",
        context={"code": unseal_code(event.sealed_code), "minutes": settings.OTP_MINUTES},
        dedupe_key=str(meta.event_id),
        actor=NOTIFICATIONS,
        user_id=event.user_id,
        recipient=commands.Recipient(
            name=contact.name, phone=event.phone, language=contact.language
        ),
    )


def welcome(event: UserRegistered, meta: EventMeta) -> None:
    _tell(meta, event.user_id, "welcome")


# --- sellers ---


def application_submitted(event: ApplicationSubmitted, meta: EventMeta) -> None:
    _tell_applicant(meta, event.application_id, "application_submitted")


def information_requested(event: InformationRequested, meta: EventMeta) -> None:
    _tell_applicant(
        meta, event.application_id, "application_information_requested", message=event.message
    )


def application_approved(event: ApplicationApproved, meta: EventMeta) -> None:
    _tell_applicant(meta, event.application_id, "application_approved")


def application_rejected(event: ApplicationRejected, meta: EventMeta) -> None:
    _tell_applicant(meta, event.application_id, "application_rejected", reason=event.reason)


# --- listings ---


def listing_decided(event: ListingStatusChanged, meta: EventMeta) -> None:
    """What staff decided; sellers know what they did themselves."""
    code = _LISTING_NEWS.get(event.status)
    if code is None or meta.actor.kind is not ActorKind.STAFF:
        return
    listing = offer_cards(listing_ids=[event.listing_id])[event.listing_id]
    product = product_cards([listing.product_id])[listing.product_id]
    _tell(
        meta,
        owner_of(listing.seller_id),
        code,
        about=listing.reference,
        listing=listing.reference,
        title=product.title,
        sku=listing.sku,
        reason=event.reason,
    )


def import_finished(event: ImportFinished, meta: EventMeta) -> None:
    """Whoever cancelled an import knows that it was cancelled."""
    if event.status == ImportStatus.CANCELLED:
        return
    batch = import_batch_by_id(event.batch_id)
    is_refused = event.status == ImportStatus.REFUSED
    _tell(
        meta,
        batch.uploaded_by_id,
        "import_refused" if is_refused else "import_finished",
        about=batch.reference,
        file=batch.original_name,
        reason=batch.refusal,
        created=batch.rows_created,
        updated=batch.rows_updated,
        failed=batch.rows_failed,
        **{"import": batch.reference},
    )


# --- orders, to the buyer ---


def order_placed(event: OrderPlaced, meta: EventMeta) -> None:
    _tell_buyer(meta, event.order_id, "order_placed")


def receipt(event: OrderPaid, meta: EventMeta) -> None:
    _tell_buyer(meta, event.order_id, "order_paid")


def order_expired(event: OrderExpired, meta: EventMeta) -> None:
    _tell_buyer(meta, event.order_id, "order_expired")


def order_cancelled(event: OrderCancelled, meta: EventMeta) -> None:
    """Of a paid order the buyer hears part by part, with the money that comes back."""
    if not event.was_paid:
        _tell_buyer(meta, event.order_id, "order_cancelled", reason=event.reason)


def payment_failed(event: PaymentFailed, meta: EventMeta) -> None:
    with translation.override(contact_of(order_by_id(event.order_id).buyer_id).language):
        advice = advice_on(get_attempt(event.attempt_id))
        said = advice.sentence if advice else payments.told(code=event.code, message=event.message)
    _tell_buyer(meta, event.order_id, "payment_failed", reason=said)


def order_shipped(event: SellerOrderShipped, meta: EventMeta) -> None:
    part = seller_order_by_id(event.seller_order_id)
    _tell(
        meta,
        part.order.buyer_id,
        "order_shipped",
        about=part.order.reference,
        order=part.order.reference,
        shop=part.seller.name,
        carrier=event.carrier,
        tracking=event.tracking or "-",
    )


def order_delivered(event: SellerOrderDelivered, meta: EventMeta) -> None:
    """The buyer learns how long to complain, the seller that the hold period runs."""
    part = seller_order_by_id(event.seller_order_id)
    _tell(
        meta,
        part.order.buyer_id,
        "order_delivered",
        about=part.order.reference,
        order=part.order.reference,
        shop=part.seller.name,
        days=value_of(RuleName.DISPUTE_WINDOW),
    )
    _tell(
        meta,
        owner_of(part.seller_id),
        "seller_order_delivered",
        about=part.reference,
        order=part.reference,
        amount=format_minor(part.gross_minor),
    )


def part_cancelled(event: SellerOrderCancelled, meta: EventMeta) -> None:
    """The buyer's money comes back; the seller must not ship what others cancelled."""
    part = seller_order_by_id(event.seller_order_id)
    _tell(
        meta,
        part.order.buyer_id,
        "order_part_cancelled",
        about=part.order.reference,
        order=part.order.reference,
        shop=part.seller.name,
        amount=format_minor(part.gross_minor),
        reason=event.reason,
    )
    if meta.actor.kind is not ActorKind.SELLER:
        _tell(
            meta,
            owner_of(part.seller_id),
            "seller_order_cancelled",
            about=part.reference,
            order=part.reference,
            reason=event.reason,
        )


def refund_arrived(event: RefundSucceeded, meta: EventMeta) -> None:
    refund = get_refund(event.refund_id)
    order = refund.attempt.intent.order
    _tell(
        meta,
        order.buyer_id,
        "refund_succeeded",
        about=order.reference,
        order=order.reference,
        refund=refund.reference,
        amount=format_minor(refund.amount_minor, refund.currency),
    )


# --- orders and payouts, to the sellers ---


def new_order(event: OrderPaid, meta: EventMeta) -> None:
    """Each seller learns of their own part, and of nobody else's."""
    order = order_by_id(event.order_id)
    for part in order.seller_orders.all():
        _tell(
            meta,
            owner_of(part.seller_id),
            "seller_new_order",
            about=part.reference,
            order=part.reference,
            items=_items(part.lines.all()),
            amount=format_minor(part.gross_minor),
            region=order.region,
        )


def payout_paid(event: PayoutPaid, meta: EventMeta) -> None:
    _tell_payee(meta, event.payout_id, "payout_paid")


def payout_failed(event: PayoutFailed, meta: EventMeta) -> None:
    why = lazy(payouts.told, str)(code=event.code, message=event.message)
    _tell_payee(meta, event.payout_id, "payout_failed", reason=why)


# --- disputes ---


def dispute_opened(event: DisputeOpened, meta: EventMeta) -> None:
    dispute = dispute_by_id(event.dispute_id)
    if dispute.origin == DisputeOrigin.PROVIDER:
        dispute_news.tell_of_reversal(meta, dispute)
        return
    dispute_news.tell_of_claim(meta, dispute)


def dispute_message(event: DisputeMessagePosted, meta: EventMeta) -> None:
    """Tells the sides that did not write it; the first message comes with the dispute itself."""
    dispute = dispute_by_id(event.dispute_id)
    first = thread(dispute_id=event.dispute_id).messages[:1]
    is_claim = dispute.origin == DisputeOrigin.BUYER and event.message_id in {m.pk for m in first}
    if event.is_internal or is_claim:
        return
    sides = {Party.BUYER: dispute.buyer_id, Party.SELLER: owner_of(dispute.seller_id)}
    for party, user_id in sides.items():
        if party != event.party:
            _tell(
                meta,
                user_id,
                "dispute_message",
                about=dispute.reference,
                dispute=dispute.reference,
                order=dispute.seller_order.reference,
            )


def dispute_resolved(event: DisputeResolved, meta: EventMeta) -> None:
    dispute = dispute_by_id(event.dispute_id)
    if dispute.taken_back_minor:
        dispute_news.tell_who_bears_it(meta, dispute)
        return
    for user_id in (dispute.buyer_id, owner_of(dispute.seller_id)):
        _tell(
            meta,
            user_id,
            "dispute_resolved",
            about=dispute.reference,
            dispute=dispute.reference,
            order=dispute.seller_order.reference,
            outcome=DisputeOutcome(event.outcome).label,
            amount=format_minor(event.refunded_minor),
        )


def _tell_applicant(meta: EventMeta, application_id: UUID, code: str, **context: object) -> None:
    application = application_by_id(application_id)
    _tell(
        meta,
        application.applicant_id,
        code,
        about=application.reference,
        application=application.reference,
        business=application.business_name,
        **context,
    )


def _tell_buyer(meta: EventMeta, order_id: UUID, code: str, **context: object) -> None:
    order = order_by_id(order_id)
    lines = [line for part in order.seller_orders.all() for line in part.lines.all()]
    _tell(
        meta,
        order.buyer_id,
        code,
        about=order.reference,
        order=order.reference,
        items=_items(lines),
        shipping=format_minor(order.shipping_minor, order.currency),
        total=format_minor(order.total_minor, order.currency),
        pay_by=_time(order.expires_at),
        paid_at=_time(order.paid_at or meta.occurred_at),
        **context,
    )


def _tell_payee(meta: EventMeta, payout_id: UUID, code: str, **context: object) -> None:
    payout = get_payout(payout_id)
    _tell(
        meta,
        owner_of(payout.seller_id),
        code,
        about=payout.reference,
        payout=payout.reference,
        amount=format_minor(payout.amount_minor, payout.currency),
        number=f"{payout.msisdn[:6]}***{payout.msisdn[-3:]}",
        **context,
    )


def _tell(meta: EventMeta, user_id: UUID, code: str, *, about: str = "", **context: object) -> None:
    commands.tell(
        code=code,
        context=context,
        dedupe_key=str(meta.event_id),
        actor=NOTIFICATIONS,
        user_id=user_id,
        about=about,
    )


def _items(lines: Iterable[Any]) -> str:
    """`2 × Galaxy A15: TZS 900,000`, a line each."""
    rows = [f"{line.quantity} × {line.title}: {format_minor(line.total_minor)}" for line in lines]
    if len(rows) > LINES_SHOWN_MAX:
        rows[LINES_SHOWN_MAX:] = [f"+ {len(rows) - LINES_SHOWN_MAX}"]
    return "\n".join(rows)


def _time(instant: datetime) -> str:
    return f"{instant.astimezone(EAT):%d/%m/%Y %H:%M}"
