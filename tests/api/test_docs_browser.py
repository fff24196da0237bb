"""The docs page in a real browser: it draws itself under our strict content policy, and trying it out works."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import chromium, photograph
from tests.factories.accounts import PASSWORD, a_buyer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]


def complaints_of(page: Page) -> list[str]:
    """What the browser's console says of errors and of the content policy, from now on."""
    found: list[str] = []
    page.on("console", lambda m: found.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_a_developer_reads_the_docs_and_signs_in(live_server):
    buyer = a_buyer()
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        complaints = complaints_of(page)
        page.goto(f"{live_server.url}/api/v1/docs")

        expect(page.get_by_text("buyer@zetutech.test")).to_be_visible()
        expect(page.locator("#operations-auth-auth_login")).to_be_visible()
        photograph(page, "api-docs")
        form = page.locator("#sign-in")
        form.locator("[name=login]").fill(buyer.email)
        form.locator("[name=password]").fill(PASSWORD)
        form.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.locator("#sign-in-said")).to_contain_text(buyer.email)
        page.locator("#operations-auth-auth_me").click()
        page.get_by_role("button", name="Execute").click()
        answer = page.locator(".live-responses-table tbody .response-col_status").first
        expect(answer).to_contain_text("200")
        expect(page.locator(".live-responses-table").first).to_contain_text(buyer.email)

    assert complaints == []
