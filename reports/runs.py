"""Orders for reports: taken, made in the background, handed out with a trace, and forgotten."""

import tempfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.core.files import File
from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from marketplace.accounts.queries import contact_of, get_user
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.errors import DomainError
from marketplace.shared.heartbeat import heartbeat
from marketplace.shared.outbox import is_given_up, record
from marketplace.shared.states import IllegalTransition, move
from reports.base import Format, Report, Values, plain
from reports.errors import (
    FormatUnknown,
    ReportForbidden,
    ReportNotReady,
    RunNotFound,
    TooManyRuns,
)
from reports.events import ReportDownloaded, ReportFinished, ReportRequested
from reports.exporter import Made, Ordered, digest, export
from reports.models import RUN_TRANSITIONS, ReportRun, ReportSchedule, RunStatus
from reports.registry import REPORTS, get_report

ORDER_PERMISSION = "backoffice.order_reports"
RUNS_IN_FLIGHT_MAX = 5
# A maker that has not been heard of for this long is dead, and another may take its place. Its
# heart beats three times as often, whatever the report is busy with.
SILENCE_S = 90
RUNS_PER_SWEEP = 500
FAILURE_CHARACTERS_MAX = 500
SWEEPER = Actor.system("reports")


class Permitted(Protocol):
    """What we need of a user."""

    def has_perm(self, perm: str) -> bool: ...


class BeingMade(Exception):
    """Another worker makes this report; the delivery comes again and finds it made, or makes it."""


class Gone(Exception):
    """The run is no longer ours to make."""


def reports_for(user_id: UUID) -> list[Report]:
    """The reports that a member of staff may order, in the order of the registry."""
    user = get_user(user_id=user_id)
    return [report for report in REPORTS.values() if may_see(user, report)]


@transaction.atomic
def request_report(
    *, report: str, parameters: Mapping[str, Any], format: str, actor: Actor
) -> ReportRun:
    """Order a report; a worker makes it. Parameters come as text, as forms and JSON give them.

    Raises ReportUnknown, ReportForbidden, FormatUnknown, ParameterInvalid (naming the field) and
    TooManyRuns.
    """
    chosen = get_report(report)
    person = check_permission(chosen, actor)
    if format not in chosen.formats:
        raise FormatUnknown(known=", ".join(Format(one).label for one in chosen.formats))
    values = chosen.parse(parameters)
    in_flight = ReportRun.objects.filter(
        requested_by_id=person, schedule=None, status__in=[RunStatus.QUEUED, RunStatus.RUNNING]
    )
    if in_flight.count() >= RUNS_IN_FLIGHT_MAX:
        raise TooManyRuns(runs=RUNS_IN_FLIGHT_MAX)
    return order(chosen, values, format, person=person, actor=actor)


def order(
    report: Report,
    values: Values,
    format: str,
    *,
    person: UUID,
    actor: Actor,
    schedule: ReportSchedule | None = None,
    due_at: datetime | None = None,
) -> ReportRun:
    """Write the order down, for a worker to make; in the caller's transaction."""
    run = ReportRun.objects.create(
        report=report.code,
        parameters=plain(values),
        format=format,
        requested_by_id=person,
        requested_at=clock.now(),
        schedule=schedule,
        due_at=due_at,
    )
    record(
        ReportRequested(run_id=run.pk),
        actor=actor,
        after={"report": run.report, "format": format, "parameters": run.parameters},
    )
    return run


@transaction.atomic
def retry_report(*, run_id: UUID, actor: Actor) -> ReportRun:
    """Order a failed report again. Raises RunNotFound, ReportForbidden, IllegalTransition."""
    run = _locked(run_id)
    _check_run(run, actor)
    move(
        run,
        RunStatus.QUEUED,
        RUN_TRANSITIONS,
        actor=actor,
        failure="",
        rows_done=0,
        finished_at=None,
    )
    record(ReportRequested(run_id=run.pk), actor=actor, before={"status": RunStatus.FAILED})
    return run


@transaction.atomic
def download_url(*, run_id: UUID, actor: Actor) -> str:
    """A link to the file that works for a short while; taking it leaves a trace.

    Whoever may order the report may take it. Raises RunNotFound, ReportForbidden, ReportNotReady.
    """
    run = _locked(run_id)
    _check_run(run, actor)
    if run.status != RunStatus.READY:
        raise ReportNotReady(status=run.get_status_display())
    record(ReportDownloaded(run_id=run.pk), actor=actor)
    return str(run.file.url)


def make_report(*, run_id: UUID, actor: Actor) -> None:
    """Make the file; outside any transaction, so that its progress shows and no lock is held.

    Safe to repeat: a finished run is left alone; one whose maker died is made from the start. A
    failure of the report itself is kept with the run; a lost database is raised, to come again.
    """
    lock = f"report-being-made:{run_id}"
    if not cache.add(lock, "1", timeout=SILENCE_S):
        raise BeingMade
    try:
        with heartbeat(
            lambda: cache.touch(lock, SILENCE_S), every=timedelta(seconds=SILENCE_S / 3)
        ):
            run = _begin(run_id, actor)
            if run is not None:
                _make(run, actor)
    except Gone:
        return
    finally:
        cache.delete(lock)


def progress_of(run: ReportRun) -> tuple[int, int]:
    """Rows written so far, and how many there will be (0 where nobody counted)."""
    if run.status == RunStatus.RUNNING:
        done, total = cache.get(_progress_key(run.pk)) or (0, 0)
        return int(done), int(total)
    return run.rows_done, run.rows_total


def expire_due() -> str:
    """The sweep: files past their time are deleted; the run stays as a trace. Safe to run twice."""
    due = ReportRun.objects.filter(status=RunStatus.READY, expires_at__lte=clock.now())
    expired = 0
    for run in due.order_by("expires_at")[:RUNS_PER_SWEEP]:
        name = run.file.name
        try:
            move(run, RunStatus.EXPIRED, RUN_TRANSITIONS, actor=SWEEPER, file="")
        except IllegalTransition:
            continue  # Another sweep was faster.
        if name:
            run.file.storage.delete(name)
        expired += 1
    return f"{expired} reports expired"


def fail_abandoned() -> str:
    """The sweep: an order that every worker died of is a failure that its reader sees. Repeatable."""
    waiting = ReportRun.objects.filter(status__in=[RunStatus.QUEUED, RunStatus.RUNNING])
    failed = 0
    for run in waiting.order_by("pk")[:RUNS_PER_SWEEP]:
        if not is_given_up(ReportRequested, aggregate_id=str(run.pk)):
            continue  # On its way, being made, or ordered once more.
        with override(contact_of(user_id=run.requested_by_id).language), suppress(Gone):
            _fail(run, _("The report could not be made: its workers were stopped."), SWEEPER)
            failed += 1
    return f"{failed} reports given up"


def may_see(user: Permitted, report: Report) -> bool:
    """Whether this person may order the report, and take it when it is made."""
    return user.has_perm(ORDER_PERMISSION) and user.has_perm(report.permission)


def check_permission(report: Report, actor: Actor) -> UUID:
    """The person, who may order this report and see what is in it. Raises ReportForbidden."""
    if actor.user_id is None:
        raise ReportForbidden
    user = get_user(user_id=actor.user_id)
    if not may_see(user, report):
        raise ReportForbidden
    return user.pk


def _check_run(run: ReportRun, actor: Actor) -> None:
    """Raises ReportForbidden for who may not order such a report, or take what another sees."""
    report = get_report(run.report)
    person = check_permission(report, actor)
    if report.for_person is not None and run.requested_by_id != person:
        raise ReportForbidden


def _locked(run_id: UUID) -> ReportRun:
    run = ReportRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise RunNotFound
    return run


@transaction.atomic
def _begin(run_id: UUID, actor: Actor) -> ReportRun | None:
    """The run, now running; None where there is nothing to make."""
    run = _locked(run_id)
    if run.status not in {RunStatus.QUEUED, RunStatus.RUNNING}:
        return None
    move(run, RunStatus.RUNNING, RUN_TRANSITIONS, actor=actor, rows_done=0)
    return run


def _make(run: ReportRun, actor: Actor) -> None:
    """Write the file and keep it. The rows are read in one transaction, which shows one moment, so
    that how far it is stands in the cache until it is done."""
    report = get_report(run.report)
    total = 0

    def progress(rows: int) -> None:
        cache.set(_progress_key(run.pk), (rows, total), timeout=SILENCE_S)

    contact = contact_of(user_id=run.requested_by_id)
    ordered = Ordered(run.reference, contact.name or contact.email, run.requested_at)
    with (
        tempfile.TemporaryDirectory(prefix="report-") as folder,
        override(contact.language),
    ):
        path = Path(folder) / f"{run.report}.{run.format}"
        try:
            values = report.parse(run.parameters)
            if report.for_person is not None:
                report = report.for_person(values, run.requested_by_id)
            if report.count is not None:
                total = report.count(values)
            made = export(report, values, run.format, path, progress=progress, ordered=ordered)
            _finish(run, path, made, actor)
        except (Gone, OperationalError, InterfaceError, OSError):
            raise
        except DomainError as refusal:
            _fail(run, str(refusal), actor)
        except Exception as error:  # Whatever a report runs into, its reader must hear of it.
            _fail(run, f"{type(error).__name__}: {error}", actor)


def _progress_key(run_id: UUID) -> str:
    return f"report-progress:{run_id}"


def _finish(run: ReportRun, path: Path, made: Made, actor: Actor) -> None:
    """Keep the file, then say that it is there; a file that nobody names is deleted again."""
    storage = run.file.storage
    wanted = f"{run.report}-{run.reference}.{run.format}"
    with path.open("rb") as file:
        name = storage.save(run.file.field.generate_filename(run, wanted), File(file))
    now = clock.now()
    try:
        with transaction.atomic():
            move(
                run,
                RunStatus.READY,
                RUN_TRANSITIONS,
                actor=actor,
                file=name,
                sha256=digest(path),
                rows_sha256=made.checksum,
                rows_done=made.rows,
                rows_total=made.rows,
                failure="",
                finished_at=now,
                expires_at=now + timedelta(days=settings.REPORT_DAYS),
            )
            record(
                ReportFinished(run_id=run.pk, status=RunStatus.READY),
                actor=actor,
                after={"rows": made.rows, "sha256": run.sha256, "rows_sha256": made.checksum},
            )
    except IllegalTransition as error:
        storage.delete(name)
        raise Gone from error


@transaction.atomic
def _fail(run: ReportRun, failure: str, actor: Actor) -> None:
    try:
        move(
            run,
            RunStatus.FAILED,
            RUN_TRANSITIONS,
            actor=actor,
            failure=failure[:FAILURE_CHARACTERS_MAX],
            finished_at=clock.now(),
        )
    except IllegalTransition as error:
        raise Gone from error
    record(
        ReportFinished(run_id=run.pk, status=RunStatus.FAILED),
        actor=actor,
        after={"failure": failure[:FAILURE_CHARACTERS_MAX]},
    )
