"""Changes of rules about money: one administrator asked, another must agree. Emptied by administrators."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice import waiting
from backoffice.admin.rule_requests import DUTY, RuleRequestColumns
from backoffice.models import RuleQueue
from backoffice.work.shape import WorkQueue
from marketplace.casework.states import QueueName
from marketplace.rules.models import RuleRequest


@admin.register(RuleQueue)
class RuleQueueAdmin(WorkQueue, RuleRequestColumns):
    kind, of, duty = "rule_request", RuleRequest, DUTY
    since, time = "requested_at", QueueName.RULE_REQUESTS
    intro = _(
        "Rules about money that somebody wants to change: another administrator agrees, or does not."
    )
    list_display = ("reference", "rule", "change", "requested_by")

    def waiting(self) -> QuerySet[Any]:
        return waiting.rule_requests()
