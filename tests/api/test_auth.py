"""Registering, signing in, the phone, addresses."""

import pytest

from marketplace.accounts.models import Address, User
from marketplace.accounts.queries import unseal_code
from marketplace.shared.models import LoggedEvent
from tests.api.client import Caller, refusal
from tests.factories.accounts import PASSWORD, a_buyer, a_phone, a_user, an_address

pytestmark = pytest.mark.django_db


def registration(**changes: object) -> dict[str, object]:
    return {"name": "Asha", "email": "asha@example.test", "password": PASSWORD, **changes}


def test_somebody_registers_and_is_signed_in():
    answer = Caller().post("/auth/register", registration(phone=a_phone(), language="sw"))

    assert answer.status_code == 201
    session = answer.json()
    assert session["me"]["email"] == "asha@example.test"
    assert session["me"]["is_phone_verified"] is False
    me = Caller().get("/auth/me", headers={"Authorization": f"Bearer {session['access']}"})
    assert me.json() == session["me"]


def test_an_address_that_has_an_account_is_refused():
    a_user(email="asha@example.test")

    answer = Caller().post("/auth/register", registration())

    assert refusal(answer) == (409, "email_taken")
    assert answer.json()["errors"][0]["field"] == "email"


def test_a_weak_password_is_refused_before_anything_is_stored():
    answer = Caller().post("/auth/register", registration(password="12345"))

    assert refusal(answer) == (422, "password_weak")
    assert User.objects.count() == 0


def test_fields_that_are_missing_or_unknown_are_named():
    answer = Caller().post("/auth/register", {"email": "a@b.test", "password": "x", "admin": True})

    assert refusal(answer) == (422, "validation_failed")
    assert {(e["field"], e["code"]) for e in answer.json()["errors"]} == {
        ("name", "missing"),
        ("admin", "extra_forbidden"),
    }


def test_signing_in_with_the_phone_works_as_with_the_address():
    buyer = a_buyer()

    for login in (buyer.email, buyer.phone):
        answer = Caller().post("/auth/login", {"login": login, "password": PASSWORD})
        assert answer.json()["me"]["reference"] == buyer.reference


def test_a_wrong_password_and_an_unknown_login_are_told_alike():
    buyer = a_buyer()

    wrong = Caller().post("/auth/login", {"login": buyer.email, "password": "nope"})
    unknown = Caller().post("/auth/login", {"login": "no@body.test", "password": "nope"})

    assert refusal(wrong) == refusal(unknown) == (401, "credentials_wrong")
    assert wrong["WWW-Authenticate"] == "Bearer"


def test_too_many_failures_lock_the_login():
    buyer = a_buyer()
    for _try in range(10):
        Caller().post("/auth/login", {"login": buyer.email, "password": "nope"})

    answer = Caller().post("/auth/login", {"login": buyer.email, "password": PASSWORD})

    assert refusal(answer) == (429, "sign_in_locked")


@pytest.mark.django_db(transaction=True)
def test_a_refresh_token_works_once_and_its_replay_ends_the_session():
    buyer = a_buyer()
    first = Caller().post("/auth/login", {"login": buyer.email, "password": PASSWORD}).json()

    second = Caller().post("/auth/refresh", {"refresh": first["refresh"]})
    replay = Caller().post("/auth/refresh", {"refresh": first["refresh"]})
    after = Caller().post("/auth/refresh", {"refresh": second.json()["refresh"]})

    assert second.status_code == 200
    assert refusal(replay) == refusal(after) == (401, "refresh_token_invalid")


def test_signing_out_ends_the_refresh_token():
    buyer = a_buyer()
    session = Caller().post("/auth/login", {"login": buyer.email, "password": PASSWORD}).json()

    answer = Caller().post("/auth/logout", {"refresh": session["refresh"]})

    assert answer.status_code == 204


@pytest.mark.django_db(transaction=True)
def test_a_phone_is_proved_with_the_code_that_was_sent():
    user, phone = a_user(), a_phone()

    sent = Caller(user).post("/auth/phone/code", {"phone": phone})
    event = LoggedEvent.objects.get(name__startswith="accounts.phone_code_requested")
    code = unseal_code(sealed_code=event.payload["sealed_code"])
    verified = Caller(user).post("/auth/phone/verify", {"code": code})

    assert sent.status_code == 202
    assert (verified.json()["phone"], verified.json()["kyc_level"]) == (phone, 1)


@pytest.mark.django_db(transaction=True)
def test_a_wrong_code_is_refused_and_says_how_many_tries_are_left():
    user = a_user()
    Caller(user).post("/auth/phone/code", {"phone": a_phone()})

    answer = Caller(user).post("/auth/phone/verify", {"code": "000000x"})

    assert refusal(answer) == (422, "code_wrong")
    assert "4" in answer.json()["detail"]


def test_only_my_own_addresses_are_listed_the_default_first():
    buyer, other = a_buyer(), a_buyer()
    home, work = an_address(buyer), an_address(buyer, street="Posta 3")
    an_address(other)

    answer = Caller(buyer).get("/auth/addresses")

    assert [row["reference"] for row in answer.json()] == [home.reference, work.reference]


def test_an_address_is_added():
    buyer = a_buyer()
    body = {
        "recipient": "Asha", "phone": a_phone(), "region": "Arusha", "district": "Meru", "street": "Sokoine 4",
    }  # fmt: skip

    answer = Caller(buyer).post("/auth/addresses", body)

    assert answer.status_code == 201
    assert Address.objects.get().reference == answer.json()["reference"]


@pytest.mark.parametrize("path", ["/auth/me", "/auth/addresses"])
def test_nobody_gets_in_without_a_token(path):
    assert refusal(Caller().get(path)) == (401, "unauthenticated")


def test_a_token_of_ended_sessions_is_refused():
    buyer = a_buyer()
    caller = Caller(buyer)
    User.objects.filter(pk=buyer.pk).update(session_version=2)

    assert refusal(caller.get("/auth/me")) == (401, "token_invalid")
