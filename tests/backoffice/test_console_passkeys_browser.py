"""Passkeys through the real pages: Chromium's own virtual authenticator, over the DevTools protocol."""

from contextlib import contextmanager

import pytest
from django.conf import settings as configured
from django.urls import reverse
from playwright.sync_api import Page, expect

from marketplace.accounts.queries import passkeys_of
from tests.backoffice.console_pages import signed_in
from tests.browser import chromium, complaints, photograph
from tests.factories.accounts import PASSWORD, a_staff_member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]
TWO_STEP = "/console/two-step/"


@pytest.fixture
def server(live_server, settings):
    """Where the browser stands, passkeys may be used."""
    settings.PASSKEY_HOST, settings.PASSKEY_ORIGINS = "localhost", [live_server.url]
    return live_server.url


@contextmanager
def a_device(page: Page, **options: object):
    """A phone with a screen lock; its protocol session and id."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "ctap2Version": "ctap2_1",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
                **options,
            }
        },
    )
    yield session, made["authenticatorId"]


def enter_password(page: Page, server: str, person) -> None:
    page.goto(server + reverse("admin:index"))
    page.locator("#id_username").fill(person.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#login-form [type=submit]").click()


def add_passkey(page: Page, server: str, name: str = "My phone") -> None:
    page.goto(server + TWO_STEP)
    page.get_by_label("Name of the passkey").fill(name)
    page.get_by_role("button", name="Add a passkey").click()


def test_a_passkey_is_added_and_opens_the_console_after_the_password_and_without_it(server):
    person = a_staff_member("administrator", name="Amina Mrema")

    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        heard = complaints(page)
        with a_device(page):
            enter_password(page, server, person)
            add_passkey(page, server)
            expect(page.get_by_text("Your recovery codes")).to_be_visible()
            page.goto(server + TWO_STEP)
            expect(page.locator(".zt-passkeys", has_text="My phone")).to_be_visible()
            photograph(page, "passkeys", whole=True)

            page.context.clear_cookies()
            enter_password(page, server, person)
            photograph(page, "login-second-step")
            page.get_by_role("button", name="Use a passkey").click()
            expect(page.locator("#nav-sidebar-apps")).to_be_visible()

            page.context.clear_cookies()
            page.goto(server + TWO_STEP)
            page.get_by_role("button", name="Sign in with a passkey").click()
            # It leads to where one wanted to go.
            expect(page.locator(".zt-passkeys", has_text="My phone")).to_be_visible()

        assert heard == []
    assert passkeys_of(person.pk)[0].last_used_at is not None


def test_a_decision_is_confirmed_with_a_passkey_and_keeps_what_was_typed(server, client):
    person, colleague = a_staff_member("administrator"), a_staff_member()
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        heard = complaints(page)
        with a_device(page):
            enter_password(page, server, person)
            add_passkey(page, server)
            expect(page.get_by_text("Your recovery codes")).to_be_visible()
            configured.STEP_UP_MINUTES, before = 0, configured.STEP_UP_MINUTES
            try:
                page.goto(server + reverse("admin:accounts_user_change", args=[colleague.pk]))
                page.get_by_role("button", name="Set roles").click()
                dialog = page.locator("dialog[open]")
                dialog.get_by_label("Support", exact=True).check()
                # The browser itself says what is missing before any device is asked.
                dialog.get_by_role("button", name="Confirm with a passkey").click()
                expect(dialog).to_be_visible()
                dialog.get_by_label("Reason").fill("She begins on Monday")
                photograph(page, "passkey-step-up")
                dialog.get_by_role("button", name="Confirm with a passkey").click()
                expect(page.get_by_text("waits for a second person to agree")).to_be_visible()
            finally:
                configured.STEP_UP_MINUTES = before
        assert heard == []


def test_whoever_cancels_is_told_and_may_use_the_code(server, client):
    person = a_staff_member("administrator")
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        with a_device(page) as (session, device):
            enter_password(page, server, person)
            add_passkey(page, server)
            expect(page.get_by_text("Your recovery codes")).to_be_visible()
            code = page.locator(".zt-codes li").first.inner_text()
            page.context.clear_cookies()
            enter_password(page, server, person)
            session.send(
                "WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False}
            )
            page.get_by_role("button", name="Use a passkey").click()
            expect(page.get_by_text("Nothing was confirmed.")).to_be_visible()
            photograph(page, "login-second-step-cancelled")
            page.get_by_label("Code").fill(code)
            page.get_by_role("button", name="Confirm", exact=True).click()
            expect(page.locator("#nav-sidebar-apps")).to_be_visible()


def test_without_javascript_the_code_stays_and_no_dead_button_stands_there(server, client):
    person = a_staff_member("administrator")
    with chromium() as browser:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(server + reverse("admin:index"))
        expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
        enter_password(page, server, person)
        page.goto(server + TWO_STEP)
        expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
        expect(page.get_by_role("button", name="Set up the app")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_fit_a_phone(server, client, theme):
    person = signed_in(client, "administrator")
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=theme)
        page = context.new_page()
        with a_device(page):
            enter_password(page, server, person)
            add_passkey(page, server)
            expect(page.get_by_text("Your recovery codes")).to_be_visible()
            page.goto(server + TWO_STEP)
            photograph(page, f"passkeys-phone-{theme}", whole=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            photograph(page, f"passkeys-phone-{theme}", whole=True)
