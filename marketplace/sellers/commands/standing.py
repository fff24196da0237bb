"""Whether a seller may sell: suspended, reactivated, closed, always with a reason."""

from uuid import UUID

from django.db import transaction

from marketplace.sellers.errors import ReasonMissing, ReasonTooLong, SellerNotFound
from marketplace.sellers.events import SellerStatusChanged
from marketplace.sellers.models import Seller
from marketplace.sellers.states import SELLER_TRANSITIONS, SellerStatus
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record
from marketplace.shared.states import move

REASON_LENGTH_MAX = 300


@transaction.atomic
def suspend_seller(*, seller_id: UUID, reason: str, actor: Actor) -> Seller:
    """Stop all sales of a seller. Raises SellerNotFound, ReasonMissing, and state errors."""
    return _change(seller_id, SellerStatus.SUSPENDED, reason, actor)


@transaction.atomic
def reactivate_seller(*, seller_id: UUID, reason: str, actor: Actor) -> Seller:
    """Let a suspended seller sell again. Raises as `suspend_seller`."""
    return _change(seller_id, SellerStatus.ACTIVE, reason, actor)


@transaction.atomic
def close_seller(*, seller_id: UUID, reason: str, actor: Actor) -> Seller:
    """End a seller for good; what is owed to them stays on the books. Raises as `suspend_seller`."""
    return _change(seller_id, SellerStatus.CLOSED, reason, actor)


def _change(seller_id: UUID, wanted: SellerStatus, reason: str, actor: Actor) -> Seller:
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    if len(reason) > REASON_LENGTH_MAX:
        raise ReasonTooLong(length_max=REASON_LENGTH_MAX)
    seller = Seller.objects.select_for_update().filter(pk=seller_id).first()
    if seller is None:
        raise SellerNotFound
    before = move(seller, wanted, SELLER_TRANSITIONS, actor=actor, status_reason=reason)
    record(
        SellerStatusChanged(seller_id=seller.pk, status=wanted.value, reason=reason),
        actor=actor,
        before={"status": before},
        after={"status": wanted.value},
    )
    return seller
