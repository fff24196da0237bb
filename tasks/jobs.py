"""What a person may do about background work: start a sweep now, run a failed job again, give it up."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import transaction
from django_q.models import Failure, Schedule
from django_q.tasks import async_task

from marketplace.shared import clock, heartbeats
from marketplace.shared.actors import Actor
from marketplace.shared.masking import masked_text
from marketplace.shared.outbox import record
from tasks.at_work import forget_the_dead
from tasks.brokers import broker
from tasks.errors import JobGone, QueueAway, SweepAlreadyAsked, SweepUnknown
from tasks.events import JobGivenUp, JobRetried, SweepAsked
from tasks.outbox import DELIVER, hint_again

RUN_SWEEP = "tasks.schedules.run_sweep"
REASON_MAX = 300
FAILURES_KEPT = timedelta(days=30)
FORGOTTEN_MAX = 5_000


@transaction.atomic
def run_sweep_now(*, name: str, actor: Actor) -> None:
    """Queue a sweep before its schedule strikes.

    Raises SweepUnknown; SweepAlreadyAsked while an earlier press still waits for a worker; QueueAway.
    """
    if not heartbeats.ask(name=name):
        if not heartbeats.is_expected(name):
            raise SweepUnknown
        raise SweepAlreadyAsked
    record(SweepAsked(sweep_id=name), actor=actor)
    _queue(lambda: _enqueue(RUN_SWEEP, (name,), group=name))


@transaction.atomic
def retry_job(*, job_id: str, actor: Actor) -> None:
    """Queue a failed job once more; it leaves the list of failures. Raises JobGone and QueueAway.

    All our jobs are safe to run twice: what a first run has done, a second one finds done.
    """
    job = _taken(job_id)
    record(JobRetried(job_id=job_id, function=job.func, error=last_line(job.result)), actor=actor)
    if job.func == DELIVER:
        _queue(lambda: hint_again(job.args or ()))
    else:
        _queue(lambda: _enqueue(job.func, job.args or (), job.kwargs, job.group, job.cluster))
    job.delete()


@transaction.atomic
def give_up_job(*, job_id: str, reason: str, actor: Actor) -> None:
    """Take a failed job off the list for good, saying why. Raises JobGone."""
    job = _taken(job_id)
    why = " ".join(reason.split())[:REASON_MAX]
    error = last_line(job.result)
    record(JobGivenUp(job_id=job_id, function=job.func, error=error, reason=why), actor=actor)
    job.delete()


def settle_failures_of(sweep: str) -> None:
    """A sweep that works again has made good what it failed at before."""
    Failure.objects.filter(group=sweep, func=RUN_SWEEP).delete()


def forget_failures() -> str:
    """The sweep: failures that nobody looked at for a month, and workers that died long ago."""
    old = Failure.objects.filter(stopped__lt=clock.now() - FAILURES_KEPT).order_by("stopped")
    count, _by_model = Failure.objects.filter(pk__in=old.values("pk")[:FORGOTTEN_MAX]).delete()
    return f"{count} failures and {forget_the_dead()} workers forgotten"


def next_runs() -> dict[str, datetime | None]:
    """When each schedule strikes next, by its name."""
    return dict(Schedule.objects.values_list("name", "next_run"))


def last_line(error: Any) -> str:
    """What went wrong, in one line of what q2 keeps (`message : traceback`), without anybody's phone."""
    lines = str(error or "").strip().splitlines()
    return masked_text(lines[-1])[:REASON_MAX] if lines else ""


def _taken(job_id: str) -> Failure:
    """The failed job, locked: of two who decide about it, the second finds it gone."""
    job = Failure.objects.select_for_update().filter(pk=job_id).first()
    if job is None:
        raise JobGone
    return job


def _queue(enqueue: Callable[[], None]) -> None:
    """Last in its transaction: where the queue is away nothing is written, and the person hears it."""
    try:
        enqueue()
    except redis.RedisError as error:
        raise QueueAway from error


def _enqueue(
    function: str,
    arguments: Sequence[Any],
    keywords: dict[str, Any] | None = None,
    group: str | None = None,
    queue: str | None = None,
) -> None:
    options = {"broker": broker(queue or settings.Q_CLUSTER["name"]), "group": group}
    async_task(function, *arguments, q_options=options, **(keywords or {}))
