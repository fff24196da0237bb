"""The console in Swahili in a real browser: its longer words still fit where English words did."""

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from backoffice.configuration import BASE_DIR
from tests.backoffice.console_pages import list_address, pages_by_model, signed_in
from tests.browser import chromium
from tests.factories.console import a_world
from tests.factories.system import a_running_system

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]

PICTURES = Path(BASE_DIR) / ".data" / "screenshots"
# Elements whose words are cut off, except where a style cuts them on purpose.
CUT_OFF = """() => [...document.querySelectorAll("button, a, th, dt, h1, h2, label, span")]
  .filter(e => e.offsetParent && e.children.length === 0 && e.textContent.trim().length > 2)
  .filter(e => !e.matches(".material-symbols-outlined, .truncate, .truncate *, .sr-only"))
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible")
  .map(e => e.textContent.trim())"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_the_pages_fit_in_swahili(client, live_server):
    a_world()
    a_running_system()
    signed_in(client, "administrator")
    PICTURES.mkdir(parents=True, exist_ok=True)
    addresses = {
        "dashboard": reverse("admin:index"),
        "system": reverse("admin:system"),
        "balances": reverse("admin:balances"),
        "daily-proof": reverse("admin:daily_proof"),
        "password": reverse("admin:password_change"),
    } | {label: list_address(label) for label in pages_by_model()}
    for label, page in pages_by_model().items():
        row = page.model._default_manager.order_by("pk").last()
        if row is not None and not label.startswith("backoffice."):
            addresses[f"page-{label}"] = f"{list_address(label)}{row.pk}/change/"

    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.context.add_cookies(
            [
                {"name": name, "value": value, "url": live_server.url}
                for name, value in (
                    (
                        settings.SESSION_COOKIE_NAME,
                        client.cookies[settings.SESSION_COOKIE_NAME].value,
                    ),
                    (settings.LANGUAGE_COOKIE_NAME, "sw"),
                )
            ]
        )
        faults = {}
        for name, address in addresses.items():
            page.goto(live_server.url + address, wait_until="load")
            page.wait_for_function("document.fonts.status === 'loaded'")
            page.screenshot(path=PICTURES / f"swahili-{name}.png")
            wide, cut = page.evaluate(TOO_WIDE), page.evaluate(CUT_OFF)
            if page.locator("html").get_attribute("lang") != "sw" or wide > 0 or cut:
                faults[name] = (wide, cut)

    assert faults == {}
