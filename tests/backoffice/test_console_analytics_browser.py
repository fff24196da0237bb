"""The analytics page in a real browser: pictures of its charts, and the way from a point to its list."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect

from marketplace.analytics.commands import count_events
from tests.backoffice.console_pages import signed_in
from tests.browser import chromium, complaints
from tests.factories.orders import a_paid_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]


def test_each_chart_is_kept_as_a_picture_and_leads_to_its_list(client, live_server):
    order = a_paid_order()
    count_events(skew=timedelta(0))
    signed_in(client, "administrator")

    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900}, locale="en-GB")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        heard = complaints(page)
        page.goto(f"{live_server.url}{reverse('admin:analytics')}?period=7d")

        for name in ("gmv", "sellers"):
            assert colours_of(page, f"[data-chart-png={name}]") > 2
        assert colours_of(page, "[data-table-png=cohorts]") > 2

        canvas = page.locator("canvas[data-chart=orders]")
        box = canvas.bounding_box()
        assert box is not None
        canvas.click(position={"x": box["width"] - 30, "y": box["height"] / 2})
        expect(page).to_have_url(re.compile("placed_at__gte"))
        expect(page.locator("#result_list")).to_contain_text(order.reference)
        assert heard == []


def colours_of(page: Page, button: str) -> int:
    """How many colours the picture has that a button gives: an empty one has one or two."""
    with page.expect_download() as waiting:
        page.click(button)
    kept = Path(waiting.value.path()).read_bytes()
    with Image.open(BytesIO(kept)) as picture:
        assert picture.format == "PNG"
        return len(picture.convert("RGB").getcolors(1_000_000) or [])
