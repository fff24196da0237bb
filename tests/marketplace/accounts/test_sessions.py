"""Signing in, staying in, and being thrown out."""

from datetime import timedelta

import jwt
import pytest
import time_machine
from django.db import transaction

from marketplace.accounts import lockout
from marketplace.accounts.commands import refresh, set_password, sign_in, sign_out
from marketplace.accounts.errors import (
    AccessTokenExpired,
    AccessTokenInvalid,
    CredentialsWrong,
    PasswordWeak,
    RefreshTokenInvalid,
    SignInLocked,
)
from marketplace.accounts.invariants import INVARIANTS
from marketplace.accounts.models import RefreshFamily, RefreshToken
from marketplace.accounts.queries import user_by_access_token
from marketplace.accounts.tokens import issue_access, read_access
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import PASSWORD, a_buyer, a_user, buyer_actor
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db


def begin(user):
    return sign_in(login=user.email, password=PASSWORD, device="Pixel 8")


def test_a_session_speaks_for_its_user():
    user = a_user()

    session = begin(user)

    assert user_by_access_token(token=session.access) == user
    assert session.user == user
    assert session.expires_in == 15 * 60
    user.refresh_from_db()
    assert user.last_login is not None


@pytest.mark.parametrize("written", ["+255 {}", "0{}", "255{}", " 0{} "])
def test_a_phone_signs_in_however_it_is_written(written):
    user = a_buyer(email=None)

    session = sign_in(login=written.format(user.phone[4:]), password=PASSWORD)

    assert session.user == user


def test_an_email_signs_in_in_any_case():
    user = a_user(email="asha@example.test")

    assert sign_in(login=" Asha@Example.TEST ", password=PASSWORD).user == user


@pytest.mark.parametrize("login", ["nobody@example.test", "0754000000", "", "x" * 500])
def test_an_unknown_login_is_refused_like_a_wrong_password(login):
    with pytest.raises(CredentialsWrong):
        sign_in(login=login, password=PASSWORD)


def test_a_wrong_password_or_a_closed_account_is_refused():
    user, closed = a_user(), a_user(is_active=False)

    with pytest.raises(CredentialsWrong):
        sign_in(login=user.email, password="not-it")
    with pytest.raises(CredentialsWrong):
        begin(closed)


def test_too_many_failures_close_the_door_even_for_the_right_password():
    user = a_user()
    for _attempt in range(lockout.FAILURES_PER_LOGIN_MAX):
        with pytest.raises(CredentialsWrong):
            sign_in(login=user.email, password="guess")

    with pytest.raises(SignInLocked):
        begin(user)


def test_the_right_password_wipes_the_slate():
    user = a_user()
    for _round in range(3):
        for _attempt in range(lockout.FAILURES_PER_LOGIN_MAX - 1):
            with pytest.raises(CredentialsWrong):
                sign_in(login=user.email, password="guess")
        begin(user)


def test_one_address_that_guesses_many_logins_is_stopped(monkeypatch):
    monkeypatch.setattr(lockout, "FAILURES_PER_ADDRESS_MAX", 3)
    for number in range(3):
        with pytest.raises(CredentialsWrong):
            sign_in(login=f"guess{number}@example.test", password="x", ip="196.41.0.1")

    with pytest.raises(SignInLocked):
        sign_in(login="other@example.test", password="x", ip="196.41.0.1")
    with pytest.raises(CredentialsWrong):
        sign_in(login="other@example.test", password="x", ip="196.41.0.2")


def test_a_broken_cache_locks_nobody_out(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/valkey.sock",
        }
    }
    user = a_user()

    with pytest.raises(CredentialsWrong):
        sign_in(login=user.email, password="guess")

    assert begin(user).user == user


def test_a_refresh_token_gives_the_next_session_and_only_one_is_live():
    session = begin(a_user())

    renewed = refresh(refresh_token=session.refresh)

    assert renewed.refresh != session.refresh
    assert user_by_access_token(token=renewed.access) == session.user
    assert RefreshToken.objects.filter(used_at=None).count() == 1


def test_no_token_is_stored_in_clear():
    session = begin(a_user())

    assert not RefreshToken.objects.filter(token_hash__contains=session.refresh[:20]).exists()


def test_a_used_refresh_token_ends_the_whole_family_and_leaves_a_trace():
    first = begin(a_user())
    second = refresh(refresh_token=first.refresh)

    with pytest.raises(RefreshTokenInvalid):
        refresh(refresh_token=first.refresh)
    with pytest.raises(RefreshTokenInvalid):
        refresh(refresh_token=second.refresh)

    family = RefreshFamily.objects.get()
    assert family.end_reason == "replayed"
    fact = LoggedEvent.objects.get(name="accounts.session_replayed.v1")
    assert fact.payload["family_id"] == str(family.pk)


def test_a_replay_leaves_the_users_other_sessions_alone():
    user = a_user()
    stolen, other = begin(user), begin(user)
    refresh(refresh_token=stolen.refresh)

    with pytest.raises(RefreshTokenInvalid):
        refresh(refresh_token=stolen.refresh)

    assert refresh(refresh_token=other.refresh).user == user


@pytest.mark.django_db(transaction=True)
def test_the_end_of_a_replayed_family_is_committed_although_the_caller_is_refused():
    session = begin(a_user())
    refresh(refresh_token=session.refresh)

    with pytest.raises(RefreshTokenInvalid):
        refresh(refresh_token=session.refresh)

    (ended,) = at_once(lambda: RefreshFamily.objects.get().ended_at)
    assert ended is not None


@pytest.mark.django_db(transaction=True)
def test_refreshing_inside_a_transaction_is_a_mistake_that_shows_at_once():
    session = begin(a_user())

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        refresh(refresh_token=session.refresh)


@pytest.mark.django_db(transaction=True)
def test_of_parallel_refreshes_with_one_token_one_wins_and_the_family_ends():
    session = begin(a_user())
    again = [lambda: refresh(refresh_token=session.refresh)] * 6

    outcomes = at_once(*again)

    assert [type(error) for error in refused(outcomes)] == [RefreshTokenInvalid] * 5
    assert RefreshFamily.objects.get().end_reason == "replayed"
    assert LoggedEvent.objects.filter(name="accounts.session_replayed.v1").count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_old_and_the_live_token_at_once_never_leave_an_open_session():
    for _round in range(5):
        first = begin(a_user())
        second = refresh(refresh_token=first.refresh)

        at_once(
            lambda old=first: refresh(refresh_token=old.refresh),
            lambda live=second: refresh(refresh_token=live.refresh),
        )

    assert not RefreshFamily.objects.filter(ended_at=None).exists()


def test_a_refresh_token_expires():
    with time_machine.travel(clock.now() - timedelta(days=60)):
        session = begin(a_user())

    with pytest.raises(RefreshTokenInvalid):
        refresh(refresh_token=session.refresh)

    assert RefreshFamily.objects.get().end_reason == "expired"


def test_a_closed_account_cannot_renew_its_session():
    user = a_user()
    session = begin(user)
    user.is_active = False
    user.save(update_fields=["is_active"])

    with pytest.raises(RefreshTokenInvalid):
        refresh(refresh_token=session.refresh)


@pytest.mark.parametrize("token", ["", "x", "é" * 300])
def test_an_unknown_refresh_token_is_refused(token):
    with pytest.raises(RefreshTokenInvalid):
        refresh(refresh_token=token)


def test_signing_out_ends_the_session_and_may_be_repeated():
    session = begin(a_user())

    sign_out(refresh_token=session.refresh)
    sign_out(refresh_token=session.refresh)
    sign_out(refresh_token="never issued")

    with pytest.raises(RefreshTokenInvalid):
        refresh(refresh_token=session.refresh)
    assert not LoggedEvent.objects.filter(name="accounts.session_replayed.v1").exists()


def test_a_new_password_ends_every_session_and_access_token():
    user = a_user()
    session = begin(user)

    set_password(user_id=user.pk, password="Safari-njema-88", actor=buyer_actor(user))

    with pytest.raises(AccessTokenInvalid):
        user_by_access_token(token=session.access)
    with pytest.raises(RefreshTokenInvalid):
        refresh(refresh_token=session.refresh)
    with pytest.raises(CredentialsWrong):
        begin(user)
    assert sign_in(login=user.email, password="Safari-njema-88").user == user


def test_a_weak_new_password_is_refused_with_the_reasons():
    user = a_user()

    with pytest.raises(PasswordWeak, match="too short"):
        set_password(user_id=user.pk, password="abc", actor=buyer_actor(user))


def test_an_access_token_expires():
    user = a_user()
    with time_machine.travel(clock.now() - timedelta(minutes=16)):
        token = issue_access(user)

    with pytest.raises(AccessTokenExpired):
        read_access(token)


def test_an_access_token_signed_with_an_older_key_is_still_read(settings):
    user = a_user()
    token = issue_access(user)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, at least as long as the hash it feeds"

    assert read_access(token).user_id == user.pk


def test_a_forged_or_mangled_access_token_is_refused(settings):
    good = {"sub": str(a_user().pk), "sv": 1, "iat": 1, "exp": 4_000_000_000, "jti": "x"}
    bad = [
        "",
        "a.b.c",
        issue_access(a_user())[:-4] + "AAAA",
        jwt.encode(good, "somebody else's key, at least as long as it needs to be"),
        jwt.encode(good, "", algorithm="none"),
        jwt.encode({**good, "sub": "not-an-id"}, settings.SECRET_KEY),
        jwt.encode({"sub": good["sub"]}, settings.SECRET_KEY),
    ]

    for token in bad:
        with pytest.raises(AccessTokenInvalid):
            read_access(token)


def test_an_access_token_of_a_closed_account_is_refused():
    user = a_user()
    token = issue_access(user)
    user.is_active = False
    user.save(update_fields=["is_active"])

    with pytest.raises(AccessTokenInvalid):
        user_by_access_token(token=token)


def test_the_invariants_hold_after_all_of_it():
    user = a_buyer()
    refresh(refresh_token=begin(user).refresh)
    sign_out(refresh_token=begin(user).refresh)

    assert {i.name: i.check().differing for i in INVARIANTS} == {i.name: 0 for i in INVARIANTS}
