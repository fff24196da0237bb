"""Every page of the console in a real browser, in Swahili, by day and by night.

It draws itself without a complaint, its longer words fit where English ones did, and axe-core finds
nothing that keeps people out. PICTURES=1 leaves one of each in .data/screenshots/.
"""

import json
import os
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page

from tests.backoffice.console_pages import SITE_PAGES, list_address, pages_by_model, signed_in
from tests.browser import chromium, complaints, photograph
from tests.factories.console import a_world
from tests.factories.system import a_running_system

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow(50)]

# Every page stands in one part; workers share them out among themselves.
PARTS = 6
NAMES = ["index", "password_change", *SITE_PAGES, *pages_by_model()]
ALL_PICTURES = bool(os.environ.get("PICTURES"))
# Elements whose words are cut off, except where a style cuts them on purpose.
CUT_OFF = """() => [...document.querySelectorAll("button, a, th, dt, h1, h2, label, span")]
  .filter(e => e.offsetParent && e.children.length === 0 && e.textContent.trim().length > 2)
  .filter(e => !e.matches(".material-symbols-outlined, .truncate, .truncate *, .sr-only"))
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible")
  .map(e => e.textContent.trim())"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# The console's own switch, without a reload; axe must not measure colours that are still changing.
NIGHT = """() => { document.documentElement.classList.add("dark");
  document.getAnimations().forEach(each => each.finish()) }"""
# The frame around it is the same on all pages: it is looked at on the first one.
FRAMED, OWN = None, "#content"
AXE = Axe().axe_script
WCAG_AA = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
COLOURS = {"type": "rule", "values": ["color-contrast"]}
BARRIERS = {"serious", "critical"}


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_draws_itself_fits_and_has_no_barrier_in_either_theme(part, client, live_server):
    a_world()
    a_running_system()
    signed_in(client, "administrator")
    pages, faults = addresses(NAMES[part::PARTS]), {}

    with chromium() as browser:
        page = in_swahili(browser, client, live_server.url)
        heard = complaints(page)
        for name, address in pages.items():
            part_of_it = FRAMED if name == "index" else OWN
            page.goto(live_server.url + address, wait_until="load")
            found = looked_at(page, name, part_of_it)
            if found or heard:
                faults[name] = [*found, *heard]
                heard.clear()

    assert not faults, json.dumps(faults, indent=1)


def addresses(names: list[str]) -> dict[str, str]:
    """The site's own pages as they are; of what is listed its list and one of each thing."""
    models, pages = pages_by_model(), {}
    for name in names:
        if name not in models:
            pages[name] = reverse(f"admin:{name}")
            continue
        pages[name] = list_address(name)
        row = models[name].model._default_manager.order_by("pk").last()
        if row is not None and not name.startswith("backoffice."):
            pages[f"page-{name}"] = f"{list_address(name)}{row.pk}/change/"
    return pages


def in_swahili(browser: Browser, client: Any, server: str) -> Page:
    """A window with the client's session, where it has one."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    cookies = {settings.LANGUAGE_COOKIE_NAME: "sw"}
    if session := client.cookies.get(settings.SESSION_COOKIE_NAME):
        cookies[settings.SESSION_COOKIE_NAME] = session.value
    page.context.add_cookies(
        [{"name": name, "value": value, "url": server} for name, value in cookies.items()]
    )
    return page


def looked_at(page: Page, name: str, part: str | None = FRAMED) -> list[str]:
    """What is wrong with the page that is open, by day and by night."""
    page.wait_for_function("document.fonts.status === 'loaded'")
    assert page.locator("html").get_attribute("lang") == "sw"
    page.evaluate(AXE)
    found = [*misfits(page), *barriers(page, WCAG_AA, part)]
    if ALL_PICTURES:
        photograph(page, f"{name}-light", whole=True)
    page.evaluate(NIGHT)
    found += barriers(page, COLOURS, part)
    if ALL_PICTURES:
        photograph(page, f"{name}-dark", whole=True)
    return found


def misfits(page: Page) -> list[str]:
    """Words that are cut off, and a page wider than its window."""
    cut_off = [f"cut off: {words}" for words in page.evaluate(CUT_OFF)]
    too_wide = page.evaluate(TOO_WIDE)
    return [*cut_off, *([f"{too_wide} px too wide"] if too_wide > 0 else [])]


def barriers(page: Page, rules: dict[str, Any], part: str | None) -> list[str]:
    """What axe-core, which the page holds, calls serious or critical, with the elements it means.

    Style sheets are not fetched once more for it (`preload`): only the rule about an orientation
    that CSS forces would read them.
    """
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate(
        "([part, options]) => axe.run(part || document, options)", [part, options]
    )
    return [
        f"{one['id']}: {' | '.join(node['html'][:160] for node in one['nodes'][:4])}"
        for one in found["violations"]
        if one["impact"] in BARRIERS
    ]
