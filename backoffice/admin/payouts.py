"""Payouts: earnings, batches and the queue of those that wait for a second pair of eyes."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice import waiting
from backoffice.admin.base import Console, Queue
from backoffice.models import BatchQueue
from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Table
from backoffice.pages.display import (
    link,
    masked,
    moment,
    money,
    money_column,
    reference_link,
    state,
    state_column,
)
from backoffice.pages.search import upper
from marketplace.payouts.models import Earning, Payout, PayoutBatch


class _BatchColumns(Console):
    list_display: Sequence[str] = (
        "reference",
        "status_label",
        "payouts_count",
        "total",
        "created_by",
        "decided_by",
        "prepared",
    )
    list_select_related = ("created_by", "decided_by")
    search_by = {"reference__startswith": upper}
    status_label = state_column()

    @display(description=_("Payouts"))
    def payouts_count(self, batch: Any) -> Any:
        return batch.payouts_counted

    @display(description=_("Total"))
    def total(self, batch: Any) -> Any:
        return money(batch.total_minor)

    @display(description=_("Prepared"), ordering="-pk")
    def prepared(self, batch: PayoutBatch) -> Any:
        return moment(batch.created_at)


def with_totals(batches: QuerySet[Any]) -> QuerySet[Any]:
    return batches.annotate(
        payouts_counted=Count("payouts"), total_minor=Sum("payouts__amount_minor", default=0)
    )


@admin.register(PayoutBatch)
class PayoutBatchAdmin(_BatchColumns):
    """Prepared by one person, approved by another."""

    aggregate = "batch"
    chips = "status"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_totals(super().get_queryset(request))

    def page(self, request: HttpRequest, batch: Any) -> Page:
        payouts = list(batch.payouts.select_related("seller").order_by("-amount_minor")[:ROWS_MAX])
        return Page(
            figures=[
                (_("Total"), money(batch.total_minor)),
                (_("Payouts"), batch.payouts_counted),
                (_("Prepared by"), batch.created_by),
                (_("Decided by"), batch.decided_by or "–"),
            ],
            main=[
                payouts_table(_("Payouts"), payouts),
                Facts(
                    _("Batch"),
                    [
                        (_("Prepared"), moment(batch.created_at)),
                        (_("Decided"), moment(batch.decided_at)),
                        (_("Completed"), moment(batch.completed_at)),
                        (_("Reason"), batch.decision_reason),
                    ],
                ),
            ],
            subjects=[("batch", [batch.pk]), ("payout", [one.pk for one in payouts])],
        )


@admin.register(BatchQueue)
class BatchQueueAdmin(Queue, _BatchColumns):
    """Oldest first."""

    of = PayoutBatch
    intro = _("Batches that somebody else than their author must approve or reject.")
    ordering = ("pk",)

    def waiting(self) -> QuerySet[Any]:
        return with_totals(waiting.batches())


@admin.register(Payout)
class PayoutAdmin(Console):
    aggregate = "payout"
    chips = "status"
    list_display = (
        "reference",
        "batch",
        "seller",
        "amount",
        "provider",
        "status_label",
        "receipt",
        "created",
    )
    list_select_related = ("batch", "seller")
    search_by = {
        "reference__startswith": upper,
        "receipt": upper,
        "seller__reference__startswith": upper,
    }
    search_hint = _("Reference of the payout or seller, or provider receipt")
    status_label = state_column()
    amount = money_column("amount_minor", _("Amount"))

    @display(description=_("Created"), ordering="-pk")
    def created(self, payout: Payout) -> Any:
        return moment(payout.created_at)

    def page(self, request: HttpRequest, payout: Payout) -> Page:
        lines = payout.lines.order_by("pk")[:ROWS_MAX]
        return Page(
            figures=[
                (_("Amount"), money(payout.amount_minor, payout.currency)),
                (_("Seller"), link(payout.seller)),
                (_("Batch"), link(payout.batch)),
                (_("Receipt"), payout.receipt or "–"),
            ],
            notices=[("danger", payout.provider_message)] if payout.status == "failed" else [],
            main=[
                Table(
                    _("What it pays"),
                    [_("Seller order"), (_("Amount"), "number")],
                    [
                        (reference_link(one.seller_order_reference), money(one.amount_minor))
                        for one in lines
                    ],
                ),
                Facts(
                    _("Disbursement"),
                    [
                        (_("Provider"), payout.provider),
                        (_("Payout number"), masked(payout.msisdn)),
                        (_("Name on the wallet"), payout.wallet_name),
                        (_("Conversation"), payout.conversation_id),
                        (_("Provider code"), payout.provider_code),
                        (_("Provider message"), payout.provider_message),
                        (_("Sent"), moment(payout.sent_at)),
                        (_("Settled"), moment(payout.settled_at)),
                        (_("Enquiries"), payout.enquiries),
                    ],
                ),
            ],
        )


@admin.register(Earning)
class EarningAdmin(Console):
    """Each seller order's way to its seller's wallet."""

    aggregate = "earning"
    chips = "status"
    list_display = (
        "seller_order",
        "seller",
        "net",
        "status_label",
        "hold_reason",
        "available_from",
        "payout",
    )
    list_select_related = ("seller_order", "seller", "payout")
    search_by = {
        "seller_order__reference__startswith": upper,
        "seller__reference__startswith": upper,
    }
    search_hint = _("Reference of the seller order or seller")
    status_label = state_column()
    net = money_column("net_minor", _("Net"))

    @display(description=_("Available from"), ordering="release_at")
    def available_from(self, earning: Earning) -> Any:
        return moment(earning.release_at)

    def page(self, request: HttpRequest, earning: Earning) -> Page:
        return Page(
            status=state(earning),
            figures=[
                (_("Net"), money(earning.net_minor)),
                (_("Seller order"), link(earning.seller_order)),
                (_("Seller"), link(earning.seller)),
            ],
            notices=[("warning", earning.hold_reason)] if earning.hold_reason else [],
            main=[
                Facts(
                    _("Earning"),
                    [
                        (_("Earned"), moment(earning.earned_at)),
                        (_("Available from"), moment(earning.release_at)),
                        (_("Released"), moment(earning.released_at)),
                        (_("Payout"), link(earning.payout)),
                    ],
                )
            ],
        )


def payouts_table(title: Any, payouts: list[Payout]) -> Table:
    return Table(
        title,
        [_("Payout"), _("Seller"), _("Wallet"), _("State"), _("Receipt"), (_("Amount"), "number")],
        [
            (
                link(one),
                link(one.seller),
                f"{one.provider} {masked(one.msisdn)} · {one.wallet_name}",
                state(one),
                one.receipt,
                money(one.amount_minor, one.currency),
            )
            for one in payouts
        ],
    )
