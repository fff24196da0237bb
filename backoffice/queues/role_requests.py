"""Roles that one administrator asked for and another must agree to. Emptied by administrators, one by one."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice import waiting
from backoffice.admin.role_requests import DUTY, RoleRequestColumns
from backoffice.models import RoleQueue
from backoffice.work.shape import WorkQueue
from marketplace.accounts.models import RoleRequest
from marketplace.casework.states import QueueName


@admin.register(RoleQueue)
class RoleQueueAdmin(WorkQueue, RoleRequestColumns):
    kind, of, duty = "role_request", RoleRequest, DUTY
    since, time = "requested_at", QueueName.ROLE_REQUESTS
    intro = _("Roles that somebody asked for: another administrator agrees, or does not.")
    list_display = ("reference", "subject", "added", "requested_by")

    def waiting(self) -> QuerySet[Any]:
        return waiting.role_requests()
