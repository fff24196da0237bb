"""The charts of the analytics page: what each shows, in which unit, and which list is behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from backoffice.insight.figures import HOUR_S, Figures, Of
from backoffice.insight.lists import SOLD_FROM, Behind
from backoffice.pages.display import provider_name
from marketplace.analytics.measures import (
    APPROVED,
    ATTEMPTED,
    DECIDED,
    DELIVERED,
    DISPUTED,
    PAID,
    PLACED,
    PLACED_DELIVERED,
    PLACED_PAID,
    REFUNDED,
    REJECTED,
    SOLD_OUT,
    SUCCEEDED,
    TAKE,
)
from marketplace.analytics.queries import Amount
from marketplace.analytics.states import Step
from marketplace.casework.states import QueueName

MEDIAN, MOST_OF_THEM = 0.5, 0.9
MONEY, COUNT, PERCENT, HOURS = "money", "count", "percent", "hours"


@dataclass(frozen=True, slots=True)
class Line:
    """A series. None is a point of which nothing can be said: no share of nothing."""

    title: str
    values: Sequence[float | None]
    # The days that the others are compared with: drawn behind them.
    is_before: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Values per label, in the unit: TZS, a number, per cent or hours."""

    name: str
    title: str
    kind: str
    unit: str
    labels: Sequence[str]
    lines: Sequence[Line]
    behind: Sequence[Behind]
    note: str = ""
    # A label's own list, where it has one that is not a piece of the period.
    links: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing happened. An average or a share of 0 is something."""
        nothing = (None,) if self.unit in (PERCENT, HOURS) else (None, 0)
        return all(value in nothing for line in self.lines for value in line.values)


def share(part: Amount | int, whole: Amount | int) -> float | None:
    """Per cent with one decimal; None of nothing."""
    some, all_of_it = (one.count if isinstance(one, Amount) else one for one in (part, whole))
    return round(100 * some / all_of_it, 1) if all_of_it else None


def hours(waited: Amount) -> float | None:
    """The average wait; None where nobody waited."""
    return round(waited.total / waited.count / HOUR_S, 1) if waited.count else None


def verdicts(of: Of) -> Amount:
    """Applications approved and rejected, with the seconds that they waited."""
    approved, rejected = of(APPROVED), of(REJECTED)
    return Amount(approved.count + rejected.count, approved.total + rejected.total)


def _over_time(
    figures: Figures, name: str, title: str, unit: str, behind: Sequence[Behind], *,
    kind: str = "line", note: str = "", lines: Sequence[Line],
) -> Chart:  # fmt: skip
    return Chart(name, title, kind, unit, figures.period.labels(), lines, behind, note)


def _compared(figures: Figures, title: str, value: Callable[[Of], float | None]) -> list[Line]:
    """A series and, where the period is compared, the same of the days it is compared with.

    `value` makes a point of what it asks of the point's days.
    """
    period = figures.period
    spans = period.buckets()

    def values(days: Sequence[Any]) -> list[float | None]:
        return [value(figures.of(span)) for span in days]

    lines = [Line(title, values(spans))]
    if period.before is not None:
        lines.append(Line(_("Before"), values([*map(period.shifted, spans)]), is_before=True))
    return lines


def _gmv(figures: Figures) -> Chart:
    lines = _compared(figures, _("Paid (GMV)"), lambda of: of(PAID).total / 100)
    behind = [Behind(_("Paid orders"), "orders.order", "paid_at")]
    return _over_time(figures, "gmv", _("Paid (GMV)"), MONEY, behind, lines=lines)


def _orders(figures: Figures) -> Chart:
    lines = _compared(figures, _("Orders"), lambda of: of(PLACED).count)
    behind = [Behind(_("Orders"), "orders.order", "placed_at")]
    return _over_time(figures, "orders", _("Orders placed"), COUNT, behind, kind="bar", lines=lines)


def _take_rate(figures: Figures) -> Chart:
    lines = _compared(figures, _("Take rate"), lambda of: share(of(TAKE).total, of(PAID).total))
    behind = [
        Behind(_("Commission lines"), "billing.commissionline", "happened_at"),
        Behind(_("Paid orders"), "orders.order", "paid_at"),
    ]
    note = _("Our commission, less what refunds took back, as a share of what was paid.")
    return _over_time(figures, "take-rate", _("Take rate"), PERCENT, behind, note=note, lines=lines)


def _payments(figures: Figures) -> Chart:
    lines = [
        Line(
            provider_name(provider),
            [
                share(some, all_of_them)
                for some, all_of_them in zip(
                    figures.points(SUCCEEDED, provider),
                    figures.points(ATTEMPTED, provider),
                    strict=True,
                )
            ],
        )
        for provider in figures.days.keys(ATTEMPTED)
    ]
    behind = [
        Behind(line.title, "payments.attempt", "created_at", (("provider__exact", provider),))
        for line, provider in zip(lines, figures.days.keys(ATTEMPTED), strict=True)
    ]
    note = _("Attempts that ended in money, on the day of the attempt.")
    return _over_time(
        figures, "payments", _("Payment success by provider"), PERCENT,
        behind or [Behind(_("Attempts"), "payments.attempt", "created_at")], note=note, lines=lines,
    )  # fmt: skip


def _problems(figures: Figures) -> Chart:
    disputed, delivered = figures.points(DISPUTED), figures.points(DELIVERED)
    refunded, paid = figures.points(REFUNDED), figures.points(PAID)
    lines = [
        Line(_("Disputes"), [share(*pair) for pair in zip(disputed, delivered, strict=True)]),
        Line(
            _("Refunds"),
            [
                share(back.total, all_of_it.total)
                for back, all_of_it in zip(refunded, paid, strict=True)
            ],
        ),
    ]
    behind = [
        Behind(_("Disputes"), "disputes.dispute", "opened_at"),
        Behind(_("Refunds"), "payments.refund", "settled_at"),
    ]
    note = _("Disputes opened per parcel delivered; money given back as a share of what was paid.")
    return _over_time(
        figures, "problems", _("Dispute and refund rate"), PERCENT, behind, note=note, lines=lines
    )


def _time_to_approve(figures: Figures) -> Chart:
    def over_time(title: str, value: Callable[[Of], float | None]) -> Line:
        return Line(title, [value(figures.of(span)) for span in figures.period.buckets()])

    median, *before = _compared(figures, _("Median"), lambda of: of.waited(MEDIAN))
    lines = [
        median,
        over_time(_("Nine of ten within"), lambda of: of.waited(MOST_OF_THEM)),
        over_time(_("Average"), lambda of: hours(verdicts(of))),
        *before,
    ]
    behind = [Behind(_("Applications"), "sellers.application", "decided_at")]
    note = _(
        "From the last time an application was sent in to its verdict; the comparison is of medians."
    )
    return _over_time(
        figures, "time-to-approve", _("Time to approve a seller"), HOURS, behind, note=note,
        lines=lines,
    )  # fmt: skip


def _sold_out(figures: Figures) -> Chart:
    lines = _compared(figures, _("Sold out"), lambda of: of(SOLD_OUT).count)
    behind = [
        Behind(_("Offers without stock"), "listings.listing", filters=(("on_hand__exact", "0"),)),
        Behind(
            _("Event log"), "shared.loggedevent", "occurred_at",
            (("name__exact", "listings.sold_out.v1"),),
        ),
    ]  # fmt: skip
    return _over_time(
        figures, "stock-outs", _("Stock-outs"), COUNT, behind, kind="bar", lines=lines,
        note=_("Times that an offer's last piece was sold."),
    )  # fmt: skip


def _funnel(figures: Figures) -> Chart:
    """Each step with its share of the step before; a step that nothing came before has none."""
    steps = [
        (_("Searches"), Step.SEARCH),
        (_("Products looked at"), Step.VIEW),
        (_("Put into a cart"), Step.CART),
        (_("Orders"), PLACED),
        (_("of them paid"), PLACED_PAID),
        (_("of them delivered"), PLACED_DELIVERED),
    ]
    counts = [figures.now(measure).count for _title, measure in steps]
    titles = [steps[0][0]]
    for (title, _measure), count, before in zip(steps[1:], counts[1:], counts, strict=False):
        part = share(count, before)
        titles.append(title if part is None else f"{title} · {part} %")
    lines = [Line(_("Now"), counts)]
    if figures.period.before is not None:
        earlier = [figures.before(measure) for _title, measure in steps]
        lines.append(
            Line(_("Before"), [one.count if one else None for one in earlier], is_before=True)
        )
    placed, paid, delivered = (
        Behind("", "orders.order", "placed_at", narrowed).address(figures.period.span)
        for narrowed in ((), (("paid_at__isnull", "False"),), (("status__exact", "completed"),))
    )
    return Chart(
        "funnel", _("From a search to the parcel"), "row", COUNT, titles, lines,
        [
            Behind(_("Orders"), "orders.order", "placed_at"),
            Behind(_("Completed"), "orders.order", "placed_at", (("status__exact", "completed"),)),
        ],
        _("Searches, products and carts are counted without names, and not for browsers that ask not to be"
          " tracked; per cent of the step before."),
        ["", "", "", placed, paid, delivered],
    )  # fmt: skip


QUEUES = {
    "applications": ("sellers.application", "decided_at"),
    "listings": ("listings.listing", "moderated_at"),
    "reviews": ("reviews.review", "decided_at"),
    "shipments": ("orders.sellerorder", "shipped_at"),
    "disputes": ("disputes.dispute", "closed_at"),
}


def queue_title(queue: str) -> str:
    if queue == "disputes":
        return _("Disputes")
    return _("Shipments") if queue == "shipments" else str(QueueName(queue).label)


def _in_time(figures: Figures) -> Chart:
    def shares(of: Callable[[str, str], Amount | None]) -> list[float | None]:
        found = [of(DECIDED, queue) for queue in QUEUES]
        return [share(one.total, one.count) if one else None for one in found]

    lines = [Line(_("In time"), shares(figures.now))]
    if figures.period.before is not None:
        lines.append(Line(_("Before"), shares(figures.before), is_before=True))
    behind = [Behind(queue_title(queue), *where) for queue, where in QUEUES.items()]
    return Chart(
        "in-time", _("Done within the queue's time"), "row", PERCENT,
        [queue_title(queue) for queue in QUEUES], lines, behind,
        _("By the times that are set for the queues now; a dispute has a day of its own."),
        [one.address(figures.period.span) for one in behind],
    )  # fmt: skip


def _categories(figures: Figures) -> Chart:
    found, whole = figures.categories, figures.now(PAID)
    titles = [str(figures.category_rows.get(one.key, one.key)) for one in found]
    links = [
        Behind("", "orders.sellerorder", "placed_at", ((SOLD_FROM, one.key),)).address(
            figures.period.span
        )
        for one in found
    ]
    values: list[float | None] = [one.now.total / 100 for one in found]
    # Shipping belongs to no category.
    others = whole.total / 100 - sum(value or 0 for value in values)
    if others > 0:
        titles, values = [*titles, _("Others and shipping")], [*values, others]
        links.append(Behind("", "orders.order", "paid_at").address(figures.period.span))
    return Chart(
        "categories", _("Category mix"), "doughnut", MONEY, titles, [Line(_("Paid"), values)],
        [
            Behind(_("Seller orders"), "orders.sellerorder", "placed_at"),
            Behind(_("Paid orders"), "orders.order", "paid_at"),
            Behind(_("Products"), "catalog.product"),
        ],
        _("What was paid, by the category of the product; a slice leads to the orders with it."), links,
    )  # fmt: skip


def _sellers(figures: Figures) -> Chart:
    found = figures.sellers
    lines = [Line(_("Paid"), [one.now.total / 100 for one in found])]
    if figures.period.before is not None:
        before = [one.before.total / 100 for one in found]
        lines.append(Line(_("Before"), before, is_before=True))
    links = [
        Behind(
            "", "orders.sellerorder", "placed_at", (("seller__id__exact", one.key),)
        ).address(figures.period.span)
        for one in found
    ]  # fmt: skip
    return Chart(
        "sellers", _("Leading sellers"), "row", MONEY,
        [str(figures.seller_rows.get(one.key, one.key)) for one in found], lines,
        [Behind(_("Seller orders"), "orders.sellerorder", "placed_at")],
        _("By what buyers paid for their goods and shipping."), links,
    )  # fmt: skip


CHARTS: dict[str, Callable[[Figures], Chart]] = {
    "gmv": _gmv,
    "orders": _orders,
    "take-rate": _take_rate,
    "funnel": _funnel,
    "payments": _payments,
    "problems": _problems,
    "categories": _categories,
    "sellers": _sellers,
    "in-time": _in_time,
    "time-to-approve": _time_to_approve,
    "stock-outs": _sold_out,
}
