"""A queue in a real browser: keys, who else looks, names after an @, a paste that does not fit, the palette."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from marketplace.casework.models import Mention
from marketplace.listings.models import Listing
from marketplace.listings.states import ListingStatus
from marketplace.shared import clock
from tests.backoffice.console_pages import signed_in
from tests.backoffice.test_console_worklist_browser import opened
from tests.browser import chromium
from tests.factories.accounts import a_staff_member
from tests.factories.listings import a_listing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]
QUEUE = "backoffice.moderationqueue"
expect.set_options(timeout=20_000)


def waiting_listings(count: int) -> list[Listing]:
    since = clock.now() - timedelta(hours=count)
    return [
        a_listing(
            status=ListingStatus.IN_MODERATION, submitted_at=since + timedelta(minutes=number)
        )
        for number in range(count)
    ]


def at_the_queue(browser, client, server: str) -> Page:
    return opened(browser.new_page(locale="en-GB"), client, server, QUEUE)


def test_cases_are_opened_taken_approved_and_followed_by_the_next_with_keys_alone(
    client, live_server
):
    first, second = waiting_listings(2)
    signed_in(client, "catalogue_moderator")

    with chromium() as browser:
        page = at_the_queue(browser, client, live_server.url)
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.keyboard.press("o")
        expect(page.locator(".zt-head h1")).to_contain_text(first.sku)
        page.keyboard.press("c")
        expect(page.get_by_text("It is yours.")).to_be_visible()
        page.keyboard.press("s")
        page.get_by_label("What it waits for").fill("A picture from the seller.")
        page.get_by_role("dialog").get_by_role("button", name="Put aside").click()
        page.get_by_role("link", name="Undo").click()
        expect(page.get_by_text("It is back in the queue.")).to_be_visible()
        page.keyboard.press("a")
        expect(page.locator(".zt-head h1")).to_contain_text(second.sku)
        decided = page.locator(".zt-subject")
        expect(decided).to_contain_text(first.sku)
        expect(decided).to_have_attribute("href", re.compile(str(first.pk)))
        expect(page.get_by_role("link", name="Undo")).to_be_visible()
        page.keyboard.press("u")
        expect(page).to_have_url(re.compile("moderationqueue"))

    first.refresh_from_db()
    assert first.status == ListingStatus.LIVE


def test_two_colleagues_on_one_case_see_each_other_and_name_each_other(client, live_server):
    (listing,) = waiting_listings(1)
    address = f"/console/listings/listing/{listing.pk}/change/"
    neema = a_staff_member("catalogue_moderator", name="Neema Mushi")
    other = type(client)()
    other.force_login(neema)
    me = signed_in(client, "catalogue_moderator")

    with chromium() as browser:
        page = at_the_queue(browser, client, live_server.url)
        theirs = at_the_queue(browser, other, live_server.url)
        page.goto(live_server.url + address, wait_until="networkidle")
        theirs.goto(live_server.url + address, wait_until="networkidle")
        expect(theirs.get_by_text(f"{me.name} also looks at this now")).to_be_visible()

        page.reload(wait_until="networkidle")
        expect(page.get_by_text("Neema Mushi also looks at this now")).to_be_visible()
        page.keyboard.press("m")
        page.keyboard.type("Is it real, @Nee")
        page.get_by_role("option", name="Neema Mushi").click()
        page.get_by_role("button", name="Add the note").click()
        expect(page.get_by_text("Is it real, @Neema Mushi")).to_be_visible()

    assert Mention.objects.get().user_id == neema.pk


def test_what_does_not_fit_is_refused_before_it_is_cut_off(client, live_server):
    (listing,) = waiting_listings(1)
    signed_in(client, "catalogue_moderator")

    with chromium() as browser:
        page = at_the_queue(browser, client, live_server.url)
        page.goto(
            f"{live_server.url}/console/listings/listing/{listing.pk}/change/",
            wait_until="networkidle",
        )
        page.keyboard.press("m")
        page.evaluate(
            """() => {
                const data = new DataTransfer()
                data.setData("text", "x".repeat(10_000_000))
                document.activeElement.dispatchEvent(
                    new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }))
            }"""
        )
        box = page.locator("[data-mentions]")
        assert "Too long" in box.evaluate("box => box.validationMessage")
        expect(box).to_have_value("")


def test_the_palette_opens_the_answer_to_what_was_typed_last_however_fast_one_types(
    client, live_server
):
    phone, tablet = waiting_listings(2)
    Listing.objects.filter(pk=phone.pk).update(sku="TAB-A7-64")
    Listing.objects.filter(pk=tablet.pk).update(sku="TAB-S9-128")
    signed_in(client, "catalogue_moderator")

    with chromium() as browser:
        page = at_the_queue(browser, client, live_server.url)
        page.keyboard.press("Control+k")
        expect(page.locator("#search-input-command")).to_be_focused()
        page.keyboard.type("tab-a7")
        expect(page.locator("#command-results").get_by_role("link")).to_contain_text("TAB-A7")
        # Enter comes before the answer to the new words does: the old one must not be opened.
        page.locator("#search-input-command").select_text()
        page.keyboard.type("tab-s9")
        page.keyboard.press("Enter")
        expect(page.locator(".zt-head h1")).to_contain_text("TAB-S9-128")
