"""Money that fits nothing, messages that nobody believes, payments in silence. Emptied by finance."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice import waiting
from backoffice.admin.payment_desk import DUTY, IssueColumns
from backoffice.models import IssueQueue
from backoffice.work.shape import WorkQueue
from marketplace.casework.states import QueueName
from marketplace.payments.models import PaymentIssue


@admin.register(IssueQueue)
class IssueQueueAdmin(WorkQueue, IssueColumns):
    """A proposal waits for a second person."""

    kind, of, duty = "issue", PaymentIssue, DUTY
    since, time = "opened_at", QueueName.PAYMENT_ISSUES
    intro = _("Money that fits nothing, messages that nobody believes, payments in silence.")
    list_display = (
        "reference", "kind_shown", "provider_shown", "expected", "arrived", "status_label",
    )  # fmt: skip

    def waiting(self) -> QuerySet[Any]:
        return waiting.payment_issues()
