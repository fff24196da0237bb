"""The entire road, with nothing but what people have: a browser, HTTP, and files.

A seller applies and is let in, imports listings; a buyer finds, orders and pays by M-Pesa; the seller
ships; a dispute ends in a partial refund; what ripened is paid out; the provider's statement is
reconciled; finance exports the report, and it ties to the books.
"""

import csv
import io
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from backoffice.embedded.layout import Layout
from fixtures.demo.logins import PASSWORD
from tests.browser import chromium, photograph
from tests.factories.files import a_pdf, a_picture
from tests.patience import looks
from tests.running import Run, free_port, open_the_way_to
from tests.servers import lay_ready

pytestmark = [pytest.mark.slow(160), pytest.mark.browser]
PREVIEW_MS = 2_000
GOODS = """sku,title,brand,category,price_tzs,quantity,attr.ram_gb
P-1,Spark 30,Tecno,smartphones,400000,5,8
P-2,Hot 50,Infinix,smartphones,350000,3,many
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("road")
    layout = Layout(folder / "data")
    open_the_way_to(layout.data)
    lay_ready(layout)
    started = Run(layout, free_port(), folder / "log", HOLD_DAYS="0")
    started.wait_for(r"Stop: Ctrl-C")
    seeded = started.manage("seed_demo", "--orders", "0", "--days", "2")
    assert seeded.returncode == 0, seeded.stderr
    yield started
    if started.child.poll() is None:
        started.stop()


class Person:
    """Somebody with the API in their hand."""

    def __init__(self, run: Run, login: str):
        self.http = httpx.Client(base_url=f"{run.url}/api/v1", timeout=30)
        answer = self.http.post("/auth/login", json={"login": login, "password": PASSWORD})
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access']}"

    def get(self, path: str, **query: Any) -> Any:
        return self._read(self.http.get(path, params=query))

    def post(self, path: str, body: Any = None, **form: Any) -> Any:
        key = {"Idempotency-Key": uuid.uuid4().hex}
        return self._read(self.http.post(path, json=body, headers=key, **form))

    def wait(self, path: str, state: str) -> Any:
        """The thing at `path` once its status is `state`."""
        for _look in looks(every_s=0.3):
            thing = self.get(path)
            if thing["status"]["code"] == state:
                return thing
        raise AssertionError(f"still {thing['status']['code']}: {thing}")

    def _read(self, answer: httpx.Response) -> Any:
        assert answer.is_success, f"{answer.request.url}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


class Colleague:
    """Somebody in the console."""

    def __init__(self, browser: Browser, run: Run, login: str):
        self.run = run
        self.page: Page = browser.new_page(
            base_url=run.url, viewport={"width": 1440, "height": 900}, accept_downloads=True
        )
        self.page.goto("/console/login/")
        self.page.fill("input[name=username]", login)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("button[type=submit]")
        expect(self.page).to_have_title(re.compile("Dashboard"))

    def open(self, path: str, row: str = "") -> None:
        """A list, or the page of the row that shows these words."""
        self.page.goto(f"/console/{path}")
        if row:
            self.page.locator("#result_list tr", has_text=row).locator("a").first.click()

    def button(self, label: str) -> Locator:
        """By its words; an icon's name may stand before them."""
        buttons = self.page.locator("#content button:visible, #content a:visible")
        return buttons.filter(has_text=re.compile(rf"{re.escape(label)}\s*$"))

    def decide(self, label: str, **answers: str) -> None:
        """Press a decision's button and answer what it asks: on the case itself, in a dialog or on a page."""
        page = self.page
        heading = page.get_by_role("heading", name=label, exact=True)
        form = page.locator(".zt-decide form.zt-form").filter(has=heading)
        if not form.count():
            self.button(label).first.click()
            page.wait_for_load_state("networkidle")
            form = page.locator("dialog[open] form.zt-form, .zt-narrow form.zt-form")
        if form.count():
            for name, value in answers.items():
                field = form.locator(f"[name={name}]")
                if field.evaluate("e => e.tagName") == "SELECT":
                    field.select_option(value)
                elif field.get_attribute("type") == "file":
                    field.set_input_files(value)
                else:
                    field.fill(value)
            self.read_the_effect(form)
            form.locator("button[type=submit]").click()
        page.wait_for_load_state("networkidle")

    def read_the_effect(self, form: Locator) -> None:
        """What it will do is shown as one chooses; it is asked for a quarter of a second after the last change."""
        if form.locator("[hx-post]").count():
            form.locator("h2").click()
            self.page.wait_for_timeout(PREVIEW_MS)
            self.page.wait_for_load_state("networkidle")

    def photograph(self, name: str) -> None:
        photograph(self.page, f"road/{name}", whole=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def test_the_entire_road(run, browser, tmp_path):
    seller = a_seller_who_was_let_in(run, browser)
    listing = a_listing_that_was_imported_and_let_in(run, browser, seller)
    buyer = Person(run, "buyer@zetutech.test")
    part = an_order_that_was_paid_and_delivered(buyer, seller, listing)
    a_dispute_that_ended_in_a_partial_refund(run, browser, buyer, part)
    a_payout_that_two_people_made(run, browser, seller)
    a_statement_that_was_reconciled(run, browser, tmp_path)
    a_report_that_ties_to_the_books(run, browser)

    verified = run.manage("verify")
    assert verified.returncode == 0, verified.stdout
    assert "trial_balance_zero" in verified.stdout


def a_seller_who_was_let_in(run: Run, browser: Browser) -> Person:
    http = httpx.Client(base_url=f"{run.url}/api/v1", timeout=30)
    http.post(
        "/auth/register",
        json={"email": "new@shop.test", "name": "Amina Juma", "password": PASSWORD},
    ).raise_for_status()
    seller = Person(run, "new@shop.test")
    application = seller.post(
        "/sellers/applications",
        {
            "kind": "individual",
            "business_name": "Amina Phones",
            "tin": "123456780",
            "nida_number": "19900101123450000125",
            "region": "Dar es Salaam",
            "address": "Kariakoo 5",
            "phone": "+255754000777",
            "payout_provider": "mpesa",
            "payout_msisdn": "+255754000777",
            "payout_name": "Amina Juma",
        },
    )["reference"]
    for kind, file in (("nida", a_pdf()), ("selfie", a_picture()), ("tin_certificate", a_pdf())):
        seller.post(
            f"/sellers/applications/{application}/documents",
            data={"kind": kind},
            files={"file": (file.name, file.read())},
        )
    seller.post(f"/sellers/applications/{application}/submit")

    operations = Colleague(browser, run, "ops@zetutech.test")
    operations.open("backoffice/applicationqueue/", row="Amina Phones")
    operations.decide("Review it")
    operations.photograph("1-application")
    for _document in range(3):
        operations.decide("Accept")
    operations.decide("Approve")
    operations.photograph("2-approved")
    assert seller.get("/sellers/me")["status"]["code"] == "active"
    return seller


def a_listing_that_was_imported_and_let_in(run: Run, browser: Browser, seller: Person) -> str:
    batch = seller.post("/imports", data={}, files={"file": ("stock.csv", GOODS.encode())})
    finished = seller.wait(f"/imports/{batch['reference']}", "finished")
    assert (finished["rows_created"], finished["rows_failed"]) == (1, 1)
    errors = seller.http.get(f"/imports/{batch['reference']}/errors.csv").text
    assert "ram_gb" in errors

    moderator = Colleague(browser, run, "catalogue@zetutech.test")
    moderator.open("backoffice/moderationqueue/", row="Spark 30")
    moderator.photograph("3-moderation")
    moderator.decide("Approve")
    (listing,) = seller.get("/listings")["items"]
    assert listing["status"]["code"] == "live"
    return str(listing["reference"])


def an_order_that_was_paid_and_delivered(buyer: Person, seller: Person, listing: str) -> str:
    for _look in looks(every_s=0.5):
        if found := buyer.get("/search", q="sprak 30")["items"]:
            break
    assert found[0]["title"] == "Spark 30"
    buyer.http.put(f"/cart/lines/{listing}", json={"quantity": 2}).raise_for_status()
    address = buyer.get("/auth/addresses")[0]["reference"]
    order = buyer.post(
        "/orders", {"lines": [{"listing": listing, "quantity": 2}], "address": address}
    )
    payment = order["payment"]["reference"]
    buyer.post(f"/payments/{payment}/attempts", {"msisdn": "+255754000111"})
    buyer.wait(f"/payments/{payment}", "paid")
    part = str(order["seller_orders"][0]["reference"])
    seller.post(f"/seller-orders/{part}/confirm")
    seller.post(f"/seller-orders/{part}/ship", {"carrier": "Simba Courier", "tracking": "T-1"})
    buyer.post(f"/seller-orders/{part}/deliver")
    return part


def a_dispute_that_ended_in_a_partial_refund(
    run: Run, browser: Browser, buyer: Person, part: str
) -> None:
    dispute = buyer.post(
        "/disputes",
        {
            "seller_order": part,
            "reason": "damaged",
            "claimed": {"amount": 40_000_000, "currency": "TZS"},
            "message": "One of the two phones has a broken screen.",
        },
    )["reference"]
    lead = Colleague(browser, run, "lead@zetutech.test")
    lead.open("backoffice/disputequeue/", row=dispute)
    lead.decide("Take it")
    lead.decide(
        "Resolve",
        outcome="refund_partial",
        fault="seller",
        refund="300000",
        note="The courier's photo shows it.",
    )
    lead.photograph("4-dispute")
    assert buyer.get(f"/disputes/{dispute}")["refunded"]["amount"] == 30_000_000


def a_payout_that_two_people_made(run: Run, browser: Browser, seller: Person) -> None:
    released = run.manage("sweep", "payouts.release")
    assert released.returncode == 0, released.stderr
    balance = seller.get("/sellers/me/balance")
    assert balance["available"]["amount"] > 0

    first = Colleague(browser, run, "finance@zetutech.test")
    # The simulated provider has another name for this wallet: nothing is paid until somebody looked.
    first.open("payouts/walletcheck/", row="Amina Phones")
    first.decide("It is theirs", reason="The seller showed the SIM's registration.")
    first.open("payouts/payoutbatch/")
    first.decide("Prepare a batch")
    first.photograph("5-batch")
    assert not first.button("Approve and send").count()
    second = Colleague(browser, run, "finance2@zetutech.test")
    second.open("backoffice/batchqueue/", row="PB-")
    second.decide("Approve and send")
    second.photograph("6-approved")

    for _look in looks(every_s=0.5):
        payout = seller.get("/sellers/me/payouts")["items"][0]
        if payout["status"]["code"] == "paid":
            break
    assert payout["status"]["code"] == "paid"
    assert seller.get("/sellers/me/balance")["available"]["amount"] == 0


def a_statement_that_was_reconciled(run: Run, browser: Browser, folder: Path) -> None:
    statement = folder / "statement.csv"
    statement.write_bytes(httpx.get(f"{run.simulator}/statement.csv").content)
    finance = Colleague(browser, run, "finance@zetutech.test")
    finance.open("backoffice/exceptionqueue/")
    rows = finance.page.locator("#result_list tbody tr")
    before = rows.count()  # The demo has some of its own.
    finance.open("reconciliation/statement/")
    finance.decide("Upload a statement", file=str(statement))
    for _look in looks(every_s=0.5):
        if "No line has been read yet" not in finance.page.content():
            break
        finance.page.reload()
    assert "No line has been read yet" not in finance.page.content()
    finance.photograph("7-statement")
    finance.open("backoffice/exceptionqueue/")
    finance.photograph("8-exceptions")
    expect(rows).to_have_count(before)


def a_report_that_ties_to_the_books(run: Run, browser: Browser) -> None:
    finance = Colleague(browser, run, "finance@zetutech.test")
    finance.open("reports/reportrun/")
    finance.photograph("9-reports")
    finance.open("reports/reportrun/do/reconciliation/?provider=mpesa&period=today")
    finance.photograph("10-preview")
    order = finance.page.locator("form:has([name=format])").first
    order.locator("[name=format][value=csv]").check()
    order.locator("button[type=submit]").first.click()
    finance.page.wait_for_load_state("networkidle")
    download = finance.button("Download")
    for _look in looks(every_s=0.5):
        if download.count():
            break
        finance.page.reload()
    assert download.count(), "the report is not made"
    with finance.page.expect_download() as caught:
        download.first.click()
    finance.photograph("10-report")
    text = Path(caught.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    ours = [row["Our reference"] for row in rows if row["Our reference"]]
    assert [reference.partition("-")[0] for reference in ours] == ["ATT", "REF", "PO"]
    figures = dict(row[:2] for row in csv.reader(io.StringIO(text)) if len(row) == 2)
    assert figures["Difference"] == "0.00"
    assert figures["Closing balance"] == figures["Closing balance, by our ledger"]
