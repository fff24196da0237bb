"""Telling services what buyers did: in batches, each repeated with the same ids until it is answered for.

Each service has one open batch at most, which a row lock and a lease give to one forwarder at a time.
A forwarder that is killed leaves it open: when the lease lapses the next one sends it again. Before
every request the consent of everybody in the batch is looked at again, under a lock.
"""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from marketplace.accounts.queries import consents_held
from marketplace.accounts.states import Purpose
from marketplace.analytics.commands.collecting import TELLS_BACK, collect_deeds
from marketplace.analytics.commands.withholding import WITHDRAWN
from marketplace.analytics.destinations import destination, destinations, pseudonym_key
from marketplace.analytics.errors import BatchNotFound
from marketplace.analytics.events import RefusedToldAgain
from marketplace.analytics.models import ForwardBatch, ForwardedDeed
from marketplace.analytics.policies import HIDDEN, permitted, pseudonym
from marketplace.analytics.ports import BatchRefused, BatchTooLarge, Deed, Destination, NotTaken
from marketplace.analytics.states import ForwardStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record

# Longer than an adapter waits for an answer.
LEASE = timedelta(seconds=120)
BACKOFF_FIRST_S = 2
BACKOFF_LONGEST_S = 600
# A worker ends what takes longer than five minutes.
SWEEP_S = 60
KEPT = timedelta(days=30)
FORGOTTEN_MAX = 20_000
FAILURE_LENGTH_MAX = 300


@dataclass(frozen=True, slots=True)
class Parcel:
    """A batch as one forwarder holds it: `attempt` tells whether it still does."""

    batch_id: int
    attempt: int
    deed_ids: list[int]
    encoded: list[bytes]


def forward_due() -> str:
    """Collect what buyers did, and tell every service. For the schedule."""
    queued = collect_deeds()
    told = [f"{name} {forward_to(name)}" for name in destinations()]
    return ", ".join([f"{queued} queued", *told])


def forward_to(name: str) -> int:
    """Hand over what waits for this service; returns how much it took. Calls it, so it must run
    outside any transaction. A no-op while another forwarder does it, or until the service is to be
    tried again."""
    service = destination(name)
    until = time.monotonic() + SWEEP_S
    taken = 0
    while time.monotonic() < until:
        parcel = _next_parcel(name, service)
        if parcel is None:
            break
        if parcel.encoded:
            taken += _hand_over(parcel, service)
    return taken


@transaction.atomic
def retry_refused(*, batch_id: int, actor: Actor) -> int:
    """Let what the service refused of this batch wait for a new one; returns how many. Safe to repeat.

    Raises BatchNotFound.
    """
    batch = ForwardBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise BatchNotFound
    refused = ForwardedDeed.objects.filter(batch=batch, status=ForwardStatus.REFUSED)
    deeds = refused.update(status=ForwardStatus.WAITING, batch=None, failure="")
    if deeds:
        record(RefusedToldAgain(forward_batch_id=batch.pk, deeds=deeds), actor=actor)
    return deeds


def forget_forwarded() -> int:
    """Delete what was told a month ago, and withhold what waits for a week. For the schedule."""
    now = clock.now()
    stale = ForwardedDeed.objects.filter(
        status=ForwardStatus.WAITING, batch=None, happened_at__lt=now - TELLS_BACK
    )
    stale.update(status=ForwardStatus.WITHHELD, properties={}, failure="too old")
    old = ForwardedDeed.objects.filter(
        Q(batch=None) | Q(batch__closed_at__lt=now - KEPT), happened_at__lt=now - KEPT
    )
    ids = list(old.order_by("pk").values_list("pk", flat=True)[:FORGOTTEN_MAX])
    ForwardedDeed.objects.filter(pk__in=ids).delete()
    ForwardBatch.objects.filter(closed_at__lt=now - KEPT, deeds=None).delete()
    return len(ids)


# --- Making a batch ---


@transaction.atomic
def _next_parcel(name: str, service: Destination) -> Parcel | None:
    """The service's open batch if it is due, or a new one; None where there is nothing to send now.

    Empty where all that waited may not be told: there may be more behind it.
    """
    batch = _open_batch(name)
    if batch is not None and batch.next_attempt_at > clock.now():
        return None
    waiting = ForwardedDeed.objects.filter(
        destination=name, status=ForwardStatus.WAITING, batch=batch
    )
    # Of a new batch, what another forwarder looks at is left to it; an open one is taken whole.
    locked = waiting.select_for_update(skip_locked=batch is None)
    deeds = list(locked.order_by("pk")[: service.limits.deeds_max])
    if not deeds and batch is None:
        return None
    told, encoded = _fitting(_allowed(deeds), service)
    now = clock.now()
    if batch is None:
        if not told:
            return Parcel(0, 0, [], [])
        batch = _opened(name)
        if batch is None:
            return None
    batch.attempts += 1
    batch.checked_at = now
    batch.next_attempt_at = now + LEASE
    batch.closed_at = None if told else now
    batch.save(update_fields=["attempts", "checked_at", "next_attempt_at", "closed_at"])
    waiting.filter(pk__in=[deed.pk for deed in deeds]).update(batch=None)
    ForwardedDeed.objects.filter(pk__in=told).update(batch=batch)
    return Parcel(batch.pk, batch.attempts, told, encoded)


def _open_batch(name: str) -> ForwardBatch | None:
    """None also while another forwarder looks at it: a second one cannot be opened then."""
    rows = ForwardBatch.objects.select_for_update(skip_locked=True)
    return rows.filter(destination=name, closed_at=None).first()


def _opened(name: str) -> ForwardBatch | None:
    """A new batch; None where another forwarder was faster: the database takes one per service."""
    now = clock.now()
    batch = ForwardBatch(destination=name, next_attempt_at=now, opened_at=now, checked_at=now)
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
    except IntegrityError:
        return None
    return batch


def _allowed(deeds: list[ForwardedDeed]) -> list[ForwardedDeed]:
    """Those whose buyers allowed it then and allow it still; the others are withheld for good.

    Nobody takes a consent back between this look and the end of the transaction.
    """
    given = consents_held(user_ids={deed.buyer_id for deed in deeds}, purpose=Purpose.ANALYTICS)
    allowed = [
        deed
        for deed in deeds
        if deed.buyer_id in given and given[deed.buyer_id] <= deed.happened_at
    ]
    kept = {deed.pk for deed in allowed}
    withheld = [deed.pk for deed in deeds if deed.pk not in kept]
    ForwardedDeed.objects.filter(pk__in=withheld).update(
        status=ForwardStatus.WITHHELD, batch=None, properties={}, failure=WITHDRAWN
    )
    return allowed


def _fitting(deeds: list[ForwardedDeed], service: Destination) -> tuple[list[int], list[bytes]]:
    """As many as one request holds, from the first, as ids and as the service reads them; what is too
    large for any request is refused here."""
    limits, key = service.limits, pseudonym_key()
    ids: list[int] = []
    encoded: list[bytes] = []
    # What surrounds the deeds, and a comma behind each.
    room = limits.body_bytes_max - 200
    for deed in deeds:
        one = service.encode(_outgoing(deed, key))
        if len(one) > limits.deed_bytes_max:
            ForwardedDeed.objects.filter(pk=deed.pk).update(
                status=ForwardStatus.REFUSED, batch=None, failure=f"{len(one)} bytes are too many"
            )
            continue
        room -= len(one) + 1
        if room < 0:
            break
        ids.append(deed.pk)
        encoded.append(one)
    return ids, encoded


def _outgoing(deed: ForwardedDeed, key: str) -> Deed:
    """Without anything that tells who it was; what may not be told was never to stand in the row."""
    properties = permitted(deed.name, deed.properties)
    return Deed(
        id=deed.deed_id,
        name=deed.name,
        who=pseudonym(key, "buyer", deed.buyer_id),
        at=deed.happened_at,
        properties={
            name: pseudonym(key, name, value) if name in HIDDEN else value
            for name, value in properties.items()
        },
    )


# --- Handing it over ---


def _hand_over(parcel: Parcel, service: Destination) -> int:
    """How much was taken: 0 where it is to be sent again."""
    try:
        refused = service.send(parcel.encoded)
    except NotTaken as failed:
        _put_off(parcel, str(failed), failed.after_s)
        return 0
    except BatchTooLarge:
        if len(parcel.encoded) > 1:
            _halve(parcel)
            return 0
        refused = {0: "too large for the service"}
    except BatchRefused as failed:
        refused = dict.fromkeys(range(len(parcel.encoded)), str(failed))
    return _close(parcel, refused)


def _put_off(parcel: Parcel, why: str, after_s: float | None) -> None:
    """Try again later, and later each time."""
    backoff_s = min(BACKOFF_FIRST_S * 2 ** (parcel.attempt - 1), BACKOFF_LONGEST_S)
    jitter = random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, guards nothing
    delay = timedelta(seconds=max(backoff_s * jitter, after_s or 0))
    _held(parcel).update(next_attempt_at=clock.now() + delay, failure=why[:FAILURE_LENGTH_MAX])


@transaction.atomic
def _halve(parcel: Parcel) -> None:
    """Let the second half wait for a batch of its own."""
    if _held(parcel).update(next_attempt_at=clock.now(), failure="sent in halves: too large"):
        later = parcel.deed_ids[len(parcel.deed_ids) // 2 :]
        ForwardedDeed.objects.filter(pk__in=later, batch_id=parcel.batch_id).update(batch=None)


@transaction.atomic
def _close(parcel: Parcel, refused: Mapping[int, str]) -> int:
    """Write down what was taken and what was refused; a no-op for whoever held it for too long."""
    told = [pk for place, pk in enumerate(parcel.deed_ids) if place not in refused]
    if not _held(parcel).update(
        closed_at=clock.now(), taken=len(told), refused=len(refused), failure=""
    ):
        return 0
    deeds = ForwardedDeed.objects.filter(batch_id=parcel.batch_id, status=ForwardStatus.WAITING)
    deeds.filter(pk__in=told).update(status=ForwardStatus.SENT)
    for place, why in refused.items():
        deeds.filter(pk=parcel.deed_ids[place]).update(
            status=ForwardStatus.REFUSED, failure=why[:FAILURE_LENGTH_MAX]
        )
    return len(told)


def _held(parcel: Parcel) -> QuerySet[ForwardBatch]:
    """The batch, unless its lease lapsed and somebody else took it."""
    return ForwardBatch.objects.filter(pk=parcel.batch_id, attempts=parcel.attempt, closed_at=None)
