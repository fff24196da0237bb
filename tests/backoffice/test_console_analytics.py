"""The analytics page: figures of any period from the rollups, tied to the ledger, each with its list."""

import csv
import json
import re
from datetime import date, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.http import QueryDict
from django.urls import reverse

from backoffice.insight.charts import CHARTS
from backoffice.insight.period import Period, asked
from backoffice.insight.tiles import path, trend
from marketplace.analytics.commands import count_events
from marketplace.analytics.measures import PAID, TAKE
from marketplace.analytics.models import BuyerMonth, Footfall, Rollup
from marketplace.analytics.states import Step
from marketplace.orders.models import SellerOrder
from marketplace.shared import clock
from marketplace.shared.months import month_after, this_month
from tests.backoffice.console_pages import signed_in
from tests.factories.catalog import a_category, a_product
from tests.factories.console import a_world
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part, a_paid_order, an_order

pytestmark = pytest.mark.django_db


def counted() -> None:
    count_events(skew=timedelta(0))
    cache.clear()


def opened(client, **query: str):
    return client.get(reverse("admin:analytics"), query)


def tiles(page) -> dict[str, dict[str, str]]:
    (block,) = [one for one in page.context["page"].main if "tiles" in one.context]
    return {str(tile["title"]): tile for tile in block.context["tiles"]}


def charts(page) -> dict[str, dict]:
    (block,) = [one for one in page.context["page"].main if "charts" in one.context]
    return {one["chart"].name: one for one in block.context["charts"]}


def sheet(client, chart: str, **query: str) -> list[list[str]]:
    answer = client.get(reverse("admin:analytics_csv", args=[chart]), query)
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(answer.content.decode().splitlines()))


# --- What it shows ---


def test_the_figures_are_those_of_the_orders(client):
    part = a_delivered_part()
    an_order()
    counted()
    signed_in(client, "finance")

    page = opened(client)

    found = tiles(page)
    assert found["Orders"]["value"] == "2"
    assert f"{part.order.total_minor // 100:,}" in found["Paid (GMV)"]["value"]
    assert found["Payment success"]["value"] == "100.0 %"
    rate = 100 * part.commission_minor / part.order.total_minor
    assert found["Take rate"]["value"] == f"{rate:.1f} %"
    assert not charts(page)["gmv"]["chart"].is_empty


def test_an_empty_marketplace_has_a_page_that_says_so(client):
    signed_in(client, "finance")

    page = opened(client)

    assert page.status_code == 200
    assert all(one["chart"].is_empty for one in charts(page).values())
    assert "Nothing of this kind happened in these days." in page.content.decode()


def test_it_is_read_from_the_rollups_in_few_queries(client, django_assert_max_num_queries):
    a_world()
    counted()
    signed_in(client, "administrator")
    # Another period: what the sidebar counts is known, the figures are not.
    opened(client)

    with django_assert_max_num_queries(15) as asked_for:
        opened(client, period="year", against="year")

    scanned = [
        query["sql"] for query in asked_for if re.search(r'FROM "?orders_order"?\b', query["sql"])
    ]
    assert scanned == []


def test_what_is_done_to_a_period_is_compared_with_the_one_before(client):
    order = a_paid_order()
    counted()
    today = clock.today()
    Rollup.objects.create(
        day=today - timedelta(days=30), measure=PAID, count=1, total=order.total_minor // 2
    )
    signed_in(client, "finance")

    assert tiles(opened(client))["Paid (GMV)"]["change"] == "+100 %"
    assert tiles(opened(client, against="none"))["Paid (GMV)"]["change"] == ""
    assert tiles(opened(client, against="year"))["Paid (GMV)"]["change"] == ""


# --- The ledger ---


def test_it_says_that_the_commission_is_the_ledgers(client):
    a_paid_order()
    counted()
    signed_in(client, "finance")

    assert "Ties to the ledger" in opened(client).content.decode()


def test_it_says_by_how_much_it_is_not(client):
    a_paid_order()
    counted()
    Rollup.objects.filter(measure=TAKE).update(total=100)
    part = SellerOrder.objects.get()
    signed_in(client, "finance")

    page = opened(client).content.decode()

    assert "Ties to the ledger" not in page
    assert f"{(part.commission_minor - 100) // 100:,}" in page


def test_what_is_not_counted_yet_is_no_difference(client):
    a_paid_order()
    signed_in(client, "finance")

    page = opened(client).content.decode()

    assert "Ties to the ledger" in page
    assert "so new that it is not counted yet" in page


# --- The way on ---


def test_every_chart_leads_to_lists_that_open(client):
    a_delivered_part()
    counted()
    signed_in(client, "administrator")

    for name, one in charts(opened(client)).items():
        assert one["behind"], name
        for _title, address in one["behind"]:
            answer = client.get(address)
            assert answer.status_code == 200, address
        for address in json.loads(one["drawn"]["points"])[-1:]:
            assert client.get(address).status_code == 200, address


def test_the_list_behind_a_figure_has_the_rows_of_its_days(client):
    order = a_paid_order()
    counted()
    signed_in(client, "administrator")
    (_title, address), *_rest = charts(opened(client))["gmv"]["behind"]
    old = charts(opened(client, **{"from": "2025-01-01", "to": "2025-01-31"}))["gmv"]["behind"]

    assert order.reference in client.get(address).content.decode()
    assert order.reference not in client.get(old[0][1]).content.decode()


def test_lists_that_a_role_may_not_open_are_not_offered(client):
    a_paid_order()
    counted()
    signed_in(client, "finance")

    found = charts(opened(client))

    for one in found.values():
        for _title, address in one["behind"]:
            assert client.get(address).status_code == 200, address


# --- Files ---


@pytest.mark.parametrize("chart", [*CHARTS, "cohorts"])
def test_every_chart_is_a_sheet(client, chart):
    a_delivered_part()
    counted()
    signed_in(client, "finance")

    heading, *rows = sheet(client, chart, period="7d")

    assert len(heading) > 1
    assert all(len(row) == len(heading) for row in rows)


def test_a_sheet_has_shillings_and_the_days_of_its_page(client):
    order = a_paid_order()
    counted()
    signed_in(client, "finance")

    heading, *rows = sheet(client, "gmv", period="7d", against="none")

    assert heading == ["Paid (GMV)", "Paid (GMV) (TZS)"]
    assert [row[1] for row in rows] == ["0.00"] * 6 + [f"{order.total_minor / 100:.2f}"]


def test_no_sheet_of_a_chart_that_does_not_exist_nor_for_who_may_not_see_sales(client):
    signed_in(client, "finance")
    assert client.get(reverse("admin:analytics_csv", args=["wages"])).status_code == 404
    signed_in(client, "support")
    assert client.get(reverse("admin:analytics_csv", args=["gmv"])).status_code == 403


# --- Before the order, and after it ---


def test_the_funnel_goes_from_a_search_to_the_parcel(client):
    a_delivered_part()
    an_order()
    for step, count in {Step.SEARCH: 20, Step.VIEW: 10, Step.CART: 4}.items():
        Footfall.objects.create(day=clock.today(), step=step, origin="one", count=count)
    counted()
    signed_in(client, "finance")

    rows = sheet(client, "funnel", against="none")

    assert rows[1:] == [
        ["Searches", "20"],
        ["Products looked at · 50.0 %", "10"],
        ["Put into a cart · 40.0 %", "4"],
        ["Orders · 50.0 %", "2"],
        ["of them paid · 50.0 %", "1"],
        ["of them delivered · 100.0 %", "1"],
    ]


def test_buyers_who_come_back_are_shown_by_the_month_of_their_first_payment(client):
    month = this_month()
    ages = {uuid4(): (-2, -1), uuid4(): (-2,), uuid4(): (-1, 0), uuid4(): (-20, 0)}
    for buyer, paid_in in ages.items():
        for age in paid_in:
            BuyerMonth.objects.create(buyer_id=buyer, month=month_after(month, age))
    signed_in(client, "administrator")

    page = opened(client)
    rows = sheet(client, "cohorts")

    earlier, later = (f"{month_after(month, age):%Y-%m}" for age in (-2, -1))
    assert rows[1:] == [[earlier, "2", "1", "0"], [later, "1", "1"]]
    (block,) = [one for one in page.context["page"].main if "ages" in one.context]
    first, second = block.context["rows"]
    assert [cell["share"] for cell in first["cells"]] == ["50 %", "0 %"]
    assert [cell["share"] for cell in second["cells"]] == ["100 %"]
    assert client.get(first["link"]).status_code == 200


# --- Periods ---


@pytest.mark.parametrize(
    "query",
    ["from=x&to=y", "from=2026-02-01&to=2026-01-01", "from=0001-01-01&to=0001-01-02",
     "from=2001-01-01&to=2026-01-01", "period=ever", "against=nobody", "from=2026-01-01"],
)  # fmt: skip
def test_a_period_that_makes_no_sense_is_the_last_thirty_days(query):
    period = asked(QueryDict(query))

    assert (period.last - period.first).days == 29
    assert period.last == clock.today()
    assert period.against == "previous"


def test_a_leap_day_is_compared_with_the_last_of_february():
    period = Period(date(2028, 2, 29), date(2028, 2, 29), "year")

    assert period.before == (date(2027, 2, 28), date(2027, 2, 28))


@pytest.mark.parametrize(("days", "points"), [(1, 1), (62, 62), (63, 9), (280, 40), (365, 12)])
def test_long_periods_are_cut_into_weeks_and_months(days, points):
    first = date(2026, 1, 1)
    period = Period(first, first + timedelta(days=days - 1))

    found = period.buckets()

    assert len(found) == points == len(period.labels())
    assert found[0][0] == first
    assert found[-1][1] == period.last
    assert all(end + timedelta(days=1) == begin for (_, end), (begin, _) in pairwise(found))


def test_a_change_from_nothing_is_no_change():
    assert trend(5, 0) is None
    assert trend(None, 5) is None
    assert trend(5, 10) == -50
    assert path([1, None]) == ""
    assert path([0, 0, 0]).count(",") == 3


# --- From a slice and a step to its rows ---


def rows_at(client, address: str) -> set[str]:
    return {row.reference for row in client.get(address).context["cl"].result_list}


def test_a_slice_of_the_category_mix_leads_to_the_orders_with_it(client):
    phones, cables = a_category(), a_category()
    sold = a_paid_order(a_listing(product=a_product(phones)))
    a_paid_order(a_listing(product=a_product(cables)))
    counted()
    signed_in(client, "operations_lead")

    chart = charts(opened(client))["categories"]["chart"]

    links = dict(zip(chart.labels, chart.links, strict=True))
    assert rows_at(client, links[str(phones)]) == {sold.seller_orders.get().reference}
    assert sold.reference in rows_at(client, links["Others and shipping"])
    nonsense = reverse("admin:orders_sellerorder_changelist") + "?category=nonsense"
    assert len(rows_at(client, nonsense)) == 2


def test_each_step_of_the_funnel_leads_to_the_orders_that_came_so_far(client):
    waiting, paid = an_order(), a_paid_order()
    delivered = a_delivered_part().order
    counted()
    signed_in(client, "operations_lead")

    *_uncounted, placed_at, paid_at, completed_at = charts(opened(client))["funnel"]["chart"].links

    assert rows_at(client, placed_at) == {one.reference for one in (waiting, paid, delivered)}
    assert rows_at(client, paid_at) == {paid.reference, delivered.reference}
    assert rows_at(client, completed_at) == {delivered.reference}


def test_the_time_to_approve_is_shown_by_its_median_and_by_nine_of_ten(client):
    day = clock.today()
    for step, hours in enumerate((2, 3, 70)):
        seconds = hours * 3600
        for measure, dimension, key in (("verdict", "waited", step), ("approved", "", "")):
            row, _created = Rollup.objects.get_or_create(
                day=day, measure=measure, dimension=dimension, key=str(key)
            )
            Rollup.objects.filter(pk=row.pk).update(count=row.count + 1, total=row.total + seconds)
    cache.clear()
    signed_in(client, "operations_lead")

    page = opened(client)

    assert tiles(page)["Time to approve, median"]["value"] == "3.0 h"
    lines = {line.title: line.values[-1] for line in charts(page)["time-to-approve"]["chart"].lines}
    assert lines["Median"] == 3.0
    assert lines["Nine of ten within"] == 70.0
    assert lines["Average"] == 25.0
