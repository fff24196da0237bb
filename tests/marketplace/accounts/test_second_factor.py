"""Codes of an authenticator app: each works once, few wrong ones are heard, a password is not enough."""

from datetime import timedelta

import pytest
from django.db import connection

from marketplace.accounts import lockout
from marketplace.accounts.commands import (
    begin_second_factor,
    confirm_second_factor,
    prove_second_factor,
    refresh,
    remove_own_app,
    remove_second_factor,
    renew_recovery_codes,
    second_factor,
    sign_in,
)
from marketplace.accounts.errors import (
    AccessTokenInvalid,
    OwnSecondFactor,
    RefreshTokenInvalid,
    SecondFactorLocked,
    SecondFactorMissing,
    SecondFactorPresent,
    SecondFactorRequired,
    SecondFactorWrong,
    SignInLocked,
)
from marketplace.accounts.models import RecoveryCode, SecondFactor
from marketplace.accounts.queries import second_step_of, user_by_access_token
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import (
    PASSWORD,
    RECOVERY_CODE,
    a_staff_member,
    code_of,
    staff_actor,
    with_second_factor,
    wrong_code,
)
from tests.processes import dwell, without_row_locks
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db


def prove(user, code):
    prove_second_factor(user_id=user.pk, code=code, actor=staff_actor(user))


def events(name):
    return LoggedEvent.objects.filter(name=f"accounts.{name}.v1")


# --- Setting it up ---


def test_a_code_of_the_shown_secret_sets_it_up_and_gives_ten_recovery_codes_once():
    user = a_staff_member()
    begin_second_factor(user_id=user.pk, actor=staff_actor(user))
    assert second_step_of(user.pk).shown_secret

    codes = confirm_second_factor(user_id=user.pk, code=code_of(user), actor=staff_actor(user))

    user.refresh_from_db()
    assert user.second_factor_since is not None
    assert len(set(codes)) == 10
    assert not set(codes) & set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert second_step_of(user.pk).shown_secret == ""
    assert events("second_factor_confirmed").count() == 1


def test_a_secret_that_was_only_shown_is_asked_of_nobody():
    user = a_staff_member()
    begin_second_factor(user_id=user.pk, actor=staff_actor(user))

    with pytest.raises(SecondFactorWrong):
        confirm_second_factor(user_id=user.pk, code=wrong_code(user), actor=staff_actor(user))
    with pytest.raises(SecondFactorMissing):
        prove(user, code_of(user))

    assert sign_in(login=user.email, password=PASSWORD).user == user


def test_a_factor_that_works_is_not_replaced_by_whoever_sits_at_the_desk():
    user = with_second_factor(a_staff_member())

    with pytest.raises(SecondFactorPresent):
        begin_second_factor(user_id=user.pk, actor=staff_actor(user))
    with pytest.raises(SecondFactorPresent):
        confirm_second_factor(user_id=user.pk, code=code_of(user), actor=staff_actor(user))


def test_the_database_only_ever_sees_the_secret_sealed():
    user = with_second_factor(a_staff_member())

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_secondfactor")
        (stored,) = cursor.fetchone()

    assert SecondFactor.objects.get(user=user).secret not in stored


def test_setting_it_up_ends_what_the_password_alone_had_opened_at_the_api():
    user = a_staff_member()
    session = sign_in(login=user.email, password=PASSWORD)
    begin_second_factor(user_id=user.pk, actor=staff_actor(user))

    confirm_second_factor(user_id=user.pk, code=code_of(user), actor=staff_actor(user))

    with pytest.raises(AccessTokenInvalid):
        user_by_access_token(session.access)
    with pytest.raises(RefreshTokenInvalid):
        refresh(refresh_token=session.refresh)


# --- Proving it ---


def test_a_code_works_once():
    user = with_second_factor(a_staff_member())
    code = code_of(user)
    prove(user, code)

    with pytest.raises(SecondFactorWrong):
        prove(user, code)


def test_the_code_that_set_it_up_does_not_sign_in():
    user = a_staff_member()
    begin_second_factor(user_id=user.pk, actor=staff_actor(user))
    code = code_of(user)
    confirm_second_factor(user_id=user.pk, code=code, actor=staff_actor(user))

    with pytest.raises(SecondFactorWrong):
        prove(user, code)


@pytest.mark.parametrize("steps_on", [-1, 0, 1])
def test_a_clock_that_is_half_a_minute_wrong_is_forgiven(steps_on):
    user = with_second_factor(a_staff_member())

    prove(user, code_of(user, steps_on=steps_on))


@pytest.mark.parametrize("steps_on", [-2, 2])
def test_a_clock_that_is_a_minute_wrong_is_not(steps_on):
    user = with_second_factor(a_staff_member())

    with clock.at(clock.now()), pytest.raises(SecondFactorWrong):
        prove(user, code_of(user, steps_on=steps_on))


def test_an_earlier_code_than_the_last_one_taken_is_refused_though_it_was_never_used():
    user = with_second_factor(a_staff_member())
    with clock.at(clock.now()):
        prove(user, code_of(user, steps_on=1))

        with pytest.raises(SecondFactorWrong):
            prove(user, code_of(user))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_come_with_one_code_at_the_same_moment_one_enters(monkeypatch):
    user = with_second_factor(a_staff_member())
    code = code_of(user)
    dwell(monkeypatch, second_factor, "_confirmed")

    outcomes = at_once(*[lambda: prove(user, code)] * 2)

    assert [type(error) for error in refused(outcomes)] == [SecondFactorWrong]


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_enter_with_one_code(monkeypatch):
    user = with_second_factor(a_staff_member())
    code = code_of(user)
    without_row_locks(monkeypatch)
    dwell(monkeypatch, second_factor, "_confirmed")

    assert refused(at_once(*[lambda: prove(user, code)] * 2)) == []


def test_a_recovery_code_works_once_however_it_is_written():
    user = with_second_factor(a_staff_member())

    prove(user, f" {RECOVERY_CODE.upper().replace('-', ' ')} ")

    with pytest.raises(SecondFactorWrong):
        prove(user, RECOVERY_CODE)
    assert events("recovery_code_used").get().payload["left"] == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_who_come_with_one_recovery_code_one_enters():
    user = with_second_factor(a_staff_member())

    outcomes = at_once(*[lambda: prove(user, RECOVERY_CODE)] * 4)

    assert [type(error) for error in refused(outcomes)] == [SecondFactorWrong] * 3


def test_renewed_recovery_codes_replace_the_old_ones():
    user = with_second_factor(a_staff_member())

    codes = renew_recovery_codes(user_id=user.pk, actor=staff_actor(user))

    with pytest.raises(SecondFactorWrong):
        prove(user, RECOVERY_CODE)
    prove(user, codes[3])


def test_too_many_wrong_codes_close_the_door_to_the_right_one_for_a_while():
    user = with_second_factor(a_staff_member())
    now = clock.now()
    with clock.at(now):
        for _attempt in range(second_factor.FAILURES_MAX):
            with pytest.raises(SecondFactorWrong):
                prove(user, wrong_code(user))

        with pytest.raises(SecondFactorLocked):
            prove(user, code_of(user))

    with clock.at(now + second_factor.WINDOW + timedelta(seconds=1)):
        prove(user, code_of(user))


@pytest.mark.django_db(transaction=True)
def test_a_wrong_code_is_counted_although_it_is_refused():
    user = with_second_factor(a_staff_member())

    with pytest.raises(SecondFactorWrong):
        prove(user, wrong_code(user))

    (failures,) = at_once(lambda: SecondFactor.objects.get().failures)
    assert failures == 1
    assert events("second_factor_refused").get().payload["failures"] == 1


# --- Giving it up ---


def test_without_the_app_and_without_a_passkey_there_is_no_second_step():
    user = with_second_factor(a_staff_member())

    with pytest.raises(OwnSecondFactor):
        remove_second_factor(user_id=user.pk, reason="Lost it", actor=staff_actor(user))
    remove_own_app(user_id=user.pk, actor=staff_actor(user))

    user.refresh_from_db()
    assert user.second_factor_since is None
    assert second_step_of(user.pk) is None
    with pytest.raises(SecondFactorMissing):
        remove_own_app(user_id=user.pk, actor=staff_actor(user))


def test_a_colleague_removes_it_and_says_why():
    user = with_second_factor(a_staff_member())

    remove_second_factor(user_id=user.pk, reason="Phone stolen", actor=staff_actor())

    assert events("second_factor_removed").get().payload["reason"] == "Phone stolen"
    with pytest.raises(SecondFactorMissing):
        remove_second_factor(user_id=user.pk, reason="Again", actor=staff_actor())


# --- At the API's door ---


def test_the_right_password_opens_nothing_at_the_api_without_a_code():
    user = with_second_factor(a_staff_member())

    with pytest.raises(SecondFactorRequired):
        sign_in(login=user.email, password=PASSWORD)
    with pytest.raises(SecondFactorWrong):
        sign_in(login=user.email, password=PASSWORD, code=wrong_code(user))

    assert sign_in(login=user.email, password=PASSWORD, code=code_of(user)).user == user


def test_codes_are_not_guessed_by_giving_the_right_password_in_between(monkeypatch):
    user = with_second_factor(a_staff_member())
    # The lock of the door itself, apart from the factor's own.
    monkeypatch.setattr(second_factor, "FAILURES_MAX", 1_000)
    for _attempt in range(lockout.FAILURES_PER_LOGIN_MAX):
        with pytest.raises(SecondFactorRequired):
            sign_in(login=user.email, password=PASSWORD)
        with pytest.raises(SecondFactorWrong):
            sign_in(login=user.email, password=PASSWORD, code=wrong_code(user))

    with pytest.raises(SignInLocked):
        sign_in(login=user.email, password=PASSWORD, code=code_of(user))
