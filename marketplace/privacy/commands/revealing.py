"""Looking at what is hidden, with a reason that stays."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from marketplace.privacy.errors import RevealNoteMissing, RevealReasonUnknown
from marketplace.privacy.events import PersonRevealed, RecordRevealed, SellerRevealed
from marketplace.privacy.states import RevealReason
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record


@transaction.atomic
def reveal(
    *,
    thing: str,
    thing_id: str,
    shown_on: str,
    fields: Sequence[str],
    reason: str,
    note: str,
    actor: Actor,
    user_id: UUID | None = None,
    seller_id: UUID | None = None,
) -> None:
    """Write down that the actor is shown these fields of the thing, and whose they are if we know.

    The caller shows them once this is committed. Raises RevealReasonUnknown, RevealNoteMissing.
    """
    if reason not in RevealReason.values:
        raise RevealReasonUnknown
    note = note.strip()
    if reason == RevealReason.OTHER and not note:
        raise RevealNoteMissing
    told: dict[str, Any] = {
        "thing": thing,
        "thing_id": thing_id,
        "shown_on": shown_on,
        "fields": list(fields),
        "reason": reason,
        "note": note,
    }
    if user_id is not None:
        record(PersonRevealed(user_id=user_id, **told), actor=actor)
    elif seller_id is not None:
        record(SellerRevealed(seller_id=seller_id, **told), actor=actor)
    else:
        record(RecordRevealed(record_id=thing_id, **told), actor=actor)
