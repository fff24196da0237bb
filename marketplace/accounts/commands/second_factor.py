"""The second step of signing in: setting it up, proving it, doing without the device, removing it.

The user's row is locked before the factor's.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from marketplace.accounts.errors import (
    OwnSecondFactor,
    SecondFactorLocked,
    SecondFactorMissing,
    SecondFactorPresent,
    SecondFactorWrong,
    UserNotFound,
)
from marketplace.accounts.events import (
    RecoveryCodesRenewed,
    RecoveryCodeUsed,
    SecondFactorBegun,
    SecondFactorConfirmed,
    SecondFactorProved,
    SecondFactorRefused,
    SecondFactorRemoved,
)
from marketplace.accounts.models import RecoveryCode, RefreshFamily, SecondFactor, User
from marketplace.accounts.totp import (
    hash_of_recovery,
    new_recovery_codes,
    new_secret,
    step_of,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.errors import DomainError
from marketplace.shared.outbox import record

FAILURES_MAX = 10
WINDOW = timedelta(minutes=15)


@transaction.atomic
def begin_second_factor(*, user_id: UUID, actor: Actor) -> None:
    """Make a secret for the person's authenticator app; one that was never confirmed is replaced.

    Raises UserNotFound and SecondFactorPresent.
    """
    user = _locked(user_id)
    if user.second_factor_since is not None:
        raise SecondFactorPresent
    SecondFactor.objects.update_or_create(
        user=user, defaults={"secret": new_secret(), "created_at": clock.now()}
    )
    record(SecondFactorBegun(user_id=user.pk), actor=actor)


@transaction.atomic
def confirm_second_factor(*, user_id: UUID, code: str, actor: Actor) -> list[str]:
    """The app shows the right code: it is asked for from now on. Returns the recovery codes, once.

    What was opened at the API with the password alone ends.
    Raises SecondFactorMissing, SecondFactorPresent and SecondFactorWrong.
    """
    user = _locked(user_id)
    if user.second_factor_since is not None:
        raise SecondFactorPresent
    factor = SecondFactor.objects.select_for_update().filter(user=user).first()
    if factor is None:
        raise SecondFactorMissing
    now = clock.now()
    step = step_of(factor.secret, code, at=now, after=factor.last_step)
    if step is None:
        raise SecondFactorWrong
    SecondFactor.objects.filter(pk=factor.pk).update(confirmed_at=now, last_step=step)
    User.objects.filter(pk=user.pk).update(
        second_factor_since=now, session_version=F("session_version") + 1
    )
    RefreshFamily.objects.filter(user=user, ended_at=None).update(
        ended_at=now, end_reason="second step set up"
    )
    record(SecondFactorConfirmed(user_id=user.pk), actor=actor)
    return _new_codes(factor)


def prove_second_factor(*, user_id: UUID, code: str, actor: Actor) -> None:
    """Take a code of the app, or a recovery code; either works once.

    A wrong one is counted and committed although the caller is refused, so this must not be
    called inside a transaction. Raises SecondFactorMissing, SecondFactorWrong, SecondFactorLocked.
    """
    refusal = _try_code(user_id, code, actor)
    if refusal is not None:
        raise refusal


@transaction.atomic
def renew_recovery_codes(*, user_id: UUID, actor: Actor) -> list[str]:
    """New recovery codes, shown once; the old ones open nothing. The caller had a code proved.

    Raises SecondFactorMissing.
    """
    factor = _confirmed(user_id)
    RecoveryCode.objects.filter(factor=factor).delete()
    record(RecoveryCodesRenewed(user_id=user_id), actor=actor)
    return _new_codes(factor)


def remove_own_second_factor(*, user_id: UUID, code: str, actor: Actor) -> None:
    """Give the second step up, with a last code from it. Raises what proving raises.

    Must not be called inside a transaction, which would forget a wrong code.
    """
    prove_second_factor(user_id=user_id, code=code, actor=actor)
    _remove(user_id, "", actor)


def remove_second_factor(*, user_id: UUID, reason: str, actor: Actor) -> None:
    """Take the second step from a colleague who lost the device. Raises OwnSecondFactor,
    UserNotFound and SecondFactorMissing."""
    if actor.user_id == user_id:
        raise OwnSecondFactor
    _remove(user_id, reason, actor)


@transaction.atomic(durable=True)
def _try_code(user_id: UUID, code: str, actor: Actor) -> DomainError | None:
    """None where the code was right; the refusal is committed with what was counted."""
    now = clock.now()
    factor = _confirmed(user_id)
    is_window_open = factor.failing_since is not None and factor.failing_since + WINDOW > now
    failures = factor.failures if is_window_open else 0
    if failures >= FAILURES_MAX:
        return SecondFactorLocked(minutes=int(WINDOW.total_seconds()) // 60)
    mine = SecondFactor.objects.filter(pk=factor.pk)
    step = step_of(factor.secret, code, at=now, after=factor.last_step)
    if step is not None:
        mine.update(last_step=step, failures=0, failing_since=None)
        record(SecondFactorProved(user_id=user_id), actor=actor)
        return None
    if _use_recovery_code(factor, code, now):
        mine.update(failures=0, failing_since=None)
        left = RecoveryCode.objects.filter(factor=factor, used_at=None).count()
        record(RecoveryCodeUsed(user_id=user_id, left=left), actor=actor)
        return None
    mine.update(
        failures=failures + 1, failing_since=factor.failing_since if is_window_open else now
    )
    record(SecondFactorRefused(user_id=user_id, failures=failures + 1), actor=actor)
    return SecondFactorWrong()


@transaction.atomic
def _remove(user_id: UUID, reason: str, actor: Actor) -> None:
    user = _locked(user_id)
    if user.second_factor_since is None:
        raise SecondFactorMissing
    SecondFactor.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(second_factor_since=None)
    record(SecondFactorRemoved(user_id=user.pk, reason=reason), actor=actor)


def _new_codes(factor: SecondFactor) -> list[str]:
    codes = new_recovery_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(factor=factor, code_hash=hash_of_recovery(code)) for code in codes
    )
    return codes


def _use_recovery_code(factor: SecondFactor, code: str, now: datetime) -> bool:
    unused = RecoveryCode.objects.filter(
        factor=factor, code_hash=hash_of_recovery(code), used_at=None
    )
    return bool(unused.update(used_at=now))


def _confirmed(user_id: UUID) -> SecondFactor:
    """The factor that codes are asked of, locked: of two who come with one code, one is late."""
    factor = (
        SecondFactor.objects.select_for_update()
        .filter(user_id=user_id, confirmed_at__isnull=False)
        .first()
    )
    if factor is None:
        raise SecondFactorMissing
    return factor


def _locked(user_id: UUID) -> User:
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise UserNotFound
    return user
