"""Passkeys that are added and removed: with the first a second step stands, with the last it falls."""

from datetime import timedelta

import pytest

from marketplace.accounts.commands import (
    add_passkey,
    ask_passkey,
    begin_second_factor,
    confirm_second_factor,
    forget_spent,
    passkeys,
    prove_second_factor,
    refresh,
    remove_own_app,
    remove_own_passkey,
    remove_second_factor,
    sign_in,
)
from marketplace.accounts.errors import (
    PasskeyKnown,
    PasskeyNameMissing,
    PasskeyNotAdded,
    PasskeyNotFound,
    PasskeyRefused,
    RefreshTokenInvalid,
    SecondFactorWrong,
    TooManyPasskeys,
)
from marketplace.accounts.models import Passkey, PasskeyChallenge
from marketplace.accounts.queries import passkeys_of, second_step_of
from marketplace.accounts.states import PasskeyPurpose
from marketplace.shared import clock
from tests.authenticator import Authenticator
from tests.factories.accounts import (
    PASSWORD,
    a_staff_member,
    code_of,
    staff_actor,
    with_passkey,
    with_second_factor,
)
from tests.marketplace.accounts.test_passkeys import events, prove
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
SIGN_IN = PasskeyPurpose.SIGN_IN


def add(user, device, name="My phone", **lies):
    question = ask_passkey(purpose=PasskeyPurpose.REGISTER, user_id=user.pk)
    return add_passkey(
        user_id=user.pk,
        challenge_id=question.challenge_id,
        name=name,
        answer=device.create(question.options, **lies),
        actor=staff_actor(user),
    )


# --- Adding ---


def test_the_first_passkey_is_a_second_step_with_recovery_codes_of_its_own():
    user, device = a_staff_member(), Authenticator()

    codes = add(user, device, name="  Office   laptop ")

    user.refresh_from_db()
    assert user.second_factor_since == second_step_of(user.pk).since
    assert len(set(codes)) == 10
    (kept,) = passkeys_of(user.pk)
    assert (kept.name, kept.is_synced, kept.transports) == ("Office laptop", False, ["internal"])
    prove_second_factor(user_id=user.pk, code=codes[0], actor=staff_actor(user))
    assert broken_invariants() == []


def test_another_passkey_gives_no_new_codes_and_moves_nothing():
    user = with_second_factor(a_staff_member())

    assert add(user, Authenticator()) == []

    since = user.second_factor_since
    user.refresh_from_db()
    assert user.second_factor_since == since


def test_it_ends_what_the_password_alone_had_opened_at_the_api():
    user = a_staff_member()
    session = sign_in(login=user.email, password=PASSWORD)

    add(user, Authenticator())

    with pytest.raises(RefreshTokenInvalid):
        refresh(refresh_token=session.refresh)


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://evil.example"},
        {"host": "evil.example"},
        {"verifies": False},
    ],
)
def test_what_was_made_elsewhere_or_without_its_user_is_not_kept(lies):
    user = a_staff_member()

    with pytest.raises(PasskeyNotAdded):
        add(user, Authenticator(), **lies)

    assert passkeys_of(user.pk) == []
    user.refresh_from_db()
    assert user.second_factor_since is None


def test_a_challenge_adds_one_passkey():
    user, device = a_staff_member(), Authenticator()
    question = ask_passkey(purpose=PasskeyPurpose.REGISTER, user_id=user.pk)
    asked = {
        "user_id": user.pk,
        "challenge_id": question.challenge_id,
        "name": "Phone",
        "actor": staff_actor(user),
    }
    add_passkey(**asked, answer=device.create(question.options))

    with pytest.raises(PasskeyNotAdded):
        add_passkey(**asked, answer=Authenticator().create(question.options))


def test_one_device_does_not_open_for_two_people():
    device = Authenticator()
    add(a_staff_member(), device)

    with pytest.raises(PasskeyKnown):
        add(a_staff_member(), device)


def test_a_passkey_has_a_name_and_there_are_not_endlessly_many(monkeypatch):
    user = a_staff_member()
    for name in ("", "   ", "x" * 61):
        with pytest.raises(PasskeyNameMissing):
            add(user, Authenticator(), name=name)
    monkeypatch.setattr(passkeys, "PASSKEYS_MAX", 1)
    add(user, Authenticator())

    with pytest.raises(TooManyPasskeys):
        add(user, Authenticator())


def test_a_passkey_kept_in_step_says_so():
    user = a_staff_member()
    with_passkey(user, Authenticator(counts=False))

    assert Passkey.objects.get(user=user).is_synced


# --- Removing ---


def test_the_last_means_takes_the_second_step_with_it_and_an_earlier_one_does_not():
    user = a_staff_member()
    device = with_passkey(user)
    begin_second_factor(user_id=user.pk, actor=staff_actor(user))
    assert confirm_second_factor(user_id=user.pk, code=code_of(user), actor=staff_actor(user)) == []

    remove_own_app(user_id=user.pk, actor=staff_actor(user))
    user.refresh_from_db()
    assert user.second_factor_since is not None
    with pytest.raises(SecondFactorWrong):
        prove_second_factor(user_id=user.pk, code="000000", actor=staff_actor(user))
    assert prove(device) == user

    (kept,) = passkeys_of(user.pk)
    remove_own_passkey(user_id=user.pk, passkey_id=kept.pk, actor=staff_actor(user))
    user.refresh_from_db()
    assert user.second_factor_since is None
    assert events("second_factor_removed").count() == 1
    assert broken_invariants() == []
    with pytest.raises(PasskeyRefused):
        prove(device)


def test_an_app_that_was_only_shown_gives_no_codes_beside_a_passkey():
    user = a_staff_member()
    with_passkey(user)
    with pytest.raises(SecondFactorWrong):
        prove_second_factor(user_id=user.pk, code="000000", actor=staff_actor(user))
    begin_second_factor(user_id=user.pk, actor=staff_actor(user))

    with pytest.raises(SecondFactorWrong):
        prove_second_factor(user_id=user.pk, code=code_of(user), actor=staff_actor(user))

    assert second_step_of(user.pk).app_since is None
    assert broken_invariants() == []


def test_nobody_removes_somebody_elses():
    user = a_staff_member()
    with_passkey(user)
    (kept,) = passkeys_of(user.pk)
    other = a_staff_member()

    with pytest.raises(PasskeyNotFound):
        remove_own_passkey(user_id=other.pk, passkey_id=kept.pk, actor=staff_actor(other))


def test_a_colleague_takes_all_of_it_and_says_why():
    user = with_second_factor(a_staff_member())
    device = with_passkey(user)

    remove_second_factor(user_id=user.pk, reason="Phone stolen", actor=staff_actor())

    assert passkeys_of(user.pk) == []
    with pytest.raises(PasskeyRefused):
        prove(device)
    assert broken_invariants() == []


def test_challenges_are_forgotten_when_nobody_can_answer_them_any_more():
    ask_passkey(purpose=SIGN_IN)
    assert forget_spent() == 0

    with clock.at(clock.now() + passkeys.LIFETIME + timedelta(seconds=1)):
        assert forget_spent() == 1

    assert not PasskeyChallenge.objects.exists()
