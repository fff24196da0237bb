"""Changes of payout terms and reserves: one person asked, another must agree. Emptied by finance."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice import waiting
from backoffice.admin.terms_requests import DUTY, TermsRequestColumns
from backoffice.models import TermsQueue
from backoffice.work.shape import WorkQueue
from marketplace.casework.states import QueueName
from marketplace.payouts.models import TermsRequest


@admin.register(TermsQueue)
class TermsQueueAdmin(WorkQueue, TermsRequestColumns):
    kind, of, duty = "terms_request", TermsRequest, DUTY
    since, time = "requested_at", QueueName.TERMS_REQUESTS
    intro = _(
        "How a seller is to be paid, or what a tier of risk is to leave in reserve, as somebody asked:"
        " another person agrees, or does not."
    )
    list_display = ("reference", "whose", "change", "requested_by")

    def waiting(self) -> QuerySet[Any]:
        return waiting.terms_requests()
