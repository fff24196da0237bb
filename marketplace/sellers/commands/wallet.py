"""Where a seller's money goes. A change rests for a while, so that a thief does not get paid at once."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from marketplace.rules.queries import value_of
from marketplace.rules.states import RuleName
from marketplace.sellers import details
from marketplace.sellers.errors import (
    NotTheOwner,
    ReasonMissing,
    ReasonTooLong,
    SellerClosed,
    SellerNotFound,
    WalletUnchanged,
)
from marketplace.sellers.events import PayoutWalletChanged
from marketplace.sellers.models import Seller
from marketplace.sellers.queries import owner_of
from marketplace.sellers.states import SellerStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record
from marketplace.shared.sealing import seal

WALLET = ("payout_provider", "payout_msisdn", "payout_name")

REASON_LENGTH_MAX = 300


@transaction.atomic
def change_wallet(
    *,
    seller_id: UUID,
    payout_provider: str,
    payout_msisdn: str,
    payout_name: str,
    reason: str = "",
    actor: Actor,
) -> Seller:
    """Pay the seller elsewhere from now on, but not before it has rested (RuleName.WALLET_REST).

    By its owner, or by staff with a reason. Raises SellerNotFound, NotTheOwner, SellerClosed,
    DetailInvalid (its subclasses), ReasonMissing, ReasonTooLong and WalletUnchanged.
    """
    reason = reason.strip()
    if actor.kind == ActorKind.STAFF and not reason:
        raise ReasonMissing
    if len(reason) > REASON_LENGTH_MAX:
        raise ReasonTooLong(length_max=REASON_LENGTH_MAX)
    if actor.kind != ActorKind.STAFF and owner_of(seller_id) != actor.user_id:
        raise NotTheOwner
    cleaned = details.clean(
        {
            "payout_provider": payout_provider,
            "payout_msisdn": payout_msisdn,
            "payout_name": payout_name,
        }
    )
    seller = _locked(seller_id)
    if seller.status == SellerStatus.CLOSED:
        raise SellerClosed
    before = {field: getattr(seller, field) for field in WALLET}
    if before == cleaned:
        raise WalletUnchanged
    now = clock.now()
    for field, value in cleaned.items():
        setattr(seller, field, value)
    seller.wallet_changed_at = now
    seller.wallet_rests_until = now + timedelta(hours=value_of(RuleName.WALLET_REST))
    seller.save(update_fields=[*WALLET, "wallet_changed_at", "wallet_rests_until"])
    record(
        PayoutWalletChanged(
            seller_id=seller.pk,
            sealed_old_msisdn=seal(before["payout_msisdn"]),
            rests_until=seller.wallet_rests_until,
            reason=reason,
        ),
        actor=actor,
        before={field: details.masked(field, value) for field, value in before.items()},
        after={field: details.masked(field, value) for field, value in cleaned.items()},
    )
    return seller


def _locked(seller_id: UUID) -> Seller:
    """Under the balance's lock, too: a payout that leaves now goes before the change, or not at all."""
    known = Seller.objects.filter(pk=seller_id).first()
    if known is None:
        raise SellerNotFound
    one_at_a_time(f"seller-balance:{known.reference}")
    return Seller.objects.select_for_update(no_key=True).get(pk=seller_id)
