"""A colleague is invited, chooses a password that nobody else knows, and is led to a second step."""

import re

import pytest
from django.test import Client

from marketplace.accounts.commands import approve_roles
from marketplace.accounts.models import PasswordLink, RoleRequest, User
from marketplace.notifications.models import Message
from tests.backoffice.console_pages import decide, do, signed_in
from tests.backoffice.test_console_second_step import (
    LOGIN,
    TWO_STEP,
    give_code,
    give_password,
    is_in,
)
from tests.deliveries import deliver_all
from tests.factories.accounts import (
    PASSWORD,
    a_staff_member,
    code_of,
    staff_actor,
    with_second_factor,
)

pytestmark = pytest.mark.django_db
FORGOTTEN, CHOOSE, ASKED = (
    f"/console/password/{page}/" for page in ("forgotten", "choose", "asked")
)
NEW = "Safari-njema-88"
TWICE = {"password": NEW, "again": NEW}
NEEMA = {
    "name": "Neema Mushi",
    "email": "neema@example.test",
    "language": "en",
    "roles": ["support"],
    "reason": "She begins on Monday",
}


def mail_to(email, code):
    """The newest, as it was sent."""
    return Message.objects.filter(recipient=email, code=code).order_by("-pk").first()


def link_in(message):
    return re.search(r"https?://[^/\s]+(/console/password/\S+)", message.body)[1]


def invite(client):
    answer = do(client, "accounts.user", "add", **NEEMA)
    assert answer.status_code == 302, answer.content.decode()
    deliver_all()
    return User.objects.get(email=NEEMA["email"])


def page_of_person(client, person):
    return client.get(f"/console/accounts/user/{person.pk}/change/").content.decode()


def test_from_the_invitation_to_the_first_day(client):
    signed_in(client, "administrator")
    neema = invite(client)
    assert "not yet accepted" in page_of_person(client, neema)
    mail = mail_to(neema.email, "invitation")
    assert "72 hours" in mail.body

    browser = Client()
    followed = browser.get(link_in(mail))
    assert followed.url == CHOOSE  # The token stands in no address from here on.
    assert "Hello Neema Mushi" in browser.get(CHOOSE).content.decode()
    answer = browser.post(CHOOSE, TWICE)

    assert answer.url.startswith(LOGIN)
    assert "a second person has agreed" in browser.get(answer.url).content.decode()
    give_password(browser, neema, NEW)
    assert not is_in(browser)
    assert "not yet accepted" not in page_of_person(client, neema)

    request = RoleRequest.objects.get(subject=neema)
    approve_roles(request_id=request.pk, actor=staff_actor(a_staff_member("administrator")))
    entered = browser.post(answer.url, {"username": neema.email, "password": NEW})
    assert entered.url == TWO_STEP


def test_nobody_types_a_password_for_somebody_else(client):
    signed_in(client, "administrator")

    page = client.get("/console/accounts/user/do/add/").content.decode()

    assert 'type="password"' not in page


def test_a_link_that_was_looked_at_is_not_spent_and_one_that_was_used_is(client):
    signed_in(client, "administrator")
    link = link_in(mail_to(invite(client).email, "invitation"))
    for _program in range(3):
        Client().get(link, follow=True)

    first, second = Client(), Client()
    for browser in (first, second):
        browser.get(link)
    assert first.post(CHOOSE, TWICE).status_code == 302
    assert "This link does not work" in second.post(CHOOSE, TWICE).content.decode()
    assert "This link does not work" in second.get(CHOOSE).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": NEW, "again": "Safari-njema-89"}, "not the same"),
        ({"password": "12345678", "again": "12345678"}, "better password"),
        ({"password": "", "again": ""}, "This field is required"),
    ],
)
def test_what_is_typed_wrongly_is_said_and_spends_nothing(client, typed, said):
    signed_in(client, "administrator")
    browser = Client()
    browser.get(link_in(mail_to(invite(client).email, "invitation")))

    assert said in browser.post(CHOOSE, typed).content.decode()

    assert browser.post(CHOOSE, TWICE).status_code == 302


def test_it_is_sent_again_and_withdrawn(client):
    signed_in(client, "administrator")
    neema = invite(client)
    before = link_in(mail_to(neema.email, "invitation"))

    decide(client, neema, "invite-again")
    deliver_all()
    after = link_in(mail_to(neema.email, "invitation"))
    assert before != after
    assert "This link does not work" in Client().get(before, follow=True).content.decode()
    decide(client, neema, "withdraw-invitation", reason="Wrong address")

    assert "This link does not work" in Client().get(after, follow=True).content.decode()
    assert "was withdrawn" in page_of_person(client, neema)


def test_a_wrong_address_is_corrected_and_only_the_right_one_is_written_to(client):
    signed_in(client, "administrator")
    neema = invite(client)
    wrong = link_in(mail_to(neema.email, "invitation"))
    right = {"email": "n.mushi@example.test", "reason": "Typed wrongly"}

    decide(client, neema, "correct-invitation", **right)
    deliver_all()

    assert "This link does not work" in Client().get(wrong, follow=True).content.decode()
    browser = Client()
    browser.get(link_in(mail_to(right["email"], "invitation")))
    browser.post(CHOOSE, TWICE)
    neema.refresh_from_db()
    assert neema.email == right["email"]
    assert neema.check_password(NEW)
    requests = RoleRequest.objects.filter(subject=neema).order_by("requested_at")
    assert [one.status for one in requests] == ["withdrawn", "requested"]
    page = page_of_person(client, neema)
    assert right["email"] not in page
    assert "Invitation sent to another address" in page


def test_support_neither_invites_nor_sends_again(client):
    signed_in(client, "administrator")
    neema = invite(client)
    signed_in(client, "operations_lead")

    assert do(client, "accounts.user", "add", **NEEMA).status_code == 403
    assert decide(client, neema, "invite-again").status_code == 403


def test_production_shows_nobody_the_link_of_somebody_else(client, settings):
    signed_in(client, "administrator")
    mail = mail_to(invite(client).email, "invitation")
    address = f"/console/notifications/message/{mail.pk}/change/"
    assert link_in(mail) in client.get(address).content.decode()

    settings.ENVIRONMENT = "production"

    page = client.get(address).content.decode()
    assert link_in(mail) not in page
    assert "opens an account" in page


# --- Forgotten ---


def forgot(email):
    browser = Client()
    answer = browser.post(FORGOTTEN, {"email": email})
    deliver_all()
    return browser, answer


def test_whoever_forgot_chooses_anew_and_everything_else_ends():
    person, elsewhere = a_staff_member(), Client()
    give_password(elsewhere, person)
    browser, answer = forgot(person.email)
    assert answer.url == ASKED

    browser.get(link_in(mail_to(person.email, "password_link")))
    browser.post(CHOOSE, TWICE)

    assert not is_in(elsewhere)
    deliver_all()
    assert "was changed just now" in mail_to(person.email, "password_changed").body
    give_password(browser, person, PASSWORD)
    assert not is_in(browser)
    give_password(browser, person, NEW)
    assert is_in(browser)


def test_the_second_step_is_asked_for_after_a_new_password_too():
    person = with_second_factor(a_staff_member())
    browser, _answer = forgot(person.email)
    browser.get(link_in(mail_to(person.email, "password_link")))

    assert browser.post(CHOOSE, TWICE).url == LOGIN
    give_password(browser, person, NEW)

    assert not is_in(browser)
    give_code(browser, code_of(person))
    assert is_in(browser)


def test_strangers_learn_nothing_by_asking():
    person = a_staff_member()

    answers = [forgot(email)[1] for email in (person.email, "nobody@example.test")]

    assert len({(one.status_code, one.url) for one in answers}) == 1
    assert PasswordLink.objects.count() == 1


def test_asking_is_paced(settings):
    settings.API_RATE_SCALE = 1
    browser = Client()
    pages = [browser.post(FORGOTTEN, {"email": "nobody@example.test"}) for _time in range(8)]

    assert pages[0].status_code == 302
    assert "often in a short time" in pages[-1].content.decode()


@pytest.mark.parametrize("page", [FORGOTTEN, ASKED, CHOOSE])
def test_it_speaks_swahili(client, page):
    client.cookies["zetutech_language"] = "sw"

    shown = client.get(page).content.decode()

    assert "Kwenye ukurasa wa kuingia" in shown
    assert "To the sign-in page" not in shown
