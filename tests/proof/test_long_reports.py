"""A report that takes longer than its worker's lease is made once; one whose worker dies is made again."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import Storage

from marketplace.shared import clock, outbox
from marketplace.shared.models import Delivery, DeliveryStatus, LoggedEvent
from marketplace.shared.outbox import due_deliveries
from marketplace.shared.storage import private_storage
from reports import registry, runs
from reports.models import ReportRun
from reports.runs import make_report, request_report
from tests.deliveries import deliver_all, failures
from tests.factories.accounts import SYSTEM
from tests.meeting import meet
from tests.patience import wait_until
from tests.processes import a_worker, in_processes, kill_9, unguarded_moves
from tests.reports.people import a_finance_actor

pytestmark = pytest.mark.django_db(transaction=True)
DAY = {"on": "2026-10-04"}
LEASE = timedelta(seconds=1.2)
LEASES = 3


@pytest.fixture(autouse=True)
def _short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "LEASE", LEASE)
    monkeypatch.setattr(runs, "SILENCE_S", 1)


def a_report_that(
    monkeypatch: pytest.MonkeyPatch, does: Callable[[], object], *, after: int = 5
) -> ReportRun:
    """Ordered: the trial balance with ten rows, which does this after some of them."""
    report = registry.get_report("trial_balance")

    def rows(_values: Any) -> Iterator[Sequence[Any]]:
        for number in range(10):
            if number == after:
                does()
            yield (f"account {number}", "asset", number, 0, number)

    slow = replace(report, rows=rows, selections=None, count=None, summary=None)
    monkeypatch.setitem(registry.REPORTS, report.code, slow)
    return request_report(report=report.code, parameters=DAY, format="csv", actor=a_finance_actor())


def the_delivery() -> Delivery:
    return Delivery.objects.get(event__name="reports.requested.v1")


def files(run: ReportRun) -> list[str]:
    """What the storage holds of this run, whatever the run says."""
    return [name for name in _names(private_storage(), "reports") if run.reference in name]


def _names(storage: Storage, folder: str) -> list[str]:
    folders, names = storage.listdir(folder) if storage.exists(folder) else ([], [])
    return [*names, *(name for each in folders for name in _names(storage, f"{folder}/{each}"))]


def due_as_leases_end(monkeypatch: pytest.MonkeyPatch, *, is_renewed: bool) -> list[bool]:
    """Whether a sweeper would give the report to a second worker at the end of each lease of the first one's.

    The report takes as long as its leases do: no clock decides, but when the next lease is seen.
    """
    enough = multiprocessing.Event()
    run = a_report_that(monkeypatch, enough.wait)
    was_due = []
    with a_worker(deliver_all):
        wait_until(lambda: the_delivery().attempts)
        for _lease in range(LEASES):
            ends_at = the_delivery().next_attempt_at
            if is_renewed:
                wait_until(lambda ends_at=ends_at: the_delivery().next_attempt_at > ends_at)
            due = [pk for pk, _queue in due_deliveries(now=ends_at, limit=9)]
            was_due.append(the_delivery().pk in due)
        enough.set()
        wait_until(lambda: ReportRun.objects.filter(pk=run.pk, status="ready").exists())
    return was_due


def test_a_report_that_takes_longer_than_its_lease_stays_with_its_worker(monkeypatch):
    assert due_as_leases_end(monkeypatch, is_renewed=True) == [False] * LEASES
    assert the_delivery().attempts == 1


def test_control_without_a_heartbeat_it_is_given_to_a_second_worker(monkeypatch):
    monkeypatch.setattr(outbox, "heartbeat", lambda *_args, **_options: nullcontext())

    assert due_as_leases_end(monkeypatch, is_renewed=False) == [True] * LEASES


def test_a_report_whose_worker_is_killed_is_made_from_the_start_into_one_file(monkeypatch):
    with monkeypatch.context() as patch:
        run = a_report_that(patch, signal.pause)
        with a_worker(deliver_all) as worker:
            wait_until(lambda: ReportRun.objects.filter(pk=run.pk, status="running").exists())
            kill_9(worker)
    assert (files(run), the_delivery().status) == ([], DeliveryStatus.PENDING)

    # Its heart beats no more: the lease and the lock end by themselves.
    wait_until(lambda: due_deliveries(now=clock.now(), limit=9))
    wait_until(lambda: not cache.get(f"report-being-made:{run.pk}"))
    deliver_all()

    run.refresh_from_db()
    assert failures() == []
    assert (run.status, the_delivery().attempts) == ("ready", 2)
    assert [name in run.file.name for name in files(run)] == [True]
    assert LoggedEvent.objects.filter(name="reports.finished.v1").count() == 1


def two_workers_make_it(monkeypatch: pytest.MonkeyPatch) -> ReportRun:
    """Both think that the other one is dead: the lock of the first was lost with Valkey."""
    monkeypatch.setattr(cache, "add", lambda *_args, **_options: True)
    run = a_report_that(monkeypatch, meet)
    make = partial(make_report, run_id=run.pk, actor=SYSTEM)
    in_processes(make, make)
    run.refresh_from_db()
    return run


def test_two_workers_that_both_make_it_leave_one_file_and_one_piece_of_news(monkeypatch):
    run = two_workers_make_it(monkeypatch)

    assert run.status == "ready"
    assert [name in run.file.name for name in files(run)] == [True]
    assert LoggedEvent.objects.filter(name="reports.finished.v1").count() == 1


def test_control_without_its_guarded_state_they_leave_two_of_each(monkeypatch):
    unguarded_moves(monkeypatch, runs)

    run = two_workers_make_it(monkeypatch)

    assert len(files(run)) == 2
    assert LoggedEvent.objects.filter(name="reports.finished.v1").count() == 2
