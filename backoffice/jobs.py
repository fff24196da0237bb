"""The page of background work: what waits, runs, is scheduled, failed and was done lately."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import redis
from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice import waiting
from backoffice.admin.base import buttons
from backoffice.admin.jobs import DUTY, pulse_chip, schedule_link, what_came_of
from backoffice.job_names import deliveries_by_id, named_deliveries
from backoffice.pages.blocks import Page, Table
from backoffice.pages.display import chip, late, link, moment, span, two_lines
from backoffice.pages.site_page import ConsolePage
from backoffice.sayings import said_again
from backoffice.sweep_names import sweep_said, sweep_title
from backoffice.timeline import title_of
from marketplace.shared import clock
from marketplace.shared.heartbeats import Pulse, pulses
from marketplace.shared.models import Delivery, DeliveryStatus, Heartbeat
from tasks import at_work, jobs
from tasks.at_work import DELIVERIES, Ended, Hour, Worker
from tasks.outbox import DELIVER
from tasks.queued import Backlog, backlog

# Counted no further: what is more is a jam, and its depth is told by Valkey.
COUNTED_MAX = 1_000
ROWS = 50
RESULT_MAX = 60
JAM_AFTER = timedelta(minutes=2)


class Jobs(ConsolePage):
    """Reads the queues without taking anything out of them, and says so where Valkey is away."""

    title = gettext_lazy("Background jobs")
    permission_required = ("backoffice.see_system",)

    def blocks(self, request: HttpRequest) -> Page:
        now = clock.now()
        beats = pulses(now=now)
        try:
            story = Story.read()
        except redis.RedisError:
            return Page(
                notices=[("danger", _("Valkey does not answer: what waits in it and who works is not known. "
                                      "Nothing is lost; work goes on when it is back."))],
                main=[_failing(now), _schedules(request, beats)],
            )  # fmt: skip
        return Page(
            refresh_s=10,
            figures=story.figures(),
            notices=story.notices(now) + _overdue(beats),
            main=[
                story.queues_table(now),
                story.running_table(now),
                _failing(now),
                _schedules(request, beats),
                story.waiting_table(),
                story.lately_table(),
            ],
            side=[],
        )


class Story:
    """All that Valkey tells, read once."""

    def __init__(
        self,
        backlogs: Sequence[Backlog],
        workers: Sequence[Worker],
        hours: dict[str, Hour],
        lately: Sequence[Ended],
    ) -> None:
        self.backlogs, self.workers, self.hours, self.lately = backlogs, workers, hours, lately
        hinted = (one.arguments for each in backlogs for one in each.first if _is_hint(one))
        working = (one.about for one in workers if one.job == DELIVERIES)
        ended = (one.about for one in lately[:ROWS] if one.job == DELIVERIES)
        about = (ids for source in (hinted, working, ended) for ids in source)
        self.deliveries = deliveries_by_id(one for ids in about for one in ids)

    @classmethod
    def read(cls) -> "Story":
        """Raises RedisError."""
        found = [backlog(queue) for queue in at_work.queues()]
        return cls(found, at_work.workers(), at_work.last_hour(), at_work.lately())

    def figures(self) -> list[tuple[Any, Any]]:
        done = sum(hour.done for hour in self.hours.values())
        failed = sum(hour.failed for hour in self.hours.values())
        counts = waiting.counts()
        return [
            (_("Waiting in the queues"), sum(one.depth for one in self.backlogs)),
            (_("Running now"), sum(1 for one in self.workers if one.job)),
            (_("Done in the last hour"), f"{done:,}"),
            (_("Failed in the last hour"), f"{failed:,}"),
            (_("Failed jobs"), _counted("backoffice_failedjob", counts["failed_jobs"])),
            (_("Dead letters"), _counted("backoffice_deadletter", counts["dead_letters"])),
        ]

    def notices(self, now: datetime) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        for one in self.backlogs:
            alive = [w for w in self.workers if w.queue == one.queue and not w.is_silent(now)]
            if not alive:
                said = _(
                    "No worker of the queue %(queue)s gives a sign of life: what waits there stays."
                )
                found.append(("danger", said % {"queue": one.queue}))
            if one.oldest_at and now - one.oldest_at > JAM_AFTER:
                said = _("The oldest job of the queue %(queue)s waits for %(time)s.")
                since = timesince(one.oldest_at, now)
                found.append(("warning", said % {"queue": one.queue, "time": since}))
        silent = [one.name for one in self.workers if one.is_silent(now)]
        if silent:
            said = ngettext(
                "A worker died or hangs in the middle of a job: %(names)s.",
                "Workers died or hang in the middle of a job: %(names)s.",
                len(silent),
            ) % {"names": ", ".join(silent)}
            later = _("What it did is undone, and done again by another within three minutes.")
            found.append(("danger", f"{said} {later}"))
        return found

    def queues_table(self, now: datetime) -> Table:
        due = _due_by_queue(now)
        rows = []
        for one in self.backlogs:
            mine = [worker for worker in self.workers if worker.queue == one.queue]
            alive = [worker for worker in mine if not worker.is_silent(now)]
            count, oldest = due.get(one.queue, (0, None))
            hour = self.hours[one.queue]
            rows.append(
                (
                    one.queue,
                    len(alive) or late(_("none")),
                    f"{one.depth:,}",
                    _age(one.oldest_at, now),
                    f"{count:,}{'+' if count >= COUNTED_MAX else ''}",
                    _age(oldest, now),
                    f"{hour.done:,}",
                    f"{hour.failed:,}",
                    "" if hour.average_ms is None else f"{hour.average_ms:,}",
                )
            )
        return Table(
            _("Queues"),
            [_("Queue"), (_("Workers"), "number"), (_("Waiting"), "number"),
             (_("Oldest waits"), "number"), (_("Deliveries due"), "number"),
             (_("Oldest due"), "number"), (_("Done, last hour"), "number"),
             (_("Failed, last hour"), "number"), (_("Average (ms)"), "number")],
            rows,
            note=_("A queue carries hints; what has to be done stands in the database. A hint that is"
                   " lost is given again within a minute."),
        )  # fmt: skip

    def running_table(self, now: datetime) -> Table:
        return Table(
            _("Running now"),
            [_("Job"), _("State"), _("Queue"), _("Worker"), (_("Busy for"), "number"), _("Since"),
             _("Last sign of life")],
            [
                (
                    self._named(one.job, one.about),
                    chip("failed", _("No sign of life")) if one.is_silent(now)
                    else chip("running", _("Running")),
                    one.queue,
                    one.name,
                    _age(one.since, now),
                    moment(one.since),
                    moment(one.beat_at),
                )
                for one in self.workers
                if one.job
            ],
            empty=_("No worker is busy at this moment."),
        )  # fmt: skip

    def waiting_table(self) -> Table:
        """The heads of the queues, without taking anything out."""
        rows = [
            (
                self._named(DELIVERIES if _is_hint(one) else "sweep", one.arguments)
                if one.function
                else _("A message that was not signed by us"),
                each.queue,
                moment(one.queued_at),
            )
            for each in self.backlogs
            for one in each.first
        ]
        return Table(
            _("Waiting in the queues"),
            [_("Job"), _("Queue"), _("Queued")],
            rows,
            empty=_("Nothing waits."),
            note=_("The oldest of each queue.") if rows else "",
        )

    def lately_table(self) -> Table:
        return Table(
            _("Done lately"),
            [_("Job"), _("State"), _("Queue"), _("Began"), (_("Took (ms)"), "number"), _("Result")],
            [
                (
                    self._named(one.job, one.about),
                    chip("failed", _("Failed")) if one.is_failed else chip("done", _("Done")),
                    one.queue,
                    moment(one.began_at),
                    f"{one.took_ms:,}",
                    one.said if one.is_failed else _said(one),
                )
                for one in self.lately[:ROWS]
            ],
            empty=_("Nothing was done since the workers were started."),
            note=_("The last %(count)s jobs, as the workers told them.") % {"count": ROWS},
            is_said=True,
            is_folded=True,
        )

    def _named(self, job: str, about: Sequence[Any]) -> Any:
        if job == DELIVERIES:
            return named_deliveries(about, self.deliveries) or ", ".join(map(str, about))
        return schedule_link(str(about[0])) if about else job


def _said(one: Ended) -> str:
    if one.job == at_work.SWEEP and one.about:
        return sweep_said(str(one.about[0]), one.said)
    return said_again(one.said)


def _is_hint(one: Any) -> bool:
    return bool(one.function == DELIVER)


def _overdue(beats: list[Pulse]) -> list[tuple[str, Any]]:
    names = [sweep_title(beat.name) for beat in beats if beat.is_overdue]
    return [("danger", _("Overdue: %(names)s") % {"names": ", ".join(names)})] if names else []


def _due_by_queue(now: datetime) -> dict[str, tuple[int, datetime]]:
    """Deliveries that nobody works on and whose time has come; counted among the oldest only."""
    due = Delivery.objects.filter(status=DeliveryStatus.PENDING, next_attempt_at__lte=now)
    oldest: QuerySet[Any] = due.order_by("next_attempt_at")[:COUNTED_MAX]
    rows = (
        Delivery.objects.filter(pk__in=oldest.values("pk"))
        .values_list("queue")
        .annotate(count=Count("pk"), oldest=Min("next_attempt_at"))
        .order_by()
    )
    return {queue: (count, first) for queue, count, first in rows}


def _failing(now: datetime) -> Table:
    """What failed and is tried again by itself; what failed at every attempt is a dead letter."""
    rows = (
        Delivery.objects.filter(status=DeliveryStatus.PENDING)
        .exclude(last_error="")
        .select_related("event")
        .order_by("next_attempt_at")[:ROWS]
    )
    return Table(
        _("Failed and tried again by itself"),
        [_("Delivery"), (_("Attempts"), "number"), _("Next attempt"), _("What went wrong")],
        [
            (
                two_lines(link(one, one.handler), title_of(one.event.name)),
                one.attempts,
                moment(one.next_attempt_at),
                jobs.last_line(one.last_error),
            )
            for one in rows
        ],
        empty=_("Nothing."),
        actions=_way("backoffice_deadletter", _("Dead letters")),
        note=_("After eight attempts it is a dead letter."),
    )


def _schedules(request: HttpRequest, beats: list[Pulse]) -> Table:
    next_runs = jobs.next_runs()
    may_run = request.user.has_perm(f"backoffice.{DUTY}")
    return Table(
        _("Schedules"),
        [_("Schedule"), _("State"), *([""] if may_run else []), (_("Every"), "number"),
         _("Last success"), _("Next run"), _("Result")],
        [
            (
                schedule_link(beat.name),
                pulse_chip(beat),
                *([buttons(request, Heartbeat(name=beat.name), only=("run",))] if may_run else []),
                span(beat.interval_s),
                moment(beat.last_succeeded_at),
                moment(next_runs.get(beat.name)),
                what_came_of(beat)[:RESULT_MAX],
            )
            for beat in beats
        ],
        empty=_("No sweep is scheduled: run sync_schedules."),
        is_said=True,
    )  # fmt: skip


def _age(instant: datetime | None, now: datetime) -> str:
    """In the largest unit that says enough: 3 s, 12 min, 5 h."""
    if instant is None:
        return ""
    return span(max(0, int((now - instant).total_seconds())))


def _counted(queue: str, count: int) -> Any:
    return format_html(
        '<a class="zt-link" href="{}">{}</a>', reverse(f"admin:{queue}_changelist"), count
    )


def _way(queue: str, label: Any) -> Any:
    return format_html(
        '<a class="zt-link" href="{}">{}</a>', reverse(f"admin:{queue}_changelist"), label
    )
