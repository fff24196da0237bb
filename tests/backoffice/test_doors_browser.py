"""The pages at the door, and an account seen as its owner does, in a real browser: they fit and keep nobody out."""

import json

import pytest
from django.conf import settings
from django.urls import reverse

from backoffice.roles import sync_roles
from backoffice.seeing.tabs import BUYING, SELLING
from marketplace.accounts.commands import invite_colleague
from marketplace.accounts.queries import unseal_token
from marketplace.shared.models import LoggedEvent
from tests.backoffice.test_every_page_browser import OWN, in_swahili, looked_at
from tests.browser import chromium, complaints
from tests.factories.accounts import (
    PASSWORD,
    a_keeper,
    a_staff_member,
    staff_actor,
    with_second_factor,
)
from tests.factories.console import a_world
from tests.factories.privacy import a_sight

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]
PHONE = {"width": 390, "height": 844}


def test_the_pages_at_the_door_fit_and_have_no_barrier_in_either_theme(client, live_server):
    person, link = with_second_factor(a_staff_member()), an_invitation()
    faults: dict[str, list[str]] = {}

    with chromium() as browser:
        page = in_swahili(browser, client, live_server.url)
        heard = complaints(page)

        def look(name: str) -> None:
            found = looked_at(page, f"door-{name}")
            if found or heard:
                faults[name] = [*found, *heard]
                heard.clear()

        for size in (page.viewport_size, PHONE):
            page.set_viewport_size(size)
            page.goto(live_server.url + reverse("sign-in"))
            look(f"login-{size['width']}")
            give(page, person.email, "not the password")
            look(f"refused-{size['width']}")
            page.goto(live_server.url + reverse("sign-in"))
            give(page, person.email, PASSWORD)
            look(f"code-{size['width']}")
            for name in ("forgotten-password", "password-link-asked", "choose-password"):
                page.goto(live_server.url + reverse(name))
                look(f"{name}-{size['width']}")
            page.goto(live_server.url + link)
            look(f"invitation-{size['width']}")
            page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    assert not faults, json.dumps(faults, indent=1)


def test_an_account_seen_as_its_owner_fits_and_has_no_barrier_in_either_theme(client, live_server):
    world = a_world()
    sync_roles()
    watcher = a_staff_member("operations_lead")
    client.post(reverse("sign-in"), {"username": watcher.email, "password": PASSWORD})
    owner = world.seller.members.get().user
    sight, faults = a_sight(owner, watcher), {}

    with chromium() as browser:
        page = in_swahili(browser, client, live_server.url)
        heard = complaints(page)
        for tab in (*SELLING, *BUYING):
            page.goto(live_server.url + reverse("admin:seeing", args=[sight.pk, tab.name]))
            assert page.locator(".zt-seeing").count() == 1
            found = looked_at(page, f"seeing-{tab.name}", OWN)
            if found or heard:
                faults[tab.name] = [*found, *heard]
                heard.clear()

    assert not faults, json.dumps(faults, indent=1)


def an_invitation() -> str:
    """The address in the mail of one."""
    invite_colleague(email="neema@example.test", name="Neema Mushi", actor=staff_actor(a_keeper()))
    event = LoggedEvent.objects.get(name="accounts.colleague_invited.v1")
    token = unseal_token(event.payload["sealed_token"])
    return reverse("follow-password-link", args=[token])


def give(page, login: str, password: str) -> None:
    page.fill("input[name=username]", login)
    page.fill("input[name=password]", password)
    page.click("#login-form button[type=submit]")
    page.wait_for_load_state("networkidle")
