"""What a person allows us, and takes back."""

from uuid import UUID

from django.db import transaction

from marketplace.accounts.errors import UserNotFound
from marketplace.accounts.events import ConsentGiven, ConsentWithdrawn
from marketplace.accounts.models import Consent, User
from marketplace.accounts.states import Purpose
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record


@transaction.atomic
def set_consent(*, user_id: UUID, purpose: Purpose, is_given: bool, actor: Actor) -> Consent | None:
    """Allow something, or take it back; a no-op where it is so already. Returns what is in force.

    The moment of taking back is told under the lock of the row: whoever acts on a consent holds that
    lock for as long as it looks (`queries.consents_held`), so that the two never overlap.
    Raises UserNotFound.
    """
    if not User.objects.select_for_update(no_key=True).filter(pk=user_id).exists():
        raise UserNotFound
    found = Consent.objects.select_for_update().filter(
        user_id=user_id, purpose=purpose, withdrawn_at=None
    )
    consent = found.first()
    if (consent is not None) == is_given:
        return consent
    event: ConsentGiven | ConsentWithdrawn
    name = str(purpose)  # The log's JSON takes no enum.
    if consent is None:
        consent = Consent.objects.create(user_id=user_id, purpose=purpose, given_at=clock.now())
        event = ConsentGiven(user_id=user_id, purpose=name)
    else:
        consent.withdrawn_at = clock.now()
        consent.save(update_fields=["withdrawn_at"])
        event = ConsentWithdrawn(user_id=user_id, purpose=name)
    record(event, actor=actor, before={name: not is_given}, after={name: is_given})
    return consent if is_given else None
