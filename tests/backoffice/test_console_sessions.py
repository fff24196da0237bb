"""Who is signed in where: every session of the console is listed, and can be ended from another."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from backoffice.sessions import SEEN_EVERY_S, device_of
from marketplace.accounts.commands import refresh, sign_in
from marketplace.accounts.errors import RefreshTokenInvalid
from marketplace.accounts.models import ConsoleSession
from marketplace.accounts.queries import console_sessions_of
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import decide, signed_in
from tests.factories.accounts import PASSWORD, a_staff_member, code_of, with_second_factor

pytestmark = pytest.mark.django_db
HOME, PAGE = "/console/", "/console/signed-in/"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; TECNO KL4) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/131.0.0.0 Mobile Safari/537.36"
)
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"


def at(person, user_agent=LAPTOP):
    client = Client(headers={"User-Agent": user_agent})
    client.post("/console/login/", {"username": person.email, "password": PASSWORD})
    return client


def is_in(client):
    return client.get(HOME).status_code == 200


def test_a_person_sees_where_they_are_signed_in():
    person = a_staff_member()
    laptop, _phone = at(person), at(person, PHONE)

    page = laptop.get(PAGE).content.decode()

    assert "Firefox, Linux" in page
    assert "Chrome, Android" in page
    assert page.count("You are here") == 1
    assert LoggedEvent.objects.filter(name="accounts.console_session_opened.v1").count() == 2


def test_a_session_that_was_opened_with_a_code_is_listed_too():
    person = with_second_factor(a_staff_member())
    client = at(person)
    assert not console_sessions_of(person.pk).exists()

    client.post("/console/login/code/", {"code": code_of(person)})

    assert console_sessions_of(person.pk).count() == 1


def test_a_session_is_ended_from_another():
    person = a_staff_member()
    laptop, phone = at(person), at(person, PHONE)
    lost = ConsoleSession.objects.get(device="Chrome, Android")

    laptop.post(PAGE, {"session": str(lost.pk)})

    assert is_in(laptop)
    assert not is_in(phone)
    assert "Chrome, Android" not in laptop.get(PAGE).content.decode()


@pytest.mark.parametrize("named", ["somebody else's", "", "no-id"])
def test_nobody_ends_what_is_not_theirs(named):
    other = a_staff_member()
    theirs, mine = at(other), at(a_staff_member())
    their_id = str(ConsoleSession.objects.get(user=other).pk)

    mine.post(PAGE, {"session": their_id if named == "somebody else's" else named})

    assert is_in(theirs)


def test_signing_out_takes_it_from_the_list():
    person = a_staff_member()
    laptop, phone = at(person), at(person, PHONE)
    phone.post("/console/logout/")

    assert "Chrome, Android" not in laptop.get(PAGE).content.decode()


def test_a_new_password_ends_the_others_and_leaves_this_one_listed():
    person = a_staff_member()
    laptop, phone = at(person), at(person, PHONE)
    laptop.post(
        "/console/password_change/",
        {
            "old_password": PASSWORD,
            "new_password1": "Safari-njema-88",
            "new_password2": "Safari-njema-88",
        },
    )

    assert is_in(laptop)
    assert not is_in(phone)
    assert [one.device for one in console_sessions_of(person.pk)] == ["Firefox, Linux"]
    assert "You are here" in laptop.get(PAGE).content.decode()


def test_an_administrator_ends_all_of_a_colleagues_at_the_console_and_the_api(client):
    person = a_staff_member()
    laptop, phone = at(person), at(person, PHONE)
    app = sign_in(login=person.email, password=PASSWORD)
    signed_in(client, "administrator")

    assert decide(client, person, "end-sessions").status_code == 422
    decide(client, person, "end-sessions", reason="Bag stolen")

    assert not is_in(laptop)
    assert not is_in(phone)
    assert is_in(client)
    with pytest.raises(RefreshTokenInvalid):
        refresh(refresh_token=app.refresh)


def test_nobody_else_may(client):
    person = a_staff_member()
    laptop = at(person)
    signed_in(client, "operations_lead")

    assert decide(client, person, "end-sessions", reason="Bag stolen").status_code == 403
    assert is_in(laptop)


def test_when_it_was_seen_last_is_noted_once_a_minute():
    person = a_staff_member()
    now = clock.now()
    with clock.at(now):
        laptop = at(person)
        laptop.get(HOME)
    opened = ConsoleSession.objects.get().seen_at

    with clock.at(now + timedelta(seconds=SEEN_EVERY_S - 1)):
        laptop.get(HOME)
        assert ConsoleSession.objects.get().seen_at == opened
    with clock.at(now + timedelta(seconds=SEEN_EVERY_S)):
        laptop.get(HOME)
        assert ConsoleSession.objects.get().seen_at > opened


def test_a_session_that_ran_out_is_listed_no_more():
    person = a_staff_member()
    at(person)
    Session.objects.update(expire_date=clock.now())

    assert not console_sessions_of(person.pk).exists()


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [(LAPTOP, "Firefox, Linux"), (PHONE, "Chrome, Android"), ("curl/8.5", ""), ("", "")],
)
def test_a_device_is_called_by_its_browser_and_system(user_agent, said):
    assert device_of(user_agent) == said
