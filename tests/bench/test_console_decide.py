"""The five commonest decisions in a browser: how many clicks, and how long the machine takes over them.

Each begins at the list of its queue and ends when the page says that it is done. A click is a click,
a choice or a field that is filled in; the person thinks in no time.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from marketplace.disputes.models import Dispute
from marketplace.listings.models import Listing
from marketplace.listings.states import ListingStatus
from marketplace.orders.models import SellerOrder
from marketplace.payments.commands import refund_seller_order
from marketplace.payments.models import Refund
from marketplace.payments.states import RefundReason, RefundStatus
from marketplace.payouts.commands import prepare_batch, release_due
from marketplace.payouts.models import PayoutBatch
from marketplace.payouts.states import BatchStatus
from marketplace.sellers.models import Application
from marketplace.sellers.states import ApplicationStatus
from marketplace.shared import clock
from tests.backoffice.console_pages import signed_in
from tests.backoffice.test_console_worklist_browser import opened
from tests.bench.recorder import record_figure
from tests.browser import chromium
from tests.factories.accounts import staff_actor
from tests.factories.disputes import an_open_dispute
from tests.factories.listings import a_listing
from tests.factories.orders import a_paid_order
from tests.factories.payouts import a_ripe_part
from tests.factories.sellers import a_submitted_application

pytestmark = [pytest.mark.bench, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TIMES = 3
# A dialog needs a moment to open; it is part of the time that is measured.
DIALOG_MS = 100
SCREEN = {"width": 1440, "height": 900}
LARGE_MINOR = 60_000_000
expect.set_options(timeout=20_000)


class Hand:
    """What a person does to a page, counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def open(self, reference: str) -> None:
        row = self.page.locator("#result_list tr", has_text=reference)
        row.locator("th a").first.click()
        self._did()

    def press(self, name: str, *, within: str = "#content") -> None:
        """A button of the page, or of the dialog that it opened."""
        button = self.page.locator(f"{within} button:visible, {within} a:visible")
        button.filter(has_text=name).first.click()
        self._did()

    def decide(self, name: str) -> None:
        """Press a decision's button, and confirm it where it asks."""
        self.press(name)
        self.page.wait_for_timeout(DIALOG_MS)
        if self.page.locator("dialog[open]").count():
            self.press(name, within="dialog[open]")

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f".zt-decide [name={name}]").select_option(value)
        self._did()

    def write(self, name: str, words: str) -> None:
        self.page.locator(f".zt-decide [name={name}]").fill(words)
        self._did()

    def _did(self) -> None:
        self.clicks += 1
        self.page.wait_for_load_state()


@dataclass(frozen=True, slots=True)
class Task:
    """A decision: in which queue, by whom, of what, how, and how one knows that it was taken."""

    queue: str
    role: str
    case: Callable[[], str]
    decide: Callable[[Hand, str], None]
    is_done: Callable[[str], bool]


def a_waiting_listing() -> str:
    return a_listing(status=ListingStatus.IN_MODERATION, submitted_at=clock.now()).reference


def a_waiting_application() -> str:
    return a_submitted_application().reference


def a_waiting_dispute() -> str:
    return an_open_dispute().reference


def a_waiting_refund() -> str:
    order = a_paid_order(a_listing(price_minor=LARGE_MINOR + 10_000_000, on_hand=5))
    return refund_seller_order(
        seller_order_id=SellerOrder.objects.get(order=order).pk,
        amount_minor=LARGE_MINOR,
        reason=RefundReason.RETURNED,
        note="Came back.",
        cause=f"bench-{order.pk}",
        actor=staff_actor(),
    ).reference


def a_waiting_batch() -> str:
    a_ripe_part()
    release_due()
    return prepare_batch(actor=staff_actor()).reference


def approve(hand: Hand, reference: str) -> None:
    hand.open(reference)
    hand.decide("Approve")


def approve_application(hand: Hand, reference: str) -> None:
    hand.open(reference)
    hand.press("Review it")
    for _document in range(3):
        hand.press("Accept")
    hand.decide("Approve")


def resolve(hand: Hand, reference: str) -> None:
    hand.open(reference)
    hand.press("Take it")
    hand.choose("outcome", "refund_full")
    hand.choose("fault", "seller")
    hand.write("note", "The courier's photo shows it.")
    expect(hand.page.locator(".zt-decide [name=previewed]")).to_be_attached()
    hand.press("Resolve", within=".zt-decide form")


TASKS = {
    "listing": Task(
        "backoffice.moderationqueue", "catalogue_moderator", a_waiting_listing, approve,
        lambda one: Listing.objects.get(reference=one).status == ListingStatus.LIVE,
    ),
    "application": Task(
        "backoffice.applicationqueue", "operations_agent", a_waiting_application, approve_application,
        lambda one: Application.objects.get(reference=one).status == ApplicationStatus.APPROVED,
    ),
    "dispute": Task(
        "backoffice.disputequeue", "operations_lead", a_waiting_dispute, resolve,
        lambda one: Dispute.objects.get(reference=one).outcome != "",
    ),
    "refund": Task(
        "backoffice.refundqueue", "finance", a_waiting_refund, approve,
        lambda one: Refund.objects.get(reference=one).status != RefundStatus.PROPOSED,
    ),
    "payout": Task(
        "backoffice.batchqueue", "finance", a_waiting_batch, approve,
        lambda one: PayoutBatch.objects.get(reference=one).status != BatchStatus.AWAITING_APPROVAL,
    ),
}  # fmt: skip


def test_the_five_commonest_decisions(client, live_server, mpesa, monkeypatch):
    # Playwright's loop runs in this thread; nothing else is asynchronous here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    clicks, seconds = [], []
    with chromium() as browser:
        for name, task in TASKS.items():
            signed_in(client, task.role)
            found = [taken(task, browser.new_page(locale="en-GB", viewport=SCREEN), client, live_server.url)
                     for _time in range(TIMES)]  # fmt: skip
            clicks.append(found[0][0])
            seconds.append(statistics.median(took for _clicks, took in found))
            record_figure(f"console.decide.{name}.clicks", clicks[-1], "clicks")
            record_figure(f"console.decide.{name}.s", seconds[-1], "s")

    record_figure("console.decide.clicks", statistics.mean(clicks), "clicks")
    record_figure("console.decide.s", statistics.mean(seconds), "s")


def taken(task: Task, page: Page, client, server: str) -> tuple[int, float]:
    """Clicks and seconds from the list of the queue to the decision in the database."""
    reference = task.case()
    opened(page, client, server, task.queue)
    hand = Hand(page)
    began = time.perf_counter()
    task.decide(hand, reference)
    page.wait_for_load_state("networkidle")
    took = time.perf_counter() - began
    assert task.is_done(reference), page.locator("#content").inner_text()[:500]
    page.context.close()
    return hand.clicks, took
