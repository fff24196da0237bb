"""Switching providers off and on, their limits and fees: from a day on, never back in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from marketplace.payments.commands.calls import ask
from marketplace.payments.errors import (
    AlreadyBegun,
    ControlReasonMissing,
    FeesInvalid,
    LimitsInvalid,
    SwitchUnchanged,
)
from marketplace.payments.events import (
    ProviderFeesSet,
    ProviderLimitsSet,
    ProviderPaused,
    ProviderResumed,
)
from marketplace.payments.gateways import gateway
from marketplace.payments.models import FeeBand, ProviderLimit, ProviderSwitch
from marketplace.payments.ports import Answer, Outcome, PaymentProvider
from marketplace.payments.states import FeeKind
from marketplace.shared import clock
from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.money import is_whole
from marketplace.shared.outbox import record

RATE_BP_MAX = 5_000
REASON_CHARS = 300


@dataclass(frozen=True, slots=True)
class Band:
    """A movement of at least `from_minor` costs `fixed_minor` and `rate_bp` of it."""

    from_minor: int
    fixed_minor: int = 0
    rate_bp: int = 0


@transaction.atomic
def pause_provider(*, provider: str, reason: str, actor: Actor) -> ProviderSwitch:
    """Offer buyers the others from now on; what is under way goes on.

    Raises ProviderUnknown, ControlReasonMissing and SwitchUnchanged.
    """
    return _switch(provider, True, reason, actor)


@transaction.atomic
def resume_provider(*, provider: str, reason: str, actor: Actor) -> ProviderSwitch:
    """Offer it again. Raises as above."""
    return _switch(provider, False, reason, actor)


@transaction.atomic
def set_limits(
    *,
    provider: str,
    valid_from: date,
    min_minor: int,
    max_minor: int,
    wallet_daily_minor: int | None,
    actor: Actor,
) -> ProviderLimit:
    """What it takes at once, and of one wallet in a day; the same day again replaces.

    Raises ProviderUnknown, AlreadyBegun (the system alone may load what was) and LimitsInvalid.
    """
    gateway(provider)
    _check_day(valid_from, actor)
    amounts = [min_minor, max_minor, *([] if wallet_daily_minor is None else [wallet_daily_minor])]
    if min_minor <= 0 or amounts != sorted(amounts) or not all(map(is_whole, amounts)):
        raise LimitsInvalid
    one_at_a_time(f"payments.control:{provider}")
    before = ProviderLimit.objects.filter(provider=provider, valid_from__lte=valid_from)
    earlier = before.order_by("valid_from").last()
    old = _limit_facts(earlier) if earlier else None
    limit, _is_new = ProviderLimit.objects.update_or_create(
        provider=provider,
        valid_from=valid_from,
        defaults={
            "min_minor": min_minor,
            "max_minor": max_minor,
            "wallet_daily_minor": wallet_daily_minor,
        },
    )
    record(
        ProviderLimitsSet(provider_id=provider, valid_from=valid_from),
        actor=actor,
        before=old,
        after=_limit_facts(limit),
    )
    return limit


@transaction.atomic
def set_fees(
    *, provider: str, kind: str, valid_from: date, bands: Sequence[Band], actor: Actor
) -> list[FeeBand]:
    """What it charges us for a kind of movement; the same day again replaces.

    Raises ProviderUnknown, AlreadyBegun (as above) and FeesInvalid.
    """
    gateway(provider)
    _check_day(valid_from, actor)
    begins = [band.from_minor for band in bands]
    is_sound = all(
        band.fixed_minor >= 0 and 0 <= band.rate_bp <= RATE_BP_MAX and is_whole(band.fixed_minor)
        for band in bands
    )
    rises = begins == sorted(set(begins)) and begins[:1] == [0]
    if not rises or not is_sound or kind not in FeeKind.values:
        raise FeesInvalid
    one_at_a_time(f"payments.control:{provider}")
    FeeBand.objects.filter(provider=provider, kind=kind, valid_from=valid_from).delete()
    rows = FeeBand.objects.bulk_create(
        FeeBand(
            provider=provider,
            kind=kind,
            valid_from=valid_from,
            from_minor=band.from_minor,
            fixed_minor=band.fixed_minor,
            rate_bp=band.rate_bp,
        )
        for band in bands
    )
    record(
        ProviderFeesSet(provider_id=provider, kind=kind, valid_from=valid_from),
        actor=actor,
        after={
            "bands": [[band.from_minor, band.fixed_minor, band.rate_bp] for band in bands],
        },
    )
    return rows


def ping_provider(*, provider: str) -> None:
    """Ask for proof of life, now. Raises ProviderUnknown and ProviderUnavailable."""

    def alive(adapter: PaymentProvider) -> Answer:
        adapter.ping()
        return Answer(Outcome.SUCCEEDED)

    ask(provider, alive)


def _switch(provider: str, wanted: bool, reason: str, actor: Actor) -> ProviderSwitch:
    gateway(provider)
    reason = " ".join(reason.split())[:REASON_CHARS]
    if not reason:
        raise ControlReasonMissing
    ProviderSwitch.objects.get_or_create(provider=provider)
    switch = ProviderSwitch.objects.select_for_update().get(pk=provider)
    if switch.is_paused == wanted:
        raise SwitchUnchanged
    switch.is_paused, switch.reason = wanted, reason
    switch.changed_by_id, switch.changed_at = actor.user_id, clock.now()
    switch.save()
    fact = ProviderPaused if wanted else ProviderResumed
    record(
        fact(provider_id=provider, reason=reason),
        actor=actor,
        before={"is_paused": not wanted},
        after={"is_paused": wanted},
    )
    return switch


def _check_day(valid_from: date, actor: Actor) -> None:
    if valid_from < clock.today() and actor.kind != ActorKind.SYSTEM:
        raise AlreadyBegun


def _limit_facts(limit: ProviderLimit) -> dict[str, int | None]:
    return {
        "min_minor": limit.min_minor,
        "max_minor": limit.max_minor,
        "wallet_daily_minor": limit.wallet_daily_minor,
    }
