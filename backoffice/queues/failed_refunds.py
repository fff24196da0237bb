"""Refunds that the provider refused, or says nothing of for a day. Emptied by finance."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from backoffice import waiting
from backoffice.admin.refunds import RETRY, RefundColumns
from backoffice.models import FailedRefund
from backoffice.pages.display import money
from backoffice.sayings import provider_said
from backoffice.work.shape import WorkQueue
from backoffice.work.together import together
from marketplace.casework.states import QueueName
from marketplace.payments.commands import retry_refund
from marketplace.payments.models import Refund

SHOWN = (
    (_("Provider message"), provider_said),
    ((_("Amount"), "number"), lambda refund: money(refund.amount_minor, refund.currency)),
)


def _retry(refund: Any, asked: Any) -> None:
    retry_refund(refund_id=refund.pk, actor=asked.actor)


@admin.register(FailedRefund)
class FailedRefundAdmin(WorkQueue, RefundColumns):
    kind, of, duty = "refund", Refund, RETRY
    since, time = "created_at", QueueName.FAILED_REFUNDS
    intro = _("The provider refused these, or has said nothing of them for a day.")
    list_display = ("reference", "attempt", "reason_shown", "amount", "status_label")
    bulk = (
        together("retry", _("Send again"), RETRY, _retry, *SHOWN, icon="refresh", key="a",
                 total="amount_minor", trial={},
                 effect=ngettext_lazy(
                     "%(count)s refund is sent to the provider again, under a new reference.",
                     "%(count)s refunds are sent to the provider again, under new references.",
                     "count")),
    )  # fmt: skip

    def waiting(self) -> QuerySet[Any]:
        return waiting.failed_refunds()
