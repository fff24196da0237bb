"""What the pages show: the dashboard, searching, reports, the timeline, the system."""

from datetime import timedelta

import pytest
from django.urls import reverse

from backoffice import waiting
from backoffice.event_names import TITLES
from backoffice.pages.display import page_of
from backoffice.roles import BY_NAME
from marketplace.accounts.models import User
from marketplace.analytics.commands import count_events
from marketplace.fees.models import VatRate
from marketplace.orders.models import ShippingRate
from marketplace.orders.states import OrderStatus
from marketplace.payments.models import PaymentIssue
from marketplace.shared import clock
from marketplace.shared.events import REGISTRY
from marketplace.shared.models import Heartbeat, InvariantResult, LoggedEvent
from reports.models import ReportRun, RunStatus
from reports.registry import REPORTS
from tests.backoffice.console_pages import decide, do, list_address, signed_in
from tests.deliveries import deliver_all
from tests.factories.console import a_world
from tests.factories.fees import the_terms
from tests.factories.orders import a_delivered_part, a_paid_order, an_order
from tests.factories.sellers import a_submitted_application
from tests.factories.system import a_running_system

# Two of them are the permissions of a role.
QUERIES_MAX = 18
pytestmark = pytest.mark.django_db
DASHBOARD = "/console/"


# --- Dashboard ---


@pytest.mark.parametrize("role", list(BY_NAME))
def test_the_dashboard_counts_only_what_the_role_may_open(client, role):
    a_world()
    person = signed_in(client, role)

    page = client.get(DASHBOARD)

    for card in page.context["queues"]:
        assert client.get(card["link"]).status_code == 200, card["label"]
    assert ("sales" in page.context) == person.has_perm("backoffice.see_sales")


def test_the_dashboard_counts_orders_and_what_was_paid_for_them(client):
    an_order()
    paid = a_paid_order()
    count_events(skew=timedelta(0))
    signed_in(client, "finance")

    orders, gmv, average, share = client.get(DASHBOARD).context["sales"]

    assert orders["value"] == "2"
    assert f"{paid.total_minor // 100:,}" in gmv["value"]
    assert f"{paid.total_minor // 100:,}" in average["value"]
    assert share["value"] == "50 %"


@pytest.mark.parametrize(
    ("asked", "shown"), [("7", 7), ("90", 90), ("30", 30), ("5000", 30), ("x", 30)]
)
def test_the_period_is_one_of_three(client, asked, shown):
    signed_in(client, "finance")

    page = client.get(DASHBOARD, {"days": asked})

    assert [tab["link"] for tab in page.context["periods"] if tab["active"]] == [f"?days={shown}"]


def test_the_dashboard_asks_the_database_for_its_figures_once_a_minute(
    client, django_assert_max_num_queries
):
    a_world()
    signed_in(client, "administrator")
    client.get(DASHBOARD)

    with django_assert_max_num_queries(6):
        client.get(DASHBOARD)


def test_a_decision_counts_the_work_again(client):
    application = a_submitted_application()
    signed_in(client, "operations_agent")
    client.get(DASHBOARD)
    assert waiting.counts()["applications"] == 1
    decide(client, application, "claim")
    decide(client, application, "reject", reason="No.")

    client.get(DASHBOARD)

    assert waiting.counts()["applications"] == 0


def test_the_page_of_a_case_asks_few_questions_however_much_hangs_on_it(
    client, django_assert_max_num_queries
):
    world = a_world()
    signed_in(client, "administrator")
    for thing in (
        world.order,
        world.seller_order,
        world.refund,
        world.listing,
        world.exception,
        world.application,
        PaymentIssue.objects.get(),
    ):
        address = page_of(thing)
        client.get(address)
        with django_assert_max_num_queries(QUERIES_MAX, info=address):
            assert client.get(address).status_code == 200


# --- Finding things ---


def test_an_order_is_found_by_its_reference_and_by_the_phone_as_people_write_it(client):
    order, other = a_paid_order(), an_order()
    other.phone = "+255713000999"
    other.save(update_fields=["phone"])
    signed_in(client, "support")

    def found(term):
        rows = client.get(list_address("orders.order"), {"q": term}).context["cl"].result_list
        return [row.pk for row in rows]

    assert found(order.reference.lower()) == [order.pk]
    assert found("0713 000 999") == [other.pk]
    assert found("nothing such") == []


def test_a_list_is_filtered_by_its_chips_and_keeps_the_search(client):
    a_paid_order()
    waits = an_order()
    signed_in(client, "support")

    page = client.get(
        list_address("orders.order"),
        {"status__exact": OrderStatus.AWAITING_PAYMENT, "q": waits.reference},
    )

    assert [row.pk for row in page.context["cl"].result_list] == [waits.pk]
    assert all(f"q={waits.reference}" in chip["link"] for chip in page.context["chips"])


def test_a_reference_leads_to_its_page_for_those_who_may_see_it(client):
    order = a_paid_order()
    address = reverse("admin:find", args=[order.reference])
    signed_in(client, "support")

    assert client.get(address)["Location"].endswith(f"/orders/order/{order.pk}/change/")
    assert client.get(reverse("admin:find", args=["ORD-ZZZZZZZZ"])).status_code == 404
    signed_in(client, "catalogue_moderator")
    assert client.get(address).status_code == 404


def test_the_command_palette_finds_references_of_ones_own_only(client):
    order = a_paid_order()
    signed_in(client, "support")
    assert (
        order.reference
        in client.get("/console/search/", {"s": order.reference[:8]}).content.decode()
    )
    signed_in(client, "catalogue_moderator")
    assert (
        order.reference
        not in client.get("/console/search/", {"s": order.reference[:8]}).content.decode()
    )


def test_a_plain_page_shows_amounts_and_shares_as_people_read_them(client):
    the_terms()
    ShippingRate.objects.update_or_create(region="Arusha", defaults={"fee_minor": 900_000})
    signed_in(client, "finance")

    fee = client.get(page_of(ShippingRate.objects.get(region="Arusha"))).content.decode()
    rate = client.get(page_of(VatRate.objects.get())).content.decode()

    assert "TZS 9,000" in fee
    assert "900000" not in fee
    assert "18 %" in rate
    assert "1800" not in rate


# --- The page of an order ---


def test_an_order_shows_its_money_books_messages_and_timeline_on_one_page(client):
    part = a_delivered_part()
    signed_in(client, "administrator")

    page = client.get(f"/console/orders/order/{part.order_id}/change/").content.decode()

    for word in ("Order placed", "Payment succeeded", "Shipped", "Delivered", "commission_revenue",
                 part.reference, part.seller.name):  # fmt: skip
        assert word in page, word


def test_support_sees_the_order_without_the_books(client):
    part = a_delivered_part()
    signed_in(client, "support")

    page = client.get(f"/console/orders/order/{part.order_id}/change/").content.decode()

    assert part.reference in page
    assert "commission_revenue" not in page


def test_an_orders_page_asks_as_often_for_a_long_story_as_for_a_short_one(
    client, django_assert_max_num_queries
):
    part = a_delivered_part()
    signed_in(client, "administrator")
    address = f"/console/orders/order/{part.order_id}/change/"
    client.get(address)

    with django_assert_max_num_queries(35):
        client.get(address)


# --- Reports ---


def test_a_report_is_ordered_made_and_downloaded_with_a_trace(client):
    a_paid_order()
    signed_in(client, "finance")
    answers = {"since": "2020-01-01", "until": "2020-12-31", "format": "csv"}
    code = next(
        code
        for code, one in REPORTS.items()
        if [p.name for p in one.parameters][:3] == ["period", "since", "until"]
    )

    wrong = do(client, "reports.reportrun", code, **answers | {"until": "2019-01-01"})
    assert wrong.status_code == 422
    do(client, "reports.reportrun", code, **answers)
    deliver_all()
    run = ReportRun.objects.get()
    assert run.status == RunStatus.READY
    download = decide(client, run, "download")

    assert download["Location"].startswith("/files/")
    assert LoggedEvent.objects.filter(name="reports.downloaded.v1").count() == 1


def test_a_report_with_more_than_one_may_see_is_refused(client):
    signed_in(client, "operations_lead")
    person = User.objects.order_by("-pk").first()
    hidden = [one for one in REPORTS.values() if not person.has_perm(one.permission)]

    catalogue = client.get(list_address("reports.reportrun")).context["catalogue"]
    assert {one.code for _group, found in catalogue for one, _address in found} == {
        code for code, one in REPORTS.items() if person.has_perm(one.permission)
    }
    for report in hidden:
        answers = {p.name: p.initial() for p in report.parameters}
        address = reverse("admin:reports_reportrun_do", args=[report.code])
        assert client.get(address).status_code == 403
        assert client.post(address, {**answers, "format": "csv"}).status_code == 403
    assert not ReportRun.objects.exists()


# --- System ---


def test_every_event_has_a_name_for_people():
    ours = {
        name.rpartition(".v")[0]
        for name, event in REGISTRY.items()
        if event.__module__.startswith(("marketplace.", "reports.", "tasks.")) and "._" not in name
    }

    assert set(TITLES) == ours


def test_the_system_page_says_what_is_late_and_what_is_broken(client):
    a_running_system()
    signed_in(client, "operations_lead")
    shown = client.get(reverse("admin:system"))
    assert shown.context["page"].notices == []
    assert "Every journal entry sums to zero" in shown.content.decode()

    Heartbeat.objects.update(last_succeeded_at=clock.now() - timedelta(days=1))
    InvariantResult.objects.update(differing=2)
    notices = [text for _level, text in client.get(reverse("admin:system")).context["page"].notices]

    assert notices == ["Overdue: Deliver what was not hinted", "Broken: ledger.entries_balanced"]


def test_the_trial_balance_adds_up(client):
    a_delivered_part()
    signed_in(client, "finance")

    figures = dict(client.get(reverse("admin:trial_balance")).context["page"].figures)

    assert "TZS 0" in next(value for label, value in figures.items() if str(label) == "Difference")
