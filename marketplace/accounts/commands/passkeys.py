"""Passkeys of staff: adding one, proving with one, removing one.

The user's row is locked before the passkey's. A challenge is spent in a transaction of its own,
whatever becomes of the answer: none is ever answered twice.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from marketplace.accounts import webauthn
from marketplace.accounts.commands.second_factor import locked_user, turn_off_if_bare, turn_on
from marketplace.accounts.errors import (
    PasskeyKnown,
    PasskeyNameMissing,
    PasskeyNotAdded,
    PasskeyNotFound,
    PasskeyRefused,
    TooManyPasskeys,
    UserNotFound,
)
from marketplace.accounts.events import (
    PasskeyAdded,
    PasskeyProved,
    PasskeyRemoved,
    PasskeyStopped,
)
from marketplace.accounts.events import PasskeyRefused as RefusedEvent
from marketplace.accounts.models import Passkey, PasskeyChallenge, User
from marketplace.accounts.states import PasskeyPurpose
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.constraints import violated
from marketplace.shared.outbox import record

PASSKEYS_MAX = 10
NAME_LENGTH_MAX = 60
CHALLENGE_BYTES = 32
# The browser gives up before; see webauthn.PATIENCE_MS.
LIFETIME = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Question:
    """`options` is JSON for the browser; the caller keeps the id where only this browser has it."""

    challenge_id: UUID
    options: str


@transaction.atomic
def ask_passkey(*, purpose: PasskeyPurpose, user_id: UUID | None = None) -> Question:
    """A fresh challenge. Nobody is named at the door, where a stranger must learn nothing.

    Raises UserNotFound.
    """
    now = clock.now()
    user = None if user_id is None else User.objects.filter(pk=user_id).first()
    if user_id is not None and user is None:
        raise UserNotFound
    challenge = PasskeyChallenge.objects.create(
        purpose=purpose,
        user=user,
        challenge=secrets.token_bytes(CHALLENGE_BYTES),
        created_at=now,
        expires_at=now + LIFETIME,
    )
    return Question(challenge.pk, _options(purpose, user, bytes(challenge.challenge)))


def add_passkey(
    *, user_id: UUID, challenge_id: UUID | None, name: str, answer: str, actor: Actor
) -> list[str]:
    """Keep what the person's device made. Returns new recovery codes where this is the first means
    of a second step, else none.

    From then on the password alone opens nothing; what it had opened at the API ends. The caller
    had the person proved. Must not be called inside a transaction. Raises PasskeyNameMissing,
    PasskeyNotAdded, PasskeyKnown, TooManyPasskeys and UserNotFound.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LENGTH_MAX:
        raise PasskeyNameMissing(most=NAME_LENGTH_MAX)
    challenge = _spend(challenge_id, PasskeyPurpose.REGISTER, user_id)
    if challenge is None:
        raise PasskeyNotAdded
    try:
        made = webauthn.read_creation(answer, challenge=challenge)
    except webauthn.BadAnswer as error:
        raise PasskeyNotAdded from error
    return _keep(user_id, name, made, actor)


def prove_passkey(
    *,
    purpose: PasskeyPurpose,
    challenge_id: UUID | None,
    answer: str,
    user_id: UUID | None = None,
) -> User:
    """Who proved with a passkey who they are: `user_id`, or at the door whose passkey it is.

    What is refused is recorded and committed, so this must not be called inside a transaction.
    Raises PasskeyRefused.
    """
    challenge = _spend(challenge_id, purpose, user_id)
    try:
        assertion = webauthn.read_assertion(answer)
    except webauthn.BadAnswer as error:
        raise PasskeyRefused from error
    if challenge is None:
        raise PasskeyRefused
    user = _try_answer(assertion, challenge, purpose, user_id)
    if user is None:
        raise PasskeyRefused
    return user


@transaction.atomic
def remove_own_passkey(*, user_id: UUID, passkey_id: UUID, actor: Actor) -> None:
    """The device is given away or lost. With the last means the second step goes, too.

    The caller had the person proved. Raises UserNotFound and PasskeyNotFound, also for somebody
    else's.
    """
    user = locked_user(user_id)
    passkey = Passkey.objects.select_for_update().filter(pk=passkey_id, user=user).first()
    if passkey is None:
        raise PasskeyNotFound
    passkey.delete()
    record(
        PasskeyRemoved(user_id=user.pk, passkey_id=passkey_id, passkey_name=passkey.name),
        actor=actor,
    )
    turn_off_if_bare(user, actor)


@transaction.atomic(durable=True)
def _spend(
    challenge_id: UUID | None, purpose: PasskeyPurpose, user_id: UUID | None
) -> bytes | None:
    """What had to be signed; None for a challenge that is unknown, late, spent or for another use."""
    if challenge_id is None:
        return None
    now = clock.now()
    challenge = _asked(challenge_id)
    if challenge is None or (challenge.purpose, challenge.user_id) != (purpose, user_id):
        return None
    if challenge.used_at is not None or challenge.expires_at <= now:
        return None
    PasskeyChallenge.objects.filter(pk=challenge.pk).update(used_at=now)
    return bytes(challenge.challenge)


def _asked(challenge_id: UUID) -> PasskeyChallenge | None:
    """Locked: of two who come with one answer, one is late."""
    return PasskeyChallenge.objects.select_for_update().filter(pk=challenge_id).first()


@transaction.atomic
def _keep(user_id: UUID, name: str, made: webauthn.NewKey, actor: Actor) -> list[str]:
    user, now = locked_user(user_id), clock.now()
    if Passkey.objects.filter(user=user).count() >= PASSKEYS_MAX:
        raise TooManyPasskeys(most=PASSKEYS_MAX)
    try:
        with transaction.atomic():
            passkey = Passkey.objects.create(
                user=user,
                name=name,
                credential_id=made.credential_id,
                public_key=made.public_key,
                sign_count=made.sign_count,
                is_synced=made.is_synced,
                transports=made.transports,
                added_at=now,
            )
    except IntegrityError as error:
        if "credential_id" in violated(error):
            raise PasskeyKnown from error
        raise
    record(
        PasskeyAdded(
            user_id=user.pk,
            passkey_id=passkey.pk,
            passkey_name=name,
            fingerprint=webauthn.fingerprint_of(made.public_key),
        ),
        actor=actor,
    )
    return turn_on(user, actor) if user.second_factor_since is None else []


@transaction.atomic(durable=True)
def _try_answer(
    assertion: webauthn.Assertion, challenge: bytes, purpose: PasskeyPurpose, user_id: UUID | None
) -> User | None:
    """None where it proves nothing, committed with what is recorded of it."""
    passkey = _claimed(assertion, user_id)
    if passkey is None or passkey.stopped_at is not None:
        return None
    user, now = passkey.user, clock.now()
    named: dict[str, Any] = {
        "user_id": user.pk,
        "passkey_id": passkey.pk,
        "passkey_name": passkey.name,
    }
    actor = Actor.staff(user.pk, user.name)
    try:
        count = webauthn.verify_assertion(
            assertion, challenge=challenge, public_key=bytes(passkey.public_key)
        )
    except webauthn.BadAnswer:
        record(RefusedEvent(**named, purpose=purpose), actor=actor)
        return None
    if _went_back(known=passkey.sign_count, came=count):
        Passkey.objects.filter(pk=passkey.pk).update(stopped_at=now)
        record(PasskeyStopped(**named, known=passkey.sign_count, came=count), actor=actor)
        return None
    _note_use(passkey, count, now)
    record(PasskeyProved(**named, purpose=purpose), actor=actor)
    return user


def _claimed(assertion: webauthn.Assertion, user_id: UUID | None) -> Passkey | None:
    """The passkey that the answer names, locked; None where it cannot be this person's."""
    passkey = (
        Passkey.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(credential_id=assertion.credential_id, user__is_active=True, user__is_staff=True)
        .first()
    )
    if passkey is None or (user_id is not None and passkey.user_id != user_id):
        return None
    # At the door the device says whose key it is; it must agree with what we know.
    says = assertion.user_id
    if says is None:
        return passkey if user_id is not None else None
    return passkey if says == passkey.user_id else None


def _went_back(*, known: int, came: int) -> bool:
    """Devices that do not count say 0 for ever (WebAuthn, section 6.1.1)."""
    return (known > 0 or came > 0) and came <= known


def _note_use(passkey: Passkey, count: int, now: datetime) -> None:
    Passkey.objects.filter(pk=passkey.pk).update(
        sign_count=count, last_used_at=Greatest(F("added_at"), Value(now))
    )


def _options(purpose: PasskeyPurpose, user: User | None, challenge: bytes) -> str:
    if user is None:
        return webauthn.request_options(challenge=challenge)
    passkeys = Passkey.objects.filter(user=user).order_by("-last_used_at", "-pk")
    known = [webauthn.Known(one.credential_id, one.transports) for one in passkeys]
    if purpose is not PasskeyPurpose.REGISTER:
        return webauthn.request_options(challenge=challenge, known=known)
    return webauthn.creation_options(
        challenge=challenge,
        user_id=user.pk,
        account=user.email or user.reference,
        name=user.name,
        known=known,
    )
