"""Applications that wait for a reviewer, or are with one. Emptied by operations."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from backoffice import waiting
from backoffice.admin.applications import DUTY, ApplicationColumns
from backoffice.models import ApplicationQueue
from backoffice.pages.display import moment
from backoffice.work.shape import WorkQueue
from backoffice.work.together import together
from marketplace.casework.states import QueueName
from marketplace.sellers.commands import claim_application
from marketplace.sellers.models import Application

SHOWN = (
    (_("Kind"), lambda application: application.get_kind_display()),
    (_("Region"), lambda application: application.region),
    (_("Waits since"), lambda application: moment(application.submitted_at)),
)


def _review(application: Any, asked: Any) -> None:
    claim_application(application_id=application.pk, actor=asked.actor)


@admin.register(ApplicationQueue)
class ApplicationQueueAdmin(WorkQueue, ApplicationColumns):
    """The reviewer has the case: only they decide it."""

    kind, of, duty = "application", Application, DUTY
    since, time, holder_field = "submitted_at", QueueName.APPLICATIONS, "reviewer"
    intro = _("Applications that wait for a reviewer or are with one, oldest first.")
    list_display = ("business_name", "reference", "kind", "region", "status_label")
    bulk = (
        together("claim", _("Review"), DUTY, _review, *SHOWN, icon="person_check", key="c", trial={},
                 effect=ngettext_lazy("%(count)s application is yours to decide.",
                                      "%(count)s applications are yours to decide.", "count")),
    )  # fmt: skip

    def waiting(self) -> QuerySet[Any]:
        return waiting.applications()
