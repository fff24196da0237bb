"""The console in a real browser: it works by hand, and its own content policy does not stop it."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.backoffice.console_pages import signed_in
from tests.browser import chromium, complaints, photograph
from tests.factories.accounts import PASSWORD, a_staff_member
from tests.factories.sellers import a_submitted_application

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]


def _sign_in(page: Page, client: Client, server: str) -> None:
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server}]
    )


def test_an_application_is_reviewed_and_approved_by_hand(client, live_server):
    application = a_submitted_application()
    signed_in(client, "operations_agent")
    address = reverse("admin:sellers_application_change", args=[application.pk])
    documents = application.documents.count()

    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1500, "height": 1000})
        heard = complaints(page)
        _sign_in(page, client, live_server.url)
        page.goto(live_server.url + address)
        page.get_by_role("button", name="Review it").click()
        page.get_by_role("button", name="Open").first.click()
        expect(page.locator("#document-preview iframe")).to_be_visible()
        # What still loads there takes the keyboard away from whoever types.
        page.wait_for_load_state("networkidle")
        photograph(page, "application-review", whole=True)

        page.get_by_role("button", name="Reject").last.click()
        expect(page.locator("dialog[open]")).to_be_visible()
        photograph(page, "application-dialog")
        page.locator("dialog[open] textarea").press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)

        for _document in range(documents):
            page.get_by_role("button", name="Accept").first.click()
        page.get_by_role("button", name="Approve").first.click()
        page.locator("dialog[open]").get_by_role("button", name="Approve").click()

        expect(page.get_by_text("The seller may begin.")).to_be_visible()
        photograph(page, "application-approved")
        assert heard == []


def test_signing_in_and_changing_the_language(live_server):
    colleague = a_staff_member("administrator", name="Amina Mrema")

    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        heard = complaints(page)
        page.goto(live_server.url + reverse("admin:index"))
        photograph(page, "login")
        page.get_by_label("E-mail address").fill(colleague.email)
        page.locator("#id_password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.locator("#nav-sidebar-apps")).to_be_visible()

        page.locator("#nav-sidebar").get_by_text(colleague.email).click()
        page.get_by_role("button", name="Kiswahili").click()

        expect(page.locator("html")).to_have_attribute("lang", "sw")
        photograph(page, "dashboard-swahili")
        assert heard == []
