"""A prepared answer is taken with the keyboard alone, in a real browser and under the content policy."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from backoffice.work.prepared import forget
from marketplace.accounts.models import User
from marketplace.casework.models import Macro
from marketplace.disputes.models import DisputeMessage
from marketplace.listings.states import ListingStatus
from tests.backoffice.console_pages import signed_in
from tests.backoffice.test_console_worklist_browser import opened
from tests.browser import chromium, complaints
from tests.factories.disputes import an_open_dispute
from tests.factories.listings import a_listing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]


def test_it_is_chosen_inserted_edited_and_sent_without_a_mouse(client, live_server):
    dispute = an_open_dispute()
    User.objects.filter(pk=dispute.buyer_id).update(language="sw", name="Asha Mushi")
    macro = Macro.objects.create(
        name="Kindly once more", english="Hello {name}", swahili="Habari {name}", reason="damaged"
    )
    Macro.objects.create(
        kind="listings", name="Blurred", english="{listing} is blurred.", swahili="x"
    )
    listing = a_listing(status=ListingStatus.IN_MODERATION)
    forget()
    signed_in(client, "operations_lead")

    with chromium() as browser:
        page = browser.new_page(locale="en-GB")
        heard = complaints(page)
        opened(page, client, live_server.url, "backoffice.disputequeue")
        address = reverse("admin:disputes_dispute_change", args=[dispute.pk])
        page.goto(live_server.url + address, wait_until="networkidle")
        page.keyboard.press("t")
        expect(page.locator("#prepared")).to_be_focused()
        page.keyboard.press("K")
        page.keyboard.press("Enter")
        box = page.locator(".zt-composer textarea[name=body]")
        expect(box).to_have_value("Habari Asha")
        expect(box).to_be_focused()
        page.keyboard.press("End")
        page.keyboard.type(", karibu.")
        page.get_by_role("button", name="Send").press("Enter")
        expect(page.locator(".zt-thread")).to_contain_text("Habari Asha, karibu.")

        page.goto(live_server.url + reverse("admin:listings_listing_change", args=[listing.pk]))
        page.keyboard.press("r")
        dialog = page.locator("dialog[open]")
        expect(dialog.locator("textarea")).to_be_focused()
        dialog.locator("select").select_option(label="Blurred")
        dialog.get_by_role("button", name="Insert").click()
        expect(dialog.locator("textarea")).to_have_value(f"{listing.sku} is blurred.")
        assert heard == []

    macro.refresh_from_db()
    assert macro.times_used == 1
    assert DisputeMessage.objects.filter(body="Habari Asha, karibu.").exists()
