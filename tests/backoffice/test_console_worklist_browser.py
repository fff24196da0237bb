"""Working through a queue in a real browser: with keys, several at once, under the content policy."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from marketplace.reconciliation.models import ReconciliationException
from tests.backoffice.console_pages import list_address, signed_in
from tests.browser import chromium
from tests.factories.reconciliation import Row, a_receipt
from tests.marketplace.reconciliation.books import an_imported_statement, broken_invariants

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]


def opened(page: Page, client, server: str, label: str) -> Page:
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server}]
    )
    page.goto(server + list_address(label), wait_until="networkidle")
    return page


def test_two_exceptions_are_chosen_with_keys_previewed_and_resolved(client, live_server):
    an_imported_statement([Row(a_receipt(), amount) for amount in (12_000_00, 3_000_00, 500_00)])
    signed_in(client, "finance")

    with chromium() as browser:
        page = opened(
            browser.new_page(locale="en-GB"), client, live_server.url, "backoffice.exceptionqueue"
        )
        together = page.get_by_role("button", name="Resolve together")
        expect(together).to_be_disabled()
        for key in "jxjxkx":
            page.keyboard.press(key)
        expect(together).to_contain_text("1")
        page.keyboard.press("x")
        expect(together).to_contain_text("2")
        together.click()

        expect(page.get_by_text("2 exceptions are resolved in the way")).to_be_visible()
        page.get_by_label("Reason").fill("Till money")
        page.get_by_role("button", name="Apply").first.click()
        expect(page.get_by_text("2 exceptions are resolved.")).to_be_visible()

    rows = ReconciliationException.objects.filter(status="resolved", resolution="to_suspense")
    assert rows.count() == 2
    assert broken_invariants() == {}
