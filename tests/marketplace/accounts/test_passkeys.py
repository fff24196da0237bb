"""Passkeys: each answer proves one thing, once, for its owner, on our own pages, and nothing else."""

import json

import pytest

from marketplace.accounts import webauthn
from marketplace.accounts.commands import (
    ask_passkey,
    passkeys,
    prove_passkey,
)
from marketplace.accounts.errors import (
    PasskeyRefused,
)
from marketplace.accounts.queries import passkeys_of
from marketplace.accounts.states import PasskeyPurpose
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from tests.authenticator import Authenticator, changed
from tests.factories.accounts import (
    a_staff_member,
    with_passkey,
)
from tests.processes import dwell, without_row_locks
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db
SIGN_IN, STEP_UP, SECOND_STEP = (
    PasskeyPurpose.SIGN_IN,
    PasskeyPurpose.STEP_UP,
    PasskeyPurpose.SECOND_STEP,
)


def events(name):
    return LoggedEvent.objects.filter(name=f"accounts.{name}.v1")


def prove(device, *, purpose=SIGN_IN, user=None, **lies):
    user_id = user.pk if user else None
    question = ask_passkey(purpose=purpose, user_id=user_id)
    return prove_passkey(
        purpose=purpose,
        challenge_id=question.challenge_id,
        answer=device.get(question.options, **lies),
        user_id=user_id,
    )


# --- Proving ---


@pytest.mark.parametrize("counts", [True, False])
def test_at_the_door_the_passkey_says_who_it_is(counts):
    user = a_staff_member()
    device = with_passkey(user, Authenticator(counts=counts))

    assert prove(device) == user
    assert prove(device) == user

    (kept,) = passkeys_of(user.pk)
    assert kept.last_used_at >= kept.added_at
    assert events("passkey_proved").count() == 2


@pytest.mark.parametrize("purpose", [SECOND_STEP, STEP_UP])
def test_inside_it_proves_who_was_asked(purpose):
    user = a_staff_member()
    device = with_passkey(user)

    # Security keys that keep no names say none; the question names whom it is about.
    assert prove(device, purpose=purpose, user=user, user_handle="") == user


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:1"},
        {"host": "evil.example"},
        {"verifies": False},
        {"challenge": "AAAA"},
        {"in_frame": True},
    ],
)
@pytest.mark.parametrize("purpose", [SIGN_IN, SECOND_STEP, STEP_UP])
def test_an_answer_for_another_page_host_or_challenge_or_without_its_user_proves_nothing(
    purpose, lies
):
    user = a_staff_member()
    device = with_passkey(user)

    with pytest.raises(PasskeyRefused):
        prove(device, purpose=purpose, user=None if purpose is SIGN_IN else user, **lies)

    assert events("passkey_refused").get().payload["purpose"] == purpose
    assert passkeys_of(user.pk)[0].last_used_at is None


@pytest.mark.parametrize("part", ["signature", "authenticatorData", "clientDataJSON"])
def test_not_a_byte_of_an_answer_may_be_another(part):
    device = with_passkey(a_staff_member())
    question = ask_passkey(purpose=SIGN_IN)
    answer = changed(device.get(question.options), part)

    with pytest.raises(PasskeyRefused):
        prove_passkey(purpose=SIGN_IN, challenge_id=question.challenge_id, answer=answer)


def test_another_persons_passkey_proves_nothing_of_me():
    mine, other = a_staff_member(), a_staff_member()
    with_passkey(mine)
    theirs = with_passkey(other)

    with pytest.raises(PasskeyRefused):
        prove(theirs, purpose=STEP_UP, user=mine)
    # Nor at the door, in my name.
    with pytest.raises(PasskeyRefused):
        prove(theirs, user_handle=webauthn.bytes_to_base64url(mine.pk.bytes))
    with pytest.raises(PasskeyRefused):
        prove(theirs, user_handle="")


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_who_may_not_enter_does_not_enter_with_a_passkey(change):
    user = a_staff_member()
    device = with_passkey(user)
    type(user).objects.filter(pk=user.pk).update(**change)

    with pytest.raises(PasskeyRefused):
        prove(device)


def test_an_answer_serves_no_other_purpose_than_it_was_asked_for():
    user = a_staff_member()
    device = with_passkey(user)
    question = ask_passkey(purpose=STEP_UP, user_id=user.pk)
    answer = device.get(question.options)

    for purpose, user_id in ((SECOND_STEP, user.pk), (SIGN_IN, None), (STEP_UP, None)):
        with pytest.raises(PasskeyRefused):
            prove_passkey(
                purpose=purpose,
                challenge_id=question.challenge_id,
                answer=answer,
                user_id=user_id,
            )


def test_a_challenge_is_answered_once_and_within_minutes():
    user = a_staff_member()
    device = with_passkey(user, Authenticator(counts=False))
    question = ask_passkey(purpose=SIGN_IN)
    answer = device.get(question.options)
    asked = {"purpose": SIGN_IN, "challenge_id": question.challenge_id, "answer": answer}
    assert prove_passkey(**asked) == user

    with pytest.raises(PasskeyRefused):
        prove_passkey(**asked)

    late = ask_passkey(purpose=SIGN_IN)
    with clock.at(clock.now() + passkeys.LIFETIME):
        with pytest.raises(PasskeyRefused):
            prove_passkey(
                purpose=SIGN_IN,
                challenge_id=late.challenge_id,
                answer=device.get(late.options),
            )


def test_a_wrong_answer_spends_the_challenge_too():
    device = with_passkey(a_staff_member())
    question = ask_passkey(purpose=SIGN_IN)
    for answer in ("{}", device.get(question.options)):
        with pytest.raises(PasskeyRefused):
            prove_passkey(purpose=SIGN_IN, challenge_id=question.challenge_id, answer=answer)


def test_the_door_names_nobodys_passkeys_and_the_second_step_only_ones_own():
    mine, other = a_staff_member(), a_staff_member()
    device = with_passkey(mine)
    with_passkey(other)

    at_the_door = json.loads(ask_passkey(purpose=SIGN_IN).options)
    inside = json.loads(ask_passkey(purpose=SECOND_STEP, user_id=mine.pk).options)

    assert at_the_door["allowCredentials"] == []
    assert [one["id"] for one in inside["allowCredentials"]] == [
        webauthn.bytes_to_base64url(device.credential_id)
    ]
    assert at_the_door["userVerification"] == inside["userVerification"] == "required"


# --- A counter that goes back ---


def test_a_counter_that_goes_back_stops_the_passkey_for_good_and_says_so():
    user = a_staff_member()
    device = with_passkey(user)
    device.count = 41
    prove(device)

    device.count = 7
    with pytest.raises(PasskeyRefused):
        prove(device)

    (kept,) = passkeys_of(user.pk)
    assert kept.stopped_at is not None
    told = events("passkey_stopped").get().payload
    assert (told["known"], told["came"]) == (42, 8)
    device.count = 100
    with pytest.raises(PasskeyRefused):
        prove(device)


def test_a_forged_counter_without_a_right_signature_stops_nothing():
    user = a_staff_member()
    device = with_passkey(user)
    device.count = 41
    prove(device)
    question = ask_passkey(purpose=SIGN_IN)
    device.count = 7
    answer = changed(device.get(question.options), "signature")

    with pytest.raises(PasskeyRefused):
        prove_passkey(purpose=SIGN_IN, challenge_id=question.challenge_id, answer=answer)

    assert passkeys_of(user.pk)[0].stopped_at is None
    assert events("passkey_stopped").count() == 0


def test_a_counter_that_stands_still_goes_back():
    user = a_staff_member()
    device = with_passkey(user)
    prove(device)
    device.count = 0

    with pytest.raises(PasskeyRefused):
        prove(device)

    assert passkeys_of(user.pk)[0].stopped_at is not None


# --- The same answer twice at once ---


def twice_at_once(device):
    question = ask_passkey(purpose=SIGN_IN)
    answer = device.get(question.options)

    def come():
        return prove_passkey(purpose=SIGN_IN, challenge_id=question.challenge_id, answer=answer)

    return at_once(come, come)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("counts", [True, False])
def test_of_two_who_come_with_one_answer_one_is_let_in(monkeypatch, counts):
    device = with_passkey(a_staff_member(), Authenticator(counts=counts))
    dwell(monkeypatch, passkeys, "_asked")

    (refusal,) = refused(twice_at_once(device))

    assert isinstance(refusal, PasskeyRefused)
    assert events("passkey_proved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_row_locks_one_answer_opens_twice(monkeypatch):
    device = with_passkey(a_staff_member(), Authenticator(counts=False))
    without_row_locks(monkeypatch)
    # Both have read the challenge before either spends it.
    dwell(monkeypatch, passkeys, "_asked")

    assert refused(twice_at_once(device)) == []
    assert events("passkey_proved").count() == 2
