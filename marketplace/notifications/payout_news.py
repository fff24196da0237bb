"""Who is told of holds, wallets, and payouts that shrank or came back: sellers, old numbers, finance."""

from datetime import datetime
from uuid import UUID

from django.utils.functional import lazy

from marketplace.accounts.queries import contact_of, people_in_role
from marketplace.notifications import commands
from marketplace.payments.states import Provider
from marketplace.payouts.events import (
    PayoutReduced,
    PayoutReturned,
    PayoutsPaused,
    SellerFreed,
    SellerHeld,
    WalletChecked,
)
from marketplace.payouts.queries import get_payout
from marketplace.payouts.sentences import WRITTEN
from marketplace.payouts.states import HoldKind, WalletCheckStatus
from marketplace.sellers.events import PayoutWalletChanged
from marketplace.sellers.queries import get_seller, owner_of, payout_wallet
from marketplace.shared.actors import Actor
from marketplace.shared.clock import EAT
from marketplace.shared.events import EventMeta
from marketplace.shared.money import format_minor
from marketplace.shared.sealing import unseal

NOTIFICATIONS = Actor.system("notifications")


def payout_reduced(event: PayoutReduced, meta: EventMeta) -> None:
    payout = get_payout(event.payout_id)
    _tell_shop(
        meta,
        event.seller_id,
        "payout_reduced",
        payout=payout.reference,
        approved=format_minor(payout.approved_minor, payout.currency),
        taken=format_minor(event.taken_back_minor, payout.currency),
        orders=", ".join(event.seller_orders),
        amount=format_minor(payout.amount_minor, payout.currency),
        number=_masked(payout.msisdn),
    )


def payout_returned(event: PayoutReturned, meta: EventMeta) -> None:
    payout = get_payout(event.payout_id)
    told = {
        "payout": payout.reference,
        "shop": payout.seller.name,
        "amount": format_minor(payout.amount_minor, payout.currency),
        "reason": _said(event.reason),
    }
    _tell_shop(meta, payout.seller_id, "payout_returned", number=_masked(payout.msisdn), **told)
    _tell_finance(meta, "finance_payout_returned", about=payout.reference, **told)


def payouts_paused(event: PayoutsPaused, meta: EventMeta) -> None:
    _tell_finance(
        meta,
        "finance_payouts_paused",
        provider=Provider(event.provider).label,
        reason=_said(event.message) if event.message else "–",
    )


def seller_held(event: SellerHeld, meta: EventMeta) -> None:
    """What the seller can mend is told; of a suspicion the console and the API say enough."""
    if event.kind == HoldKind.KYC_EXPIRED:
        _tell_shop(meta, event.seller_id, "papers_expired", papers=event.reason)


def seller_freed(event: SellerFreed, meta: EventMeta) -> None:
    if event.kind == HoldKind.KYC_EXPIRED:
        _tell_shop(meta, event.seller_id, "papers_accepted")


def wallet_refused(event: WalletChecked, meta: EventMeta) -> None:
    """While a person looks there is nothing to tell, and a wallet that matches is no news."""
    if event.status == WalletCheckStatus.REFUSED:
        number = _masked(payout_wallet(event.seller_id).msisdn)
        _tell_shop(meta, event.seller_id, "wallet_refused", number=number, reason=event.reason)


def wallet_changed(event: PayoutWalletChanged, meta: EventMeta) -> None:
    """The owner learns of it, and so does the old number: whoever stole the account has not that."""
    seller = get_seller(event.seller_id)
    until = _time(event.rests_until)
    number = _masked(seller.payout_msisdn)
    _tell_shop(meta, seller.pk, "wallet_changed", number=number, until=until)
    contact = contact_of(owner_of(seller.pk))
    commands.tell(
        code="wallet_left",
        context={"shop": seller.name, "until": until},
        dedupe_key=str(meta.event_id),
        actor=NOTIFICATIONS,
        recipient=commands.Recipient(
            name=contact.name, phone=unseal(event.sealed_old_msisdn), language=contact.language
        ),
        about=seller.reference,
    )


def _tell_shop(meta: EventMeta, seller_id: UUID, code: str, **context: object) -> None:
    seller = get_seller(seller_id)
    commands.tell(
        code=code,
        context={"shop": seller.name, **context},
        dedupe_key=str(meta.event_id),
        actor=NOTIFICATIONS,
        user_id=owner_of(seller_id),
        about=seller.reference,
    )


def _tell_finance(meta: EventMeta, code: str, *, about: str = "", **context: object) -> None:
    for user_id in people_in_role("finance"):
        commands.tell(
            code=code,
            context=context,
            dedupe_key=str(meta.event_id),
            actor=NOTIFICATIONS,
            user_id=user_id,
            about=about,
        )


_said = lazy(WRITTEN.again, str)


def _masked(msisdn: str) -> str:
    """`+25575***123`: enough to know one's own."""
    return f"{msisdn[:6]}***{msisdn[-3:]}"


def _time(instant: datetime) -> str:
    """As clocks in Tanzania show it."""
    return f"{instant.astimezone(EAT):%d/%m/%Y %H:%M}"
