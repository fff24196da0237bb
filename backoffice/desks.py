"""What a desk does, on the first page of whoever works at it: figures of today and of two weeks, each with
its list.

Days are read from the rollups, which are a minute old; what is counted as it stands now is counted up
to `COUNTED_MAX`, in one statement, and kept for a minute.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.insight.charts import COUNT, HOURS, Chart, Line, hours, share
from backoffice.insight.drawing import drawn
from backoffice.insight.figures import kept
from backoffice.insight.lists import Behind
from backoffice.insight.period import Period
from backoffice.waiting import counted
from marketplace.analytics.measures import (
    DECIDED,
    DISPUTED,
    LISTING_APPROVED,
    LISTING_REJECTED,
    PLACED,
)
from marketplace.analytics.queries import Amount, Days, Span, per_day
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import IN_TALKS
from marketplace.listings.models import ImportBatch, Listing, ListingPicture
from marketplace.listings.states import ListingStatus, PictureStatus
from marketplace.notifications.models import Message
from marketplace.notifications.states import MessageStatus
from marketplace.orders.models import Order
from marketplace.orders.states import OrderStatus
from marketplace.payments.models import Refund
from marketplace.payments.states import RefundStatus
from marketplace.shared import clock
from marketplace.shared.ids import first_uuid7

FRESH_S, DAYS = 60, 14
# Measure → the state that a listing of it is in.
VERDICTS = {
    LISTING_APPROVED: ListingStatus.LIVE.value,
    LISTING_REJECTED: ListingStatus.REJECTED.value,
}
WITHOUT_PICTURE = "pictures"


@dataclass(frozen=True, slots=True)
class Figure:
    """A tile: what it says, and the list behind it."""

    label: str
    value: str
    note: str
    behind: Behind
    span: Span
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What a desk's figures are drawn from: its days, and what its queries count now."""

    days: Days
    now: dict[str, int]
    period: Period

    @property
    def today(self) -> Span:
        return self.period.last, self.period.last

    @property
    def yesterday(self) -> Span:
        day = self.period.last - timedelta(days=1)
        return day, day

    def points(self, measure: str) -> list[Amount]:
        return [self.days.sum(measure, span) for span in self.period.buckets()]


@dataclass(frozen=True, slots=True)
class Desk:
    """`needs` is the duty or permission of those who work there; who has `unless` sees more elsewhere."""

    name: str
    title: Any
    needs: str
    figures: Callable[[Seen], Sequence[Figure]]
    charts: Callable[[Seen], Sequence[Chart]]
    # What stands as it is now: name → rows, counted in one statement.
    counts: Callable[[Span], dict[str, QuerySet[Any]]]
    unless: str = ""

    def is_of(self, request: HttpRequest) -> bool:
        user = request.user
        return user.has_perm(self.needs) and not (self.unless and user.has_perm(self.unless))


def desks_of(request: HttpRequest) -> list[dict[str, Any]]:
    """For the template of the first page; nothing leads where the person may not go."""
    return [_shown(desk, request) for desk in DESKS if desk.is_of(request)]


def _shown(desk: Desk, request: HttpRequest) -> dict[str, Any]:
    today = clock.today()
    period = Period(today - timedelta(days=DAYS - 1), today, "none")
    seen = kept(f"console:desk:{desk.name}:{today}", FRESH_S, lambda: _seen(desk, period))
    return {
        "name": desk.name,
        "title": desk.title,
        "figures": [
            {
                "label": one.label,
                "value": one.value,
                "note": one.note,
                "is_urgent": one.is_urgent,
                "link": one.behind.address(one.span),
            }
            for one in desk.figures(seen)
            if one.behind.is_open_to(request)
        ],
        "context": {
            "charts": [
                {
                    "chart": chart,
                    "drawn": drawn(chart, period),
                    "behind": [(one.title, one.address(period.span)) for one in chart.behind],
                }
                for chart in desk.charts(seen)
                if chart.behind[0].is_open_to(request)
            ]
        },
    }


def _seen(desk: Desk, period: Period) -> Seen:
    counts = desk.counts(period.span)
    found = counted(list(counts.values()))
    return Seen(per_day(period.span), dict(zip(counts, found, strict=True)), period)


def _number(count: int) -> str:
    return f"{count:,}"


# --- Moderation ---


def without_picture(listings: QuerySet[Any]) -> QuerySet[Any]:
    """Those of which nobody has uploaded a picture; one that is refused counts as none."""
    pictures = ListingPicture.objects.filter(listing=OuterRef("pk")).exclude(
        status=PictureStatus.REFUSED
    )
    return listings.filter(~Exists(pictures))


def _moderation_counts(span: Span) -> dict[str, QuerySet[Any]]:
    since = clock.midnight(span[0])
    waiting = Listing.objects.filter(status=ListingStatus.IN_MODERATION)
    return {
        "imports": ImportBatch.objects.filter(
            pk__gte=first_uuid7(since), created_at__gte=since, rows_failed__gt=0
        ),
        "bare": without_picture(waiting),
    }


def _moderation(seen: Seen) -> list[Figure]:
    def today(label: str, measure: str) -> Figure:
        now, before = (
            _number(seen.days.sum(measure, span).count) for span in (seen.today, seen.yesterday)
        )
        states = (("status__exact", VERDICTS[measure]),)
        behind = Behind("", "listings.listing", "moderated_at", states)
        note = _("%(count)s yesterday") % {"count": before}
        return Figure(label, now, note, behind, seen.today)

    span = seen.period.span
    moderated = Behind("", "listings.listing", "moderated_at")
    in_time = seen.days.sum(DECIDED, span, "listings")
    percent, took = share(in_time.total, in_time.count), hours(_all_verdicts(seen.days, span))
    two_weeks = _("of the last %(days)s days") % {"days": DAYS}
    return [
        today(_("Approved today"), LISTING_APPROVED),
        today(_("Rejected today"), LISTING_REJECTED),
        Figure(
            _("Time to decide"),
            "–" if took is None else _("%(hours)s h") % {"hours": took},
            _("on average, %(days)s days") % {"days": DAYS},
            moderated,
            span,
        ),
        Figure(
            _("Decided in time"),
            "–" if percent is None else f"{percent} %",
            two_weeks,
            moderated,
            span,
        ),
        Figure(
            _("Imports with refused rows"),
            _number(seen.now["imports"]),
            two_weeks,
            Behind("", "listings.importbatch", "created_at", (("rows_failed__gt", "0"),)),
            span,
        ),
        Figure(
            _("Without a picture"),
            _number(seen.now["bare"]),
            _("of those that wait"),
            Behind("", "backoffice.moderationqueue", filters=((WITHOUT_PICTURE, "none"),)),
            span,
        ),
    ]


def _all_verdicts(days: Days, span: Span) -> Amount:
    found = [days.sum(measure, span) for measure in VERDICTS]
    return Amount(sum(one.count for one in found), sum(one.total for one in found))


def _moderation_charts(seen: Seen) -> list[Chart]:
    behind = [Behind(_("Listings"), "listings.listing", "moderated_at")]
    labels = seen.period.labels()
    verdicts = [
        Line(title, [one.count for one in seen.points(measure)])
        for title, measure in (
            (_("Approved"), LISTING_APPROVED),
            (_("Rejected"), LISTING_REJECTED),
        )
    ]
    took = [hours(_all_verdicts(seen.days, span)) for span in seen.period.buckets()]
    return [
        Chart("verdicts", _("Listings decided"), "bar", COUNT, labels, verdicts, behind),
        Chart(
            "time-to-decide", _("Time to decide, average"), "line", HOURS, labels,
            [Line(_("Hours"), took)], behind,
        ),
    ]  # fmt: skip


# --- Customers ---

DONE = (RefundStatus.SUCCEEDED, RefundStatus.REJECTED)
ON_THE_WAY = [status.value for status in RefundStatus if status not in DONE]


def _customer_counts(span: Span) -> dict[str, QuerySet[Any]]:
    since = first_uuid7(clock.midnight(span[0]))
    failed = Message.objects.filter(status=MessageStatus.FAILED, pk__gte=since)
    open_disputes = Dispute.objects.filter(status__in=IN_TALKS)
    return {
        "unpaid": Order.objects.filter(status=OrderStatus.AWAITING_PAYMENT),
        "disputes": open_disputes,
        "late": open_disputes.filter(due_at__lt=clock.now()),
        "refunds": Refund.objects.filter(status__in=ON_THE_WAY),
        "messages": failed,
    }


def _customers(seen: Seen) -> list[Figure]:
    span, now = seen.period.span, seen.now
    placed = seen.days.sum(PLACED, seen.yesterday).count
    return [
        Figure(
            _("Orders today"),
            _number(seen.days.sum(PLACED, seen.today).count),
            _("%(count)s yesterday") % {"count": _number(placed)},
            Behind("", "orders.order", "placed_at"),
            seen.today,
        ),
        Figure(
            _("Waiting for payment"),
            _number(now["unpaid"]),
            _("orders, now"),
            Behind("", "orders.order", filters=(("status__exact", "awaiting_payment"),)),
            span,
        ),
        Figure(
            _("Open disputes"),
            _number(now["disputes"]),
            _("%(count)s late") % {"count": _number(now["late"])},
            Behind("", "disputes.dispute", filters=(("status__in", ",".join(IN_TALKS)),)),
            span,
            is_urgent=now["late"] > 0,
        ),
        Figure(
            _("Refunds on the way"),
            _number(now["refunds"]),
            _("proposed, sent, or to be sent again"),
            Behind("", "payments.refund", filters=(("status__in", ",".join(ON_THE_WAY)),)),
            span,
        ),
        Figure(
            _("Messages not delivered"),
            _number(now["messages"]),
            _("of the last %(days)s days") % {"days": DAYS},
            Behind("", "notifications.message", "created_at", (("status__exact", "failed"),)),
            span,
            is_urgent=now["messages"] > 0,
        ),
    ]


def _customer_charts(seen: Seen) -> list[Chart]:
    labels = seen.period.labels()

    def bars(name: str, title: str, measure: str, behind: Behind) -> Chart:
        line = Line(title, [one.count for one in seen.points(measure)])
        return Chart(name, title, "bar", COUNT, labels, [line], [behind])

    orders = Behind(_("Orders"), "orders.order", "placed_at")
    disputes = Behind(_("Disputes"), "disputes.dispute", "opened_at")
    return [
        bars("orders", _("Orders per day"), PLACED, orders),
        bars("disputes", _("Disputes opened"), DISPUTED, disputes),
    ]


DESKS = (
    Desk(
        "moderation",
        gettext_lazy("Moderation"),
        "backoffice.moderate_listings",
        _moderation,
        _moderation_charts,
        _moderation_counts,
    ),
    Desk(
        "customers",
        gettext_lazy("Customers"),
        "disputes.view_dispute",
        _customers,
        _customer_charts,
        _customer_counts,
        # Their first page shows the sales already.
        unless="backoffice.see_sales",
    ),
)
