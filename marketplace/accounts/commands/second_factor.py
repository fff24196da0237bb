"""The second step of signing in: an authenticator app, recovery codes, and giving all of it up.

It stands with the first app or passkey (`commands/passkeys.py`) and falls with the last. The user's
row is locked before the factor's.
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
    AppAdded,
    AppRemoved,
    RecoveryCodesRenewed,
    RecoveryCodeUsed,
    SecondFactorBegun,
    SecondFactorConfirmed,
    SecondFactorProved,
    SecondFactorRefused,
    SecondFactorRemoved,
)
from marketplace.accounts.models import Passkey, RecoveryCode, RefreshFamily, SecondFactor, User
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
    user = locked_user(user_id)
    factor = SecondFactor.objects.filter(user=user).first()
    if factor is not None and factor.app_since is not None:
        raise SecondFactorPresent
    defaults = {"secret": new_secret(), "last_step": 0}
    if factor is None:
        SecondFactor.objects.create(user=user, created_at=clock.now(), **defaults)
    else:
        SecondFactor.objects.filter(pk=factor.pk).update(**defaults)
    record(SecondFactorBegun(user_id=user.pk), actor=actor)


@transaction.atomic
def confirm_second_factor(*, user_id: UUID, code: str, actor: Actor) -> list[str]:
    """The app shows the right code: codes of it are taken from now on. Returns new recovery codes,
    once, where the person had no second step before, else none.

    Raises SecondFactorMissing, SecondFactorPresent and SecondFactorWrong.
    """
    user = locked_user(user_id)
    factor = SecondFactor.objects.select_for_update().filter(user=user).first()
    if factor is None or not factor.secret:
        raise SecondFactorMissing
    if factor.app_since is not None:
        raise SecondFactorPresent
    now = clock.now()
    step = step_of(factor.secret, code, at=now, after=factor.last_step)
    if step is None:
        raise SecondFactorWrong
    codes = turn_on(user, actor) if user.second_factor_since is None else []
    SecondFactor.objects.filter(pk=factor.pk).update(app_since=now, last_step=step)
    record(AppAdded(user_id=user.pk), actor=actor)
    return codes


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


@transaction.atomic
def remove_own_app(*, user_id: UUID, actor: Actor) -> None:
    """Do without the authenticator app. Where it was the only means, the second step goes, too.

    The caller had the person proved. Raises UserNotFound and SecondFactorMissing.
    """
    user = locked_user(user_id)
    mine = SecondFactor.objects.filter(user=user, app_since__isnull=False)
    if not mine.update(app_since=None, secret="", last_step=0):
        raise SecondFactorMissing
    record(AppRemoved(user_id=user.pk), actor=actor)
    turn_off_if_bare(user, actor)


def remove_second_factor(*, user_id: UUID, reason: str, actor: Actor) -> None:
    """Take app, passkeys and recovery codes from a colleague who lost them. Raises OwnSecondFactor,
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
    step = _step_of_app(factor, code, now)
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


def turn_on(user: User, actor: Actor) -> list[str]:
    """From now on the password alone opens nothing, and what it had opened at the API ends.

    Returns the recovery codes, once. The user's row is locked.
    """
    now = clock.now()
    factor, _is_new = SecondFactor.objects.get_or_create(user=user, defaults={"created_at": now})
    SecondFactor.objects.filter(pk=factor.pk).update(confirmed_at=now)
    User.objects.filter(pk=user.pk).update(
        second_factor_since=now, session_version=F("session_version") + 1
    )
    RefreshFamily.objects.filter(user=user, ended_at=None).update(
        ended_at=now, end_reason="second step set up"
    )
    record(SecondFactorConfirmed(user_id=user.pk), actor=actor)
    return _new_codes(factor)


def turn_off_if_bare(user: User, actor: Actor) -> None:
    """Without an app and without a passkey there is nothing left to ask for. The user's row is locked."""
    has_app = SecondFactor.objects.filter(user=user, app_since__isnull=False).exists()
    if not has_app and not Passkey.objects.filter(user=user).exists():
        _turn_off(user, "", actor)


@transaction.atomic
def _remove(user_id: UUID, reason: str, actor: Actor) -> None:
    user = locked_user(user_id)
    if user.second_factor_since is None:
        raise SecondFactorMissing
    _turn_off(user, reason, actor)


def _turn_off(user: User, reason: str, actor: Actor) -> None:
    Passkey.objects.filter(user=user).delete()
    SecondFactor.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(second_factor_since=None)
    record(SecondFactorRemoved(user_id=user.pk, reason=reason), actor=actor)


def _step_of_app(factor: SecondFactor, code: str, now: datetime) -> int | None:
    """None without an app, too: an empty secret would have codes that anybody can compute."""
    if factor.app_since is None or not factor.secret:
        return None
    return step_of(factor.secret, code, at=now, after=factor.last_step)


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


def locked_user(user_id: UUID) -> User:
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise UserNotFound
    return user
