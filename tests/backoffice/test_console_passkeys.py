"""Passkeys at the console, request by request: what opens, what does not, and what is counted."""

import json
import re

import pytest
from django.test import Client

from marketplace.accounts import lockout
from marketplace.accounts.queries import passkeys_of
from marketplace.shared.models import LoggedEvent
from tests.authenticator import Authenticator
from tests.backoffice.console_pages import decide, signed_in
from tests.backoffice.test_console_second_step import (
    CODE,
    HOME,
    LOGIN,
    TWO_STEP,
    give_password,
    is_in,
)
from tests.backoffice.test_console_step_up import long_ago, roles_asked_for
from tests.factories.accounts import (
    RECOVERY_CODE,
    a_staff_member,
    code_of,
    with_passkey,
    with_second_factor,
)

pytestmark = pytest.mark.django_db
PASSKEY, ASK, ASK_INSIDE = "/console/login/passkey/", f"{LOGIN}passkey/ask/", f"{TWO_STEP}ask/"


def ask(client, purpose="sign_in", address=ASK):
    answer = client.post(address, {"purpose": purpose})
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def come(client, device, onward="", **lies):
    answer = device.get(ask(client), **lies)
    return client.post(PASSKEY, {"passkey": answer, "next": onward})


def inside(person):
    """A browser in which the person signed in with a passkey."""
    client, device = Client(), with_passkey(person)
    come(client, device)
    assert is_in(client)
    return client, device


# --- The door ---


def test_a_passkey_alone_opens_the_console_and_leads_on(client):
    device = with_passkey(a_staff_member())

    answer = come(client, device, onward=TWO_STEP)

    assert answer.url == TWO_STEP
    assert is_in(client)


def test_it_leads_to_no_other_site(client):
    device = with_passkey(a_staff_member())

    assert come(client, device, onward="https://evil.example/").url == HOME


def test_after_the_password_a_passkey_takes_the_place_of_the_code(client):
    person = a_staff_member()
    device = with_passkey(person)
    give_password(client, person)
    assert not is_in(client)

    answer = device.get(ask(client, "second_step"))
    client.post(CODE, {"passkey": answer})

    assert is_in(client)


def test_after_my_password_another_persons_passkey_opens_nothing(client):
    person = a_staff_member()
    with_passkey(person)
    theirs = with_passkey(a_staff_member())
    give_password(client, person)

    page = client.post(CODE, {"passkey": theirs.get(ask(client, "second_step"))})

    assert "did not prove who you are" in page.content.decode()
    assert not is_in(client)


def test_what_was_answered_after_the_password_does_not_open_the_door_alone(client):
    person = a_staff_member()
    device = with_passkey(person)
    give_password(client, person)
    answer = device.get(ask(client, "second_step"))

    client.post(PASSKEY, {"passkey": answer})

    assert not is_in(client)


def test_an_answer_belongs_to_the_browser_that_was_asked(client):
    device = with_passkey(a_staff_member())
    answer = device.get(ask(client))
    stranger = Client()
    ask(stranger)

    stranger.post(PASSKEY, {"passkey": answer})
    assert not is_in(stranger)
    Client().post(PASSKEY, {"passkey": answer})
    client.post(PASSKEY, {"passkey": answer})
    assert is_in(client)


def test_the_same_answer_does_not_come_in_again(client):
    device = with_passkey(a_staff_member(), Authenticator(counts=False))
    answer = device.get(ask(client))
    client.post(PASSKEY, {"passkey": answer})
    client.post("/console/logout/")

    client.post(PASSKEY, {"passkey": answer})

    assert not is_in(client)


@pytest.mark.parametrize("lies", [{"origin": "https://evil.example"}, {"verifies": False}])
def test_refusals_say_the_same_whatever_is_wrong(client, lies):
    device = with_passkey(a_staff_member())
    stranger = Authenticator(user_handle=device.user_handle)

    said = []
    for one, wrong in ((device, lies), (stranger, {})):
        answer = come(client, one, **wrong)
        page = client.get(answer.url).content.decode()
        said.append(re.search(r"This passkey did not prove[^<]*", page)[0])

    assert said[0] == said[1]
    assert not is_in(client)


def test_the_door_says_nothing_of_anybody(client):
    with_passkey(a_staff_member())

    assert json.loads(ask(client))["allowCredentials"] == []
    assert client.post(ASK, {"purpose": "second_step"}).status_code == 403
    assert client.get(PASSKEY).url == LOGIN


def test_wrong_answers_are_counted_as_wrong_passwords_are(client, monkeypatch):
    monkeypatch.setattr(lockout, "FAILURES_PER_ADDRESS_MAX", 3)
    device = with_passkey(a_staff_member())
    for _attempt in range(3):
        come(client, device, origin="https://evil.example")

    answer = come(client, device)

    assert "Too many failed sign-ins" in client.get(answer.url).content.decode()
    assert not is_in(client)


def test_after_the_password_they_are_counted_against_the_person(client):
    person = a_staff_member()
    device = with_passkey(person)
    give_password(client, person)
    for _attempt in range(lockout.FAILURES_PER_LOGIN_MAX):
        wrong = device.get(ask(client, "second_step"), origin="https://evil.example")
        client.post(CODE, {"passkey": wrong})

    page = client.post(CODE, {"passkey": device.get(ask(client, "second_step"))})

    assert "Too many failed sign-ins" in page.content.decode()
    assert not is_in(client)


def test_asking_is_paced(client, settings):
    settings.API_RATE_SCALE = 1
    statuses = [client.post(ASK, {"purpose": "sign_in"}).status_code for _time in range(25)]

    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_a_form_of_another_site_asks_nothing():
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(ASK, {"purpose": "sign_in"}).status_code == 403
    assert strict.post(PASSKEY, {"passkey": "{}"}).status_code == 403


def test_a_session_of_before_the_first_passkey_opens_nothing_any_more():
    person = a_staff_member()
    before = Client()
    give_password(before, person)
    assert is_in(before)

    with_passkey(person)

    assert not is_in(before)


def test_the_recovery_code_opens_for_who_has_passkeys_only(client):
    person = with_second_factor(a_staff_member())
    with_passkey(person)
    give_password(client, person)

    client.post(CODE, {"code": RECOVERY_CODE})

    assert is_in(client)


# --- One's own page ---


def test_where_a_second_step_is_required_a_passkey_alone_is_one(client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    person = signed_in(client, "support")
    assert client.get(HOME).url == TWO_STEP
    device = Authenticator()

    made = device.create(ask(client, "register", ASK_INSIDE))
    answer = client.post(TWO_STEP, {"do": "add-passkey", "name": "Phone", "passkey": made})

    codes = re.findall(r"<li>(\w{4}(?:-\w{4}){3})</li>", answer.content.decode())
    assert len(codes) == 10
    assert is_in(client)
    assert [one.name for one in passkeys_of(person.pk)] == ["Phone"]


def test_nothing_is_added_at_an_open_desk(client):
    person = a_staff_member("administrator")
    here, device = inside(person)
    long_ago(here)

    assert here.post(ASK_INSIDE, {"purpose": "register"}).status_code == 403
    here.post(TWO_STEP)
    assert "Confirm that it is you" in here.get(TWO_STEP).content.decode()
    assert LoggedEvent.objects.filter(name="accounts.second_factor_begun.v1").count() == 0

    here.post(TWO_STEP, {"do": "prove", "passkey": device.get(ask(here, "step_up", ASK_INSIDE)),
                         "proof": ""})  # fmt: skip
    assert here.post(ASK_INSIDE, {"purpose": "register"}).status_code == 200


def test_a_passkey_is_removed_with_a_proof_and_the_other_sessions_end():
    person = with_second_factor(a_staff_member())
    here, device = inside(person)
    elsewhere = Client()
    come(elsewhere, device)
    (kept,) = passkeys_of(person.pk)
    removal = {"do": "remove-passkey", "which": str(kept.pk)}

    assert here.post(TWO_STEP, removal | {"proof": ""}).status_code == 422
    assert here.post(TWO_STEP, removal | {"proof": "000000"}).status_code == 422
    assert len(passkeys_of(person.pk)) == 1
    here.post(TWO_STEP, removal | {"proof": code_of(person)})

    assert passkeys_of(person.pk) == []
    assert is_in(here)
    assert not is_in(elsewhere)
    come(elsewhere, device)
    assert not is_in(elsewhere)


def test_nobody_removes_a_colleagues_from_their_own_page():
    person, other = a_staff_member(), a_staff_member()
    here, device = inside(person)
    with_passkey(other)
    (theirs,) = passkeys_of(other.pk)

    answer = here.post(
        TWO_STEP,
        {
            "do": "remove-passkey",
            "which": str(theirs.pk),
            "passkey": device.get(ask(here, "step_up", ASK_INSIDE)),
            "proof": "",
        },
    )

    assert answer.status_code == 422
    assert len(passkeys_of(other.pk)) == 1
    for nonsense in ("", "x", str(person.pk)):
        assert here.get(f"{TWO_STEP}?which={nonsense}").status_code == 200


def test_an_administrator_takes_all_ways_in_from_a_colleague(client):
    signed_in(client, "administrator")
    person = a_staff_member()
    device = with_passkey(person)

    decide(client, person, "remove-second-step", reason="Phone stolen")

    assert passkeys_of(person.pk) == []
    stranger = Client()
    come(stranger, device)
    assert not is_in(stranger)


# --- Proving once more ---


def test_a_decision_takes_a_passkey_where_it_takes_a_code():
    person, colleague = a_staff_member("administrator"), a_staff_member()
    here, device = inside(person)
    long_ago(here)
    support = {"roles": ["support"], "reason": "She begins on Monday"}
    decide(here, colleague, "roles", **support)
    assert roles_asked_for(colleague) == []

    answer = device.get(ask(here, "step_up", ASK_INSIDE))
    decide(here, colleague, "roles", **support, passkey=answer, proof="")

    assert roles_asked_for(colleague) == ["support"]
    long_ago(here)
    page = decide(here, colleague, "roles", **support, passkey=answer, proof="")
    assert page.status_code == 422


@pytest.mark.parametrize("lies", [{"verifies": False}, {"origin": "https://evil.example"}])
def test_a_wrong_answer_decides_nothing(lies):
    person, colleague = a_staff_member("administrator"), a_staff_member()
    here, device = inside(person)
    long_ago(here)

    answer = device.get(ask(here, "step_up", ASK_INSIDE), **lies)
    page = decide(here, colleague, "roles", roles=["support"], reason="x", passkey=answer, proof="")

    assert page.status_code == 422
    assert roles_asked_for(colleague) == []


def test_a_passkey_of_mine_is_not_asked_of_who_has_none(client):
    signed_in(client, "administrator")
    long_ago(client)
    person = a_staff_member()

    page = client.get(f"/console/accounts/user/{person.pk}/do/roles/").content.decode()

    assert "Confirm with a passkey" not in page
    assert client.post(ASK_INSIDE, {"purpose": "sign_in"}).status_code == 400
