"""Photograph the running demo marketplace for the README: `make run` in one terminal, `make screenshots` in another."""

import os
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from backoffice.configuration import BASE_DIR
from fixtures.demo.logins import PASSWORD
from tests.browser import chromium

FOLDER = Path(BASE_DIR) / "docs" / "screenshots"
URL = f"http://localhost:{os.environ.get('PORT', '8000')}"
WIDTH, HEIGHT = 1440, 900
COLOURS = 128
# Name → (who, list, words of the row to open; "" stays on the list).
PAGES = {
    "dashboard": ("lead", "", ""),
    "application": ("ops", "backoffice/applicationqueue/", "APP-"),
    "order": ("lead", "orders/order/?status__exact=completed", "ORD-"),
    "dispute": ("lead", "backoffice/disputequeue/", "Buyer 2/2"),
    "reconciliation": ("finance", "reconciliation/statement/", "STM-"),
    "payouts": ("finance2", "backoffice/batchqueue/", "PB-"),
}


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name, (login, path, row) in PAGES.items():
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB")
            sign_in(page, login)
            open_page(page, path, row)
            photograph(page, name)
            if name == "dashboard":
                page.emulate_media(color_scheme="dark")
                page.reload(wait_until="networkidle")
                photograph(page, "dashboard-dark")
            page.close()
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(f"{URL}/api/v1/docs", wait_until="networkidle")
        page.wait_for_selector(".opblock")
        photograph(page, "api")
    return 0


def sign_in(page: Page, login: str) -> None:
    page.goto(f"{URL}/console/login/")
    page.fill("input[name=username]", f"{login}@zetutech.test")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_load_state("networkidle")


def open_page(page: Page, path: str, row: str) -> None:
    page.goto(f"{URL}/console/{path}", wait_until="networkidle")
    if row:
        page.locator("#result_list tbody tr", has_text=re.compile(row)).first.locator(
            "a"
        ).first.click()
        page.wait_for_load_state("networkidle")


def photograph(page: Page, name: str) -> None:
    """A PNG with a small palette: the pages have few colours, and the repository stays light."""
    page.wait_for_function("document.fonts.status === 'loaded'")
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(f"{path.relative_to(BASE_DIR)}  {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    sys.exit(main())
