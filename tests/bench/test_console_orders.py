"""The order list at a million orders against Unfold's own changelist of the same table, in the same run.

`deep` is page 10,000: the rows from the 499,951st newest order on. Unfold goes there by `?p=`, ours
as its own "Older" link does, by the key of the row before; both must show the same rows.
"""

import re
import statistics
import time
from dataclasses import dataclass, field

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from marketplace.accounts.models import User
from marketplace.orders.models import Order
from tests.bench import stock_admin
from tests.bench.asking import Asker, quietly
from tests.bench.million import PAGE
from tests.bench.recorder import record_figure
from tests.factories.accounts import a_staff_member

pytestmark = [
    pytest.mark.bench,
    pytest.mark.django_db,
    pytest.mark.usefixtures("million"),
    pytest.mark.urls("tests.bench.stock_admin"),
]
DEEP = 10_000
ROUNDS = 3
PER_ROUND = 4
ROWS_TIMES = 30


@dataclass(slots=True)
class Pair:
    """One way to ask both lists, and how long they took."""

    ours: str
    stock: str
    ours_ms: list[float] = field(default_factory=list)
    stock_ms: list[float] = field(default_factory=list)

    @property
    def times(self) -> float:
        return statistics.median(self.stock_ms) / statistics.median(self.ours_ms)


def pairs() -> dict[str, Pair]:
    ours, stock = reverse("admin:orders_order_changelist"), reverse("stock:orders_order_changelist")
    order = Order.objects.select_related("buyer").order_by("-pk")[Order.objects.count() // 3]
    before = Order.objects.order_by("-pk").values_list("pk", flat=True)[
        deep_page() * PAGE - PAGE - 1
    ]
    asked = {
        "first": ("", ""),
        "deep": (f"?before={before}", f"?p={deep_page()}"),
        "filtered": ("?status__exact=paid", "?status__exact=paid"),
        "by_reference": (f"?q={order.reference}",) * 2,
        "by_phone": (f"?q={order.phone.removeprefix('+')}",) * 2,
        "by_name": (f"?q={order.buyer.name.replace(' ', '+')}",) * 2,
    }
    return {name: Pair(ours + one, stock + other) for name, (one, other) in asked.items()}


def deep_page() -> int:
    """The middle, where there are fewer orders than 10,000 pages."""
    return min(DEEP, Order.objects.count() // PAGE // 2)


def references(page: bytes) -> list[str]:
    """The orders on a page, in the order in which they stand there."""
    return list(dict.fromkeys(re.findall(r"ORD-[0-9A-Z]{8}", page.decode())))


def test_the_order_list_against_unfolds_own():
    asker = Asker(a_staff_member("administrator", is_superuser=True))
    asked = pairs()
    for name in ("first", "deep", "by_reference"):
        assert references(asker.get(asked[name].ours)) == references(asker.get(asked[name].stock))

    # In turn, so that a slow moment of the machine meets both.
    for _round in range(ROUNDS):
        for pair in asked.values():
            pair.ours_ms += quietly(lambda pair=pair: asker.times_ms(pair.ours, PER_ROUND))
            pair.stock_ms += quietly(lambda pair=pair: asker.times_ms(pair.stock, 1))

    for name, pair in asked.items():
        record_figure(f"console.orders_1m.{name}_p50_ms", statistics.median(pair.ours_ms), "ms")
        record_figure(f"console.orders_1m.{name}_stock_ms", statistics.median(pair.stock_ms), "ms")
    searched = [asked[name].times for name in ("by_reference", "by_phone", "by_name")]
    times = [asked["first"].times, asked["deep"].times, asked["filtered"].times]
    times.append(statistics.geometric_mean(searched))
    record_figure(
        "console.orders_1m.times_stock", statistics.geometric_mean(times), "times", aim=">= 10"
    )


def test_what_a_row_costs_beside_unfolds_own():
    person = a_staff_member("administrator", is_superuser=True)
    reference = Order.objects.values_list("reference", flat=True).first()
    lists = admin.site._registry[Order], stock_admin.site._registry[Order]

    costs: tuple[list[float], list[float]] = ([], [])
    for _round in range(ROWS_TIMES):
        for model_admin, found in zip(lists, costs, strict=True):
            full = quietly(lambda one=model_admin: rendered_ms(one, person, {}))
            lone = quietly(lambda one=model_admin: rendered_ms(one, person, {"q": reference}))
            found.append((full - lone) / (PAGE - 1))
    ours, stock = map(statistics.median, costs)

    record_figure("console.row.ms", ours, "ms")
    record_figure("console.row.unfold_ms", stock, "ms")
    record_figure("console.row.times_unfold", ours / stock, "times", aim="<= 0.33")


def rendered_ms(model_admin: admin.ModelAdmin, person: User, asked: dict[str, str]) -> float:
    """How long the list's template takes, once the rows are there."""
    request = RequestFactory().get(reverse("admin:orders_order_changelist"), asked)
    request.user, request.session = person, {}
    response = model_admin.changelist_view(request)
    changelist = response.context_data["cl"]
    changelist.result_list = list(changelist.result_list)
    assert len(changelist.result_list) in (1, PAGE)
    began = time.perf_counter()
    response.render()
    return (time.perf_counter() - began) * 1000
