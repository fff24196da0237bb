"""kill -9 in the middle of a decision about many rows, and two workers on one: each row once, with its control."""

from functools import partial

import pytest

from marketplace.casework.commands import bulk
from marketplace.casework.models import BulkRun
from marketplace.casework.states import BulkStatus, RowOutcome
from marketplace.shared.actors import Actor
from marketplace.shared.rows import change
from tests.factories.bulk import approvals, approve, moderator, outcomes, started, waiting_listings
from tests.patience import wait_until
from tests.processes import a_worker, die, dwell, in_processes
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)


def _work(run: BulkRun, actor: Actor, *, dies_at: int = 0) -> None:
    """A worker's share; at its nth row the power fails, after the command and before the outcome."""
    written = []

    def write_outcome(*statement) -> int:
        written.append(statement)
        if len(written) == dies_at:
            die()
        return change(*statement)

    bulk.change = write_outcome if dies_at else change
    act = partial(approve, actor)
    bulk.work_on_bulk(
        run_id=run.pk, act=act, may=lambda: True, others_wait=lambda: False, actor=actor
    )


def _killed_at_the_third_row() -> tuple[BulkRun, Actor]:
    waiting_listings(5)
    actor = moderator()
    run = started(actor)
    with a_worker(partial(_work, run, actor, dies_at=3)) as worker:
        wait_until(lambda: not worker.is_alive())
    return run, actor


def test_killed_in_the_middle_each_row_is_decided_once_and_none_is_lost():
    run, actor = _killed_at_the_third_row()
    assert outcomes(run) == [RowOutcome.DONE] * 2 + [RowOutcome.WAITING] * 3
    assert approvals() == 2

    _work(run, actor)

    run.refresh_from_db()
    assert (run.status, run.done, run.refused) == (BulkStatus.FINISHED, 5, 0)
    assert approvals() == 5
    assert broken_invariants() == []


def test_control_without_the_common_transaction_the_killed_row_tells_a_lie(monkeypatch):
    """Its command's effect is there, and the outcome says that it was refused."""
    monkeypatch.setattr(bulk, "_decide_next", bulk._decide_next.__wrapped__)
    run, actor = _killed_at_the_third_row()
    assert approvals() == 3

    _work(run, actor)

    run.refresh_from_db()
    assert (run.done, run.refused) == (4, 1)


def test_two_workers_at_once_share_the_rows(monkeypatch):
    dwell(monkeypatch, bulk, "fetch")
    waiting_listings(6)
    actor = moderator()
    run = started(actor)

    in_processes(partial(_work, run, actor), partial(_work, run, actor))

    run.refresh_from_db()
    assert (run.status, run.done, run.refused) == (BulkStatus.FINISHED, 6, 0)
    assert approvals() == 6


def test_control_without_the_lock_two_workers_meet_on_a_row(monkeypatch):
    monkeypatch.setattr(bulk, "_NEXT", bulk._NEXT.replace("FOR UPDATE OF r SKIP LOCKED", ""))
    dwell(monkeypatch, bulk, "fetch")
    waiting_listings(6)
    actor = moderator()
    run = started(actor)

    in_processes(partial(_work, run, actor), partial(_work, run, actor))

    run.refresh_from_db()
    assert run.refused > 0
