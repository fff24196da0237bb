"""One decision about many rows, made in the background: chosen, looked at, started, made row by row.

What is done to a row is somebody else's command, handed in as `act`; this module knows no business.
A row's outcome commits in the same transaction as the command's effect, so that a worker may be
killed at any point: what was decided stays decided once, the rest is decided by the next worker.
"""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, Q

from marketplace.casework.errors import (
    BulkDutyLost,
    BulkEmpty,
    BulkNotFound,
    BulkNotYours,
    BulkTooLarge,
)
from marketplace.casework.events import (
    BulkCancelled,
    BulkChosen,
    BulkFinished,
    BulkStarted,
    BulkStepped,
)
from marketplace.casework.models import BulkRow, BulkRun
from marketplace.casework.policies import BULK_DRAFT_KEPT, BULK_ROWS_MAX
from marketplace.casework.states import BULK_TRANSITIONS, BulkStatus, RowOutcome
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.errors import DomainError
from marketplace.shared.outbox import record
from marketplace.shared.rows import Selection, change, fetch
from marketplace.shared.states import move

logger = logging.getLogger(__name__)

# A step of a long run is short, so that other work of its queue has its turn.
STEP_S = 40
LOOK_UP_EVERY_S = 1.0
REST_S = 0.5
SAID_MAX = 300
DROPPED_MAX = 50
# A run has up to 100,000; a sweep deletes so many in a second or so.
FORGOTTEN_ROWS_MAX = 20_000

CHOOSE = """
    INSERT INTO casework_bulkrow (run_id, thing_id, label, outcome, said)
    SELECT %s, q.id, left(q.name, 64), 'waiting', '' FROM ({rows}) AS q (id, name) LIMIT %s
    ON CONFLICT DO NOTHING
"""

type Act = Callable[[str], object]


# --- Choosing ---


@transaction.atomic
def choose_rows(
    *,
    action: str,
    rows: Selection,
    filters: str,
    sum_minor: int | None,
    actor: Actor,
) -> BulkRun:
    """Write down exactly these rows, in this order, for a decision that is not made yet.

    `rows` selects (id, name) as text. Raises BulkEmpty, and BulkTooLarge beyond `BULK_ROWS_MAX`.
    """
    run = BulkRun.objects.create(
        action=action,
        filters=filters[:500],
        total=0,
        sum_minor=sum_minor,
        requested_by_id=UUID(actor.id),
        requested_at=clock.now(),
    )
    with connection.cursor() as cursor:
        # Django wrote the statement inside; its values are passed beside it.
        cursor.execute(CHOOSE.format(rows=rows.sql), [run.pk, *rows.values, BULK_ROWS_MAX + 1])
        run.total = cursor.rowcount
    if not run.total:
        raise BulkEmpty
    if run.total > BULK_ROWS_MAX:
        raise BulkTooLarge(most=f"{BULK_ROWS_MAX:,}")
    run.save(update_fields=["total"])
    record(BulkChosen(bulk_id=run.pk, action=action, rows=run.total), actor=actor)
    return run


def try_rows(*, run_id: UUID, act: Act, most: int) -> None:
    """Decide some rows, evenly spread, and undo each at once: what a start would refuse, and why.

    The commands are the real ones; nothing of what they do outlives its row.
    """
    run = _found(run_id)
    every = max(1, run.total // most)
    first = run.rows.order_by("id").values_list("id", flat=True).first() or 0
    spread = run.rows.extra(where=["(id - %s) %% %s = 0"], params=[first, every])
    tried, refused = 0, []
    for row in spread.order_by("id")[:most]:
        with transaction.atomic():
            try:
                with transaction.atomic():
                    act(row.thing_id)
            except DomainError as refusal:
                refused.append([row.label, str(refusal)[:SAID_MAX]])
            transaction.set_rollback(True)
        tried += 1
    BulkRun.objects.filter(pk=run_id).update(trial={"tried": tried, "refused": refused})


# --- Deciding ---


@transaction.atomic
def start_bulk(*, run_id: UUID, answers: Mapping[str, Any], actor: Actor) -> BulkRun:
    """From now on workers decide its rows. Raises BulkNotFound, BulkNotYours, IllegalTransition."""
    run = _own(run_id, actor)
    move(
        run,
        BulkStatus.RUNNING,
        BULK_TRANSITIONS,
        actor=actor,
        answers=dict(answers),
        started_at=clock.now(),
    )
    record(
        BulkStarted(bulk_id=run.pk, action=run.action, rows=run.total),
        actor=actor,
        after={"answers": run.answers, "filters": run.filters},
    )
    return run


@transaction.atomic
def cancel_bulk(*, run_id: UUID, reason: str, actor: Actor) -> BulkRun:
    """Leave the rest undecided; what is decided stays so. Of a draft, nothing is decided.

    Raises BulkNotFound, BulkNotYours, IllegalTransition.
    """
    return _cancelled(_own(run_id, actor), reason, actor)


def drop_drafts() -> str:
    """The sweep: what was chosen a day ago and never started, is not started any more."""
    old = BulkRun.objects.filter(
        status=BulkStatus.DRAFT, requested_at__lt=clock.now() - BULK_DRAFT_KEPT
    )
    dropped = 0
    for pk in old.values_list("pk", flat=True)[:DROPPED_MAX]:
        with transaction.atomic():
            run = _locked(pk)
            if run.status == BulkStatus.DRAFT:
                _cancelled(run, "", Actor.system("casework"))
                dropped += 1
    return f"{dropped} dropped"


@transaction.atomic
def forget_bulk_runs() -> str:
    """The sweep: what was decided long ago (`BULK_KEPT_DAYS`) goes, its rows first, some at a time.

    The event log keeps who decided what, with which answers and how it ended. Safe to run twice.
    """
    before = clock.now() - timedelta(days=settings.BULK_KEPT_DAYS)
    over = list(
        BulkRun.objects.filter(finished_at__lt=before)
        .order_by("pk")
        .values_list("pk", flat=True)[:DROPPED_MAX]
    )
    some = BulkRow.objects.filter(run_id__in=over).values("pk")[:FORGOTTEN_ROWS_MAX]
    rows, _by_model = BulkRow.objects.filter(pk__in=some).delete()
    emptied = BulkRun.objects.filter(pk__in=over, rows=None)
    runs, _by_model = BulkRun.objects.filter(
        pk__in=list(emptied.values_list("pk", flat=True))
    ).delete()
    return f"{runs} forgotten, {rows} rows"


def mark_bulk_seen(*, run_id: UUID, user_id: UUID) -> bool:
    """Whoever asked has the outcome before their eyes; False where that is no news. Safe to run twice."""
    finished = BulkRun.objects.filter(
        pk=run_id, requested_by_id=user_id, status=BulkStatus.FINISHED, seen_at=None
    )
    return bool(finished.update(seen_at=clock.now()))


# --- A worker's part ---


def work_on_bulk(
    *,
    run_id: UUID,
    act: Act,
    may: Callable[[], bool],
    others_wait: Callable[[], bool],
    actor: Actor,
) -> None:
    """Decide row after row for `STEP_S`, then let the next step follow. Runs outside transactions.

    Safe to repeat and to run twice at once: a row is decided under its lock, once. `may` says
    whether who asked may still decide; once it says no, the rest is refused. What rows cause is
    work for others: while `others_wait` it rests, so that no payment stands behind thousands of them.
    """
    ends_at, looks_up_at, last_id = time.monotonic() + STEP_S, 0.0, 0
    while True:
        if time.monotonic() >= looks_up_at:
            if not may():
                _refuse_the_rest(run_id)
            _count(run_id)
            looks_up_at = time.monotonic() + LOOK_UP_EVERY_S
        if time.monotonic() >= ends_at:
            _step(run_id, actor)
            return
        if others_wait():
            time.sleep(REST_S)
            continue
        decided = _decide_next(run_id, last_id, act)
        if decided is None:
            break
        last_id = decided
    _finish(run_id, actor)


_NEXT = """
    SELECT r.id, r.thing_id FROM casework_bulkrow r JOIN casework_bulkrun b ON b.id = r.run_id
    WHERE r.run_id = %s AND r.id > %s AND r.outcome = 'waiting' AND b.status = 'running'
    ORDER BY r.id LIMIT 1 FOR UPDATE OF r SKIP LOCKED
"""


@transaction.atomic
def _decide_next(run_id: UUID, last_id: int, act: Act) -> int | None:
    """Decide the next waiting row; its id, or None where there is none."""
    found = fetch(_NEXT, run_id, last_id)
    if not found:
        return None
    row_id, thing_id = found[0]
    outcome, said = RowOutcome.DONE, ""
    try:
        with transaction.atomic():
            act(thing_id)
    except DomainError as refusal:
        outcome, said = RowOutcome.REFUSED, str(refusal)
    except (OperationalError, InterfaceError):
        raise  # The database went away, or two locks met: the whole step comes again.
    except Exception as error:
        # One row's fault must not keep the others waiting; it is told and logged.
        logger.exception("row %s of bulk decision %s failed", row_id, run_id)
        outcome, said = RowOutcome.FAILED, f"{type(error).__name__}: {error}"
    change(
        "UPDATE casework_bulkrow SET outcome = %s, said = %s, decided_at = %s WHERE id = %s",
        outcome.value,
        said[:SAID_MAX],
        clock.now(),
        row_id,
    )
    return int(row_id)


def _refuse_the_rest(run_id: UUID) -> None:
    run = _found(run_id)
    run.rows.filter(outcome=RowOutcome.WAITING).update(
        outcome=RowOutcome.REFUSED, said=str(BulkDutyLost())[:SAID_MAX], decided_at=clock.now()
    )


@transaction.atomic
def _step(run_id: UUID, actor: Actor) -> None:
    run = _locked(run_id)
    if run.status == BulkStatus.RUNNING:
        record(BulkStepped(bulk_id=run.pk, action=run.action), actor=actor)


@transaction.atomic
def _finish(run_id: UUID, actor: Actor) -> None:
    """Unless it was cancelled, or another worker still decides a row: that one finishes it."""
    run = _locked(run_id)
    if run.status != BulkStatus.RUNNING or run.rows.filter(outcome=RowOutcome.WAITING).exists():
        return
    sums: dict[str, Any] = _sums(run_id)
    move(
        run,
        BulkStatus.FINISHED,
        BULK_TRANSITIONS,
        actor=actor,
        finished_at=clock.now(),
        **sums,
    )
    record(BulkFinished(bulk_id=run.pk, action=run.action, **sums), actor=actor)


def _cancelled(run: BulkRun, reason: str, actor: Actor) -> BulkRun:
    now: datetime = clock.now()
    # First the status, then the rows: a worker that holds one finishes it, and takes no other.
    move(run, BulkStatus.CANCELLED, BULK_TRANSITIONS, actor=actor, finished_at=now)
    run.rows.filter(outcome=RowOutcome.WAITING).update(outcome=RowOutcome.SKIPPED)
    sums = _sums(run.pk)
    BulkRun.objects.filter(pk=run.pk).update(**sums)
    record(
        BulkCancelled(
            bulk_id=run.pk, action=run.action, done=sums["done"], reason=reason[:SAID_MAX]
        ),
        actor=actor,
    )
    return run


def _count(run_id: UUID) -> None:
    """For those who watch it."""
    BulkRun.objects.filter(pk=run_id).update(**_sums(run_id))


def _sums(run_id: UUID) -> dict[str, int]:
    kinds = (RowOutcome.DONE, RowOutcome.REFUSED, RowOutcome.FAILED)
    counts = {str(kind): Count("pk", filter=Q(outcome=kind)) for kind in kinds}
    return BulkRow.objects.filter(run_id=run_id).aggregate(**counts)


def _found(run_id: UUID) -> BulkRun:
    run = BulkRun.objects.filter(pk=run_id).first()
    if run is None:
        raise BulkNotFound
    return run


def _locked(run_id: UUID) -> BulkRun:
    run = BulkRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise BulkNotFound
    return run


def _own(run_id: UUID, actor: Actor) -> BulkRun:
    run = _locked(run_id)
    if run.requested_by_id != actor.user_id:
        raise BulkNotYours
    return run
