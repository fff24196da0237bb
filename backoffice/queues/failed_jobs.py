"""Background jobs that broke as a whole. Emptied by running them again or giving them up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django_q.models import Task

from backoffice import waiting
from backoffice.admin.jobs import DUTY, JobColumns
from backoffice.models import FailedJob
from backoffice.pages.display import moment
from backoffice.work.shape import WorkQueue
from backoffice.work.together import against, together
from tasks.jobs import give_up_job, last_line, retry_job

LATE_AFTER = timedelta(hours=4)
SHOWN = (
    (_("What went wrong"), lambda job: last_line(job.result)),
    (_("Failed"), lambda job: moment(job.stopped)),
)


def _retry(job: Any, asked: Any) -> None:
    retry_job(job_id=job.pk, actor=asked.actor)


def _give_up(job: Any, asked: Any) -> None:
    give_up_job(job_id=job.pk, reason=asked.data["reason"], actor=asked.actor)


@admin.register(FailedJob)
class FailedJobAdmin(WorkQueue, JobColumns):
    kind, of, duty = "job", Task, DUTY
    since = "stopped"
    intro = _(
        "Jobs that raised, ran out of time, or that no worker knew. A sweep that works again settles its"
        " own; deliveries that failed at every attempt stand among the dead letters."
    )
    list_display = ("job", "what_went_wrong", "failed_at")
    bulk = (
        together("retry", _("Run again"), DUTY, _retry, *SHOWN, icon="refresh", key="a",
                 effect=ngettext_lazy(
                     "%(count)s job runs again at once. What it had done already it does not do twice.",
                     "%(count)s jobs run again at once. What they had done already they do not do"
                     " twice.", "count")),
        against("give_up", _("Give up"), DUTY, _give_up, *SHOWN, icon="delete",
                effect=ngettext_lazy("%(count)s job leaves the list and does not run again.",
                                     "%(count)s jobs leave the list and do not run again.",
                                     "count")),
    )  # fmt: skip

    def due(self) -> Callable[[Any], datetime]:
        return lambda job: job.stopped + LATE_AFTER

    def late(self, now: datetime) -> Q:
        return Q(stopped__lt=now - LATE_AFTER)

    def waiting(self) -> QuerySet[Any]:
        return waiting.failed_jobs()
