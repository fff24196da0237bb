"""Payout batches that wait for a second pair of eyes. Emptied by finance, one by one."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice import waiting
from backoffice.admin.payouts import BatchColumns, with_totals
from backoffice.models import BatchQueue
from backoffice.work.shape import WorkQueue
from marketplace.casework.states import QueueName
from marketplace.payouts.models import PayoutBatch


@admin.register(BatchQueue)
class BatchQueueAdmin(WorkQueue, BatchColumns):
    kind, of, duty = "batch", PayoutBatch, "approve_payouts"
    since, time = "created_at", QueueName.BATCHES
    intro = _("Batches that somebody else than their author must approve or reject.")
    list_display = ("reference", "payouts_count", "total", "created_by")

    def waiting(self) -> QuerySet[Any]:
        return waiting.batches()

    def listed(self, waiting: QuerySet[Any]) -> QuerySet[Any]:
        return with_totals(waiting)
