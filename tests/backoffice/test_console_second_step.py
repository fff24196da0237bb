"""The console's door with a second step: nothing opens before the code, and no code is guessed."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.accounts import lockout
from marketplace.accounts.commands import second_factor
from marketplace.accounts.models import SecondFactor
from marketplace.shared import clock
from tests.backoffice.console_pages import decide, signed_in
from tests.factories.accounts import (
    PASSWORD,
    RECOVERY_CODE,
    a_staff_member,
    code_of,
    with_second_factor,
    wrong_code,
)

pytestmark = pytest.mark.django_db
HOME, LOGIN, CODE = "/console/", "/console/login/", "/console/login/code/"
TWO_STEP = "/console/two-step/"


def give_password(client, person, password=PASSWORD, onward=""):
    return client.post(LOGIN + onward, {"username": person.email, "password": password})


def give_code(client, code, onward=""):
    return client.post(CODE + onward, {"code": code})


def is_in(client):
    return client.get(HOME).status_code == 200


def test_without_a_second_step_the_password_opens_the_console(client):
    answer = give_password(client, a_staff_member())

    assert answer.url == HOME
    assert is_in(client)


def test_with_one_the_password_opens_nothing_and_the_code_what_was_asked_for(client):
    person = with_second_factor(a_staff_member())

    answer = give_password(client, person, onward=f"?next={TWO_STEP}")

    assert answer.url.startswith(CODE)
    assert not is_in(client)
    answer = client.post(answer.url, {"code": code_of(person)})
    assert answer.url == TWO_STEP
    assert is_in(client)


def test_the_way_back_leads_to_no_other_site(client):
    person = with_second_factor(a_staff_member())
    give_password(client, person)

    assert give_code(client, code_of(person), "?next=https://evil.example/").url == HOME


def test_a_code_without_a_password_opens_nothing(client):
    person = with_second_factor(a_staff_member())

    assert give_code(client, code_of(person)).url == LOGIN
    assert not is_in(client)


def test_the_code_comes_within_minutes_of_the_password(client):
    person = with_second_factor(a_staff_member())
    give_password(client, person)
    SecondFactor.objects.update(last_step=0)

    with clock.at(clock.now().replace(year=clock.now().year + 1)):
        assert give_code(client, code_of(person)).url == LOGIN


def test_a_password_that_was_changed_meanwhile_was_not_right(client):
    person = with_second_factor(a_staff_member())
    give_password(client, person)
    person.set_password("Safari-njema-88")
    person.save()

    assert give_code(client, code_of(person)).url == LOGIN


def test_a_recovery_code_opens_the_console_once():
    person = with_second_factor(a_staff_member())
    first, second = Client(), Client()
    for client in (first, second):
        give_password(client, person)
        give_code(client, RECOVERY_CODE)

    assert is_in(first)
    assert not is_in(second)


def test_the_right_password_does_not_wipe_the_slate_of_wrong_codes(client, monkeypatch):
    person = with_second_factor(a_staff_member())
    # The lock of the door itself, apart from the factor's own.
    monkeypatch.setattr(second_factor, "FAILURES_MAX", 1_000)
    for _attempt in range(lockout.FAILURES_PER_LOGIN_MAX):
        give_password(client, person)
        give_code(client, wrong_code(person))

    answer = give_code(client, code_of(person))

    assert "Too many failed sign-ins" in answer.content.decode()
    assert not is_in(client)


def test_control_were_the_slate_wiped_by_the_password_a_code_could_be_guessed(client, monkeypatch):
    person = with_second_factor(a_staff_member())
    monkeypatch.setattr(second_factor, "FAILURES_MAX", 1_000)
    for _attempt in range(lockout.FAILURES_PER_LOGIN_MAX):
        give_password(client, person)
        lockout.forget(login=person.email)
        give_code(client, wrong_code(person))

    give_code(client, code_of(person))

    assert is_in(client)


def test_a_session_that_never_gave_a_code_opens_nothing(client):
    client.force_login(with_second_factor(a_staff_member()))

    answer = client.get("/console/my-work/")

    assert answer.url == f"{LOGIN}?next=/console/my-work/"


def test_a_session_from_before_the_second_step_ends_with_it():
    person = a_staff_member()
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.force_login(person)

    here.post(TWO_STEP)
    here.post(TWO_STEP, {"do": "confirm", "code": code_of(person)})

    assert is_in(here)
    assert not is_in(elsewhere)


# --- One's own page ---


def test_a_person_sets_it_up_and_sees_the_recovery_codes_once(client):
    person = signed_in(client, "support")
    client.post(TWO_STEP)
    page = client.get(TWO_STEP).content.decode()
    secret = SecondFactor.objects.get(user=person).secret
    assert secret in page.replace(" ", "")
    assert "<svg" in page

    answer = client.post(TWO_STEP, {"do": "confirm", "code": code_of(person)})

    codes = re.findall(r"<li>(\w{4}(?:-\w{4}){3})</li>", answer.content.decode())
    assert len(codes) == 10
    assert answer["Cache-Control"].find("no-store") >= 0
    again = client.get(TWO_STEP).content.decode()
    assert codes[0] not in again
    assert secret not in again.replace(" ", "")
    other = Client()
    give_password(other, person)
    give_code(other, codes[0])
    assert is_in(other)


def test_a_wrong_code_sets_nothing_up(client):
    person = signed_in(client, "support")
    client.post(TWO_STEP)

    answer = client.post(TWO_STEP, {"do": "confirm", "code": wrong_code(person)})

    assert answer.status_code == 422
    assert "This code is not right" in answer.content.decode()
    person.refresh_from_db()
    assert person.second_factor_since is None


def test_recovery_codes_are_renewed_and_the_step_removed_with_a_code_only(client):
    person = with_second_factor(a_staff_member())
    give_password(client, person)
    give_code(client, code_of(person, steps_on=-1))

    for step in ("renew", "remove"):
        answer = client.post(TWO_STEP, {"do": step, "proof": wrong_code(person)})
        assert answer.status_code == 422
    renewed = client.post(TWO_STEP, {"do": "renew", "proof": code_of(person)})
    assert renewed.status_code == 200
    client.post(TWO_STEP, {"do": "remove", "proof": code_of(person, steps_on=1)})

    person.refresh_from_db()
    assert person.second_factor_since is None
    assert is_in(client)


def test_an_administrator_removes_a_colleagues_and_says_why(client):
    signed_in(client, "administrator")
    person = with_second_factor(a_staff_member())

    assert decide(client, person, "remove-second-step").status_code == 422
    decide(client, person, "remove-second-step", reason="Phone stolen")

    person.refresh_from_db()
    assert person.second_factor_since is None


def test_nobody_else_may(client):
    signed_in(client, "operations_lead")
    person = with_second_factor(a_staff_member())

    assert decide(client, person, "remove-second-step", reason="Phone stolen").status_code == 403


def test_it_speaks_swahili(client):
    person = with_second_factor(a_staff_member())
    client.cookies["zetutech_language"] = "sw"
    give_password(client, person)

    page = client.get(CODE).content.decode()

    assert "Hatua moja zaidi" in page
    assert "One more step" not in page


# --- Where it is required ---


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.mark.parametrize("page", [HOME, "/console/my-work/", "/console/find/ORD-1/", "/reports/x"])
def test_whoever_has_none_is_sent_to_set_one_up(client, required, page):
    signed_in(client, "administrator")

    assert client.get(page).url == TWO_STEP
    assert client.post(page).url == TWO_STEP


@pytest.mark.parametrize("page", ["admin:two_step", "admin:password_change"])
def test_what_one_needs_for_that_is_open(client, required, page):
    signed_in(client, "administrator")

    assert client.get(reverse(page)).status_code == 200


def test_whoever_has_one_works_as_ever(client, required):
    person = with_second_factor(a_staff_member())
    give_password(client, person)
    give_code(client, code_of(person))

    assert is_in(client)


def test_where_it_is_not_required_nobody_is_sent_anywhere(client):
    signed_in(client, "administrator")

    assert is_in(client)
