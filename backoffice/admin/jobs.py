"""Background jobs that failed, with their tracebacks, and the schedules that start sweeps."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_q.models import Task
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.job_names import deliveries_of, job_name
from backoffice.pages.blocks import Facts, Page, Preformatted, Table
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import chip, link, moment, span, state, two_lines
from backoffice.pages.forms import ReasonForm
from backoffice.pages.search import same
from backoffice.sweep_names import sweep_said, sweep_title
from backoffice.timeline import title_of
from backoffice.work.case import CasePage
from backoffice.work.hands import hands
from marketplace.shared import clock, heartbeats
from marketplace.shared.masking import masked_text
from marketplace.shared.models import Heartbeat
from tasks import jobs
from tasks.errors import JobGone
from tasks.schedules import why

DUTY = "run_jobs"


def may_read_tracebacks(request: HttpRequest) -> bool:
    """A traceback tells how the house is built: it is for those who act on it."""
    return bool(request.user.has_perm(f"backoffice.{DUTY}"))


def retry(asked: Asked) -> None:
    jobs.retry_job(job_id=asked.object.pk, actor=asked.actor)


def give_up(asked: Asked) -> None:
    jobs.give_up_job(job_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


class JobColumns(Console):
    # What q2 keeps of a job is pickled, and an error may hold anything.
    is_exported = False
    list_display = ("job", "what_went_wrong", "failed_at")
    search_by = {"func__startswith": same, "group": same}
    search_hint = _("Name of a schedule, or beginning of the function's name")

    @display(description=_("Job"))
    def job(self, task: Task) -> Any:
        return job_name(task)

    @display(description=_("What went wrong"))
    def what_went_wrong(self, task: Task) -> Any:
        return jobs.last_line(task.result)

    @display(description=_("Failed"), ordering="stopped")
    def failed_at(self, task: Task) -> Any:
        return moment(task.stopped)


@admin.register(Task)
class JobAdmin(CasePage, JobColumns):
    """What django-q2 keeps: jobs that raised, ran out of time, or that no worker knew."""

    aggregate = "job"
    ordering = ("-stopped", "pk")
    intro = _(
        "Jobs that broke as a whole. A handler that fails is a delivery: it is tried again by itself."
    )
    decisions = (
        Decision(
            "retry",
            _("Run again"),
            DUTY,
            retry,
            done=_("The job is queued once more."),
            icon="refresh",
            variant="primary",
            key="a",
        ),
        Decision(
            "give_up",
            _("Give up"),
            DUTY,
            give_up,
            done=_("The job is given up."),
            form=ReasonForm,
            ask=_("It leaves the list. Say why, for whoever looks for it later."),
            icon="delete",
            variant="danger",
            key="r",
        ),
        *hands("job", DUTY),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        rows: QuerySet[Task] = super().get_queryset(request)
        return rows.filter(success=False)

    def decide_view(
        self, request: HttpRequest, object_id: str, decision_name: str
    ) -> HttpResponseBase:
        """A job that was decided has no page any more: the second press says so, gently."""
        if request.method == "POST" and self.get_object(request, object_id) is None:
            messages.warning(request, str(JobGone()))
            return HttpResponseRedirect(self.address())
        return super().decide_view(request, object_id, decision_name)

    def after(self, request: HttpRequest, thing: Any) -> str:
        """Never back to the page of a job that is gone."""
        where = super().after(request, thing)
        is_gone = not self.get_queryset(request).filter(pk=thing.pk).exists()
        return self.address() if is_gone and self.address(thing.pk) in where else where

    def _is_elsewhere(self, following: HttpResponseBase, thing: Any) -> bool:
        """What is gone has no page to link to."""
        return False

    def page(self, request: HttpRequest, task: Task) -> Page:
        error = str(task.result or "")
        main: list[Any] = [
            Facts(
                _("Job"),
                [
                    (_("Function"), task.func),
                    (_("Schedule"), task.group or ""),
                    (_("Name in the log of the workers"), task.name),
                    (_("Queued"), moment(task.started)),
                    (_("Failed"), moment(task.stopped)),
                    (_("What went wrong"), jobs.last_line(error)),
                ],
            )
        ]
        if found := deliveries_of([task]):
            main.append(_deliveries_table(found.values()))
        if may_read_tracebacks(request):
            main.append(Preformatted(_("Traceback"), masked_text(error)))
        return Page(title=job_name(task), status=chip("failed", _("Failed")), main=main)


def _deliveries_table(deliveries: Any) -> Table:
    return Table(
        _("Deliveries of this job"),
        [_("Handler"), _("Event"), _("Status"), (_("Attempts"), "number")],
        [
            (link(one, one.handler), title_of(one.event.name), state(one), one.attempts)
            for one in deliveries
        ],
        note=_("What is still pending is tried again by itself."),
    )


def run_now(asked: Asked) -> None:
    jobs.run_sweep_now(name=asked.object.pk, actor=asked.actor)


@admin.register(Heartbeat)
class ScheduleAdmin(Console):
    """Each schedule: when it ran, what came of it, when it strikes next."""

    aggregate = "sweep"
    ordering = ("name",)
    intro = _(
        "A schedule wakes a sweep, which finds its work in the database and is safe to repeat."
    )
    list_display = ("named", "pulse", "every", "last_success", "result")
    search_by = {"name__startswith": same}
    search_hint = _("Beginning of the schedule's name")
    decisions = (
        Decision(
            "run",
            _("Run now"),
            DUTY,
            run_now,
            done=_("It runs as soon as a worker is free."),
            icon="play_arrow",
            only_adds=True,
        ),
    )

    @display(description=_("Schedule"), ordering="name")
    def named(self, beat: Heartbeat) -> Any:
        return two_lines(sweep_title(beat.name), beat.name)

    @display(description=_("State"))
    def pulse(self, beat: Heartbeat) -> Any:
        return pulse_chip(heartbeats.pulse_of(beat, now=clock.now()))

    @display(description=_("Every"), ordering="interval_s")
    def every(self, beat: Heartbeat) -> Any:
        return span(beat.interval_s)

    @display(description=_("Last success"), ordering="last_succeeded_at")
    def last_success(self, beat: Heartbeat) -> Any:
        return moment(beat.last_succeeded_at)

    @display(description=_("Result"))
    def result(self, beat: Heartbeat) -> Any:
        return what_came_of(beat)

    def page(self, request: HttpRequest, beat: Heartbeat) -> Page:
        pulse = heartbeats.pulse_of(beat, now=clock.now())
        main: list[Any] = [
            Facts(
                _("Schedule"),
                [
                    (_("Name"), beat.name),
                    (_("Why"), why(beat.name)),
                    (_("Every"), span(beat.interval_s)),
                    (_("Next run"), moment(jobs.next_runs().get(beat.name))),
                    (_("Last started"), moment(beat.last_started_at)),
                    (_("Last success"), moment(beat.last_succeeded_at)),
                    (_("Result"), what_came_of(beat)),
                    (_("Last started by hand"), moment(beat.asked_at)),
                ],
            )
        ]
        if beat.last_error and may_read_tracebacks(request):
            main.append(Preformatted(_("Traceback"), masked_text(beat.last_error)))
        return Page(
            title=sweep_title(beat.name),
            status=pulse_chip(pulse),
            main=main,
            subjects=[("sweep", [beat.name])],
        )


def pulse_chip(pulse: heartbeats.Pulse) -> Any:
    if pulse.is_overdue:
        return chip("failed", _("Overdue"))
    if pulse.last_error:
        return chip("failed", _("Failed last"))
    return chip("done", _("On time"))


def what_came_of(beat: Heartbeat | heartbeats.Pulse) -> str:
    """Of its last run: what went wrong, or what it did."""
    return jobs.last_line(beat.last_error) or sweep_said(beat.name, beat.last_result)


def schedule_link(name: str) -> Any:
    """What it does, and under it its name."""
    way = format_html(
        '<a class="zt-link" href="{}">{}</a>',
        admin.site._registry[Heartbeat].address(name),  # type: ignore[attr-defined]
        sweep_title(name),
    )
    return two_lines(way, name)
