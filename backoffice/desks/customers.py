"""Of whoever helps customers: orders, disputes, refunds and messages."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.desks.shape import DAYS, Desk, Figure, Seen, number
from backoffice.insight.charts import COUNT, Chart, Line
from backoffice.insight.lists import Behind
from marketplace.analytics.measures import DISPUTED, PLACED
from marketplace.analytics.queries import Span
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import IN_TALKS
from marketplace.notifications.models import Message
from marketplace.notifications.states import MessageStatus
from marketplace.orders.models import Order
from marketplace.orders.states import OrderStatus
from marketplace.payments.models import Refund
from marketplace.payments.states import RefundStatus
from marketplace.shared import clock
from marketplace.shared.ids import first_uuid7

DONE = (RefundStatus.SUCCEEDED, RefundStatus.REJECTED)
ON_THE_WAY = [status.value for status in RefundStatus if status not in DONE]


def _counts(span: Span) -> dict[str, QuerySet[Any]]:
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


def _figures(seen: Seen) -> list[Figure]:
    span, now = seen.period.span, seen.now
    placed = seen.days.sum(PLACED, seen.yesterday).count
    return [
        Figure(
            _("Orders today"),
            number(seen.days.sum(PLACED, seen.today).count),
            _("%(count)s yesterday") % {"count": number(placed)},
            Behind("", "orders.order", "placed_at"),
            seen.today,
        ),
        Figure(
            _("Waiting for payment"),
            number(now["unpaid"]),
            _("orders, now"),
            Behind("", "orders.order", filters=(("status__exact", "awaiting_payment"),)),
            span,
        ),
        Figure(
            _("Open disputes"),
            number(now["disputes"]),
            _("%(count)s late") % {"count": number(now["late"])},
            Behind("", "disputes.dispute", filters=(("status__in", ",".join(IN_TALKS)),)),
            span,
            is_urgent=now["late"] > 0,
        ),
        Figure(
            _("Refunds on the way"),
            number(now["refunds"]),
            _("proposed, sent, or to be sent again"),
            Behind("", "payments.refund", filters=(("status__in", ",".join(ON_THE_WAY)),)),
            span,
        ),
        Figure(
            _("Messages not delivered"),
            number(now["messages"]),
            _("of the last %(days)s days") % {"days": DAYS},
            Behind("", "notifications.message", "created_at", (("status__exact", "failed"),)),
            span,
            is_urgent=now["messages"] > 0,
        ),
    ]


def _charts(seen: Seen) -> list[Chart]:
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


DESK = Desk(
    "customers",
    gettext_lazy("Customers"),
    "disputes.view_dispute",
    _figures,
    _charts,
    _counts,
    # Their first page shows the sales already.
    unless="backoffice.see_sales",
)
