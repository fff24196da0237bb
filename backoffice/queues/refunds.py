"""Refunds above the threshold that a second person must approve. Emptied by finance."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from backoffice import waiting
from backoffice.admin.refunds import APPROVE, RefundColumns
from backoffice.models import RefundQueue
from backoffice.pages.display import money
from backoffice.work.shape import WorkQueue
from backoffice.work.together import against, together
from marketplace.casework.states import QueueName
from marketplace.payments.commands import approve_refund, reject_refund
from marketplace.payments.models import Refund

SHOWN = (
    (_("Reason"), lambda refund: refund.get_reason_display()),
    (_("Requested by"), lambda refund: refund.requested_by or _("system")),
    ((_("Amount"), "number"), lambda refund: money(refund.amount_minor, refund.currency)),
)


def _approve(refund: Any, asked: Any) -> None:
    approve_refund(refund_id=refund.pk, actor=asked.actor)


def _reject(refund: Any, asked: Any) -> None:
    reject_refund(refund_id=refund.pk, reason=asked.data["reason"], actor=asked.actor)


@admin.register(RefundQueue)
class RefundQueueAdmin(WorkQueue, RefundColumns):
    kind, of, duty = "refund", Refund, APPROVE
    since, time = "created_at", QueueName.REFUNDS
    intro = _("Refunds that somebody else than who asked for them must approve or reject.")
    list_display = ("reference", "attempt", "reason_shown", "amount", "requested_by")
    bulk = (
        together("approve", _("Approve"), APPROVE, _approve, *SHOWN, icon="check", key="a",
                 total="amount_minor", needs_proof=True, trial={},
                 effect=ngettext_lazy(
                     "%(count)s refund is booked now, and sent to the wallet that paid.",
                     "%(count)s refunds are booked now, and sent to the wallets that paid.",
                     "count")),
        against("reject", _("Reject"), APPROVE, _reject, *SHOWN, total="amount_minor",
                effect=ngettext_lazy("%(count)s refund is rejected: no money leaves.",
                                     "%(count)s refunds are rejected: no money leaves.", "count")),
    )  # fmt: skip

    def waiting(self) -> QuerySet[Any]:
        return waiting.refunds()
