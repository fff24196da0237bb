"""A provider whose float is empty pays nobody: its payouts wait until a person has filled it up."""

from django.db import transaction

from marketplace.payouts.errors import PayoutsNotPaused, ReasonMissing
from marketplace.payouts.events import PayoutsPaused, PayoutsResumed
from marketplace.payouts.models import PayoutPause
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record

PAYOUTS = Actor.system("payouts")
REASON_CHARS = 300


def paused_providers() -> set[str]:
    rows = PayoutPause.objects.filter(resumed_at__isnull=True)
    return set(rows.values_list("provider", flat=True))


def is_paused(provider: str) -> bool:
    return PayoutPause.objects.filter(provider=provider, resumed_at__isnull=True).exists()


@transaction.atomic
def pause_payouts(*, provider: str, code: str, message: str) -> PayoutPause:
    """Let nothing more leave through a provider, and tell finance; paused twice is paused once."""
    one_at_a_time(f"payout-pause:{provider}")
    known = PayoutPause.objects.filter(provider=provider, resumed_at__isnull=True).first()
    if known is not None:
        return known
    pause = PayoutPause.objects.create(
        provider=provider, code=code[:40], message=message[:300], paused_at=clock.now()
    )
    event = PayoutsPaused(pause_id=pause.pk, provider=provider, message=pause.message)
    record(event, actor=PAYOUTS, after={"code": pause.code})
    return pause


@transaction.atomic
def resume_payouts(*, provider: str, reason: str, actor: Actor) -> PayoutPause:
    """The float is filled: what waited leaves now. Raises ReasonMissing and PayoutsNotPaused."""
    if not reason.strip():
        raise ReasonMissing
    rows = PayoutPause.objects.select_for_update()
    pause = rows.filter(provider=provider, resumed_at__isnull=True).first()
    if pause is None:
        raise PayoutsNotPaused
    pause.resumed_at = clock.now()
    pause.resumed_by_id = actor.user_id
    pause.reason = reason.strip()[:REASON_CHARS]
    pause.save(update_fields=["resumed_at", "resumed_by", "reason"])
    event = PayoutsResumed(pause_id=pause.pk, provider=provider, reason=pause.reason)
    record(event, actor=actor)
    return pause
