"""Disputes: the queue, and the page on which one is settled."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice import waiting
from backoffice.admin.base import Console, Queue
from backoffice.models import DisputeQueue
from backoffice.pages.display import moment, money_column, state_column
from backoffice.pages.search import upper
from marketplace.disputes.models import Dispute


class _DisputeColumns(Console):
    list_display: Sequence[str] = (
        "reference", "seller_order", "buyer", "seller", "reason_shown", "claimed",
        "status_label", "assignee", "due",
    )  # fmt: skip
    list_select_related = ("seller_order", "buyer", "seller", "assignee")
    search_by = {"reference__startswith": upper, "seller_order__reference__startswith": upper}
    search_hint = _("Reference of the dispute or seller order")
    status_label = state_column()
    claimed = money_column("claimed_minor", _("Claimed"))

    @display(description=_("Reason"), ordering="reason")
    def reason_shown(self, dispute: Dispute) -> Any:
        return dispute.get_reason_display()

    @display(description=_("Due"), ordering="due_at")
    def due(self, dispute: Dispute) -> Any:
        return moment(dispute.due_at)


@admin.register(Dispute)
class DisputeAdmin(_DisputeColumns):
    aggregate = "dispute"
    chips = "status"


@admin.register(DisputeQueue)
class DisputeQueueAdmin(Queue, _DisputeColumns):
    """The one due first on top."""

    of = Dispute
    intro = _("Open disputes, the one due first on top.")
    ordering = ("due_at",)

    def waiting(self) -> QuerySet[Any]:
        return waiting.disputes()
