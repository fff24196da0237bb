"""An order and the wish to be paid for it are born together."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from marketplace.orders.commands import Delivery, Wanted, place_order
from marketplace.payments.events import IntentOpened
from marketplace.payments.models import Intent
from marketplace.payments.states import INTENT_TRANSITIONS, IntentStatus
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record
from marketplace.shared.rows import insert, together
from marketplace.shared.states import move


@dataclass(frozen=True, slots=True)
class Checkout:
    """What was born: the order and its payment."""

    order_id: UUID
    order_reference: str
    payment_reference: str


@transaction.atomic
@together()
def check_out(
    *, buyer_id: UUID, lines: Sequence[Wanted], delivery: Delivery, actor: Actor
) -> Checkout:
    """Place the order and open its payment in one transaction. Raises what `place_order` does."""
    order = place_order(buyer_id=buyer_id, lines=lines, delivery=delivery, actor=actor)
    intent = Intent(
        order_id=order.pk,
        amount_minor=order.total_minor,
        currency=order.currency,
        created_at=order.placed_at,
    )
    insert([intent])
    record(IntentOpened(intent_id=intent.pk, order_id=order.pk), actor=actor)
    return Checkout(order.pk, order.reference, intent.reference)


@transaction.atomic
def close_intent(*, order_id: UUID, actor: Actor) -> None:
    """The order wants no money any more; what still arrives is given back."""
    intent = Intent.objects.select_for_update().filter(order_id=order_id).first()
    if intent is not None and intent.status == IntentStatus.OPEN:
        move(intent, IntentStatus.CLOSED, INTENT_TRANSITIONS, actor=actor)
