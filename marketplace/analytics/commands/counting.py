"""Counting the event log, each event once.

The log is read by a cursor. A batch's figures and the cursor's step commit together, so that what is
killed halfway is counted again from where it was, and nothing twice. Whoever counts holds the
cursor's row: there is one writer, and no rollup is ever waited for.
"""

from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction

from marketplace.analytics.log import BEGINNING, SKEW, horizon, next_ids
from marketplace.analytics.measures import EDITION, MEASURES
from marketplace.analytics.models import BuyerMonth, Progress, Rollup
from marketplace.shared import clock

BATCH = 5_000
BATCHES_PER_SWEEP = 40

_COUNT = """
    WITH batch AS MATERIALIZED (
        SELECT id, name, aggregate_id, actor_kind, before, after, occurred_at
        FROM shared_loggedevent
        WHERE id > %(after)s AND id <= %(last)s
    ), facts (measure, dimension, at, key, count, total) AS ({facts})
    INSERT INTO analytics_rollup (day, measure, dimension, key, count, total)
    SELECT (at AT TIME ZONE 'Africa/Dar_es_Salaam')::date AS day, measure, dimension, key,
        sum(count), sum(total)
    FROM facts WHERE at IS NOT NULL GROUP BY 1, 2, 3, 4
    ON CONFLICT (measure, dimension, day, key) DO UPDATE SET
        count = analytics_rollup.count + EXCLUDED.count,
        total = analytics_rollup.total + EXCLUDED.total
"""
_BUYERS = """
    INSERT INTO analytics_buyermonth (buyer_id, month)
    SELECT DISTINCT o.buyer_id,
        date_trunc('month', o.paid_at AT TIME ZONE 'Africa/Dar_es_Salaam')::date
    FROM shared_loggedevent e JOIN orders_order o ON o.id = e.aggregate_id::uuid
    WHERE e.id > %(after)s AND e.id <= %(last)s AND e.name = 'orders.paid.v1' AND o.paid_at IS NOT NULL
    ON CONFLICT DO NOTHING
"""
_COUNTING = _COUNT.format(
    facts=" UNION ALL ".join(
        f"SELECT '{measure.name}', '{measure.dimension}', {measure.rows}" for measure in MEASURES
    )
)


def count_events(*, skew: timedelta = SKEW) -> int:
    """Count what was recorded since the last time, in batches; returns how many events.

    Begins anew where what is counted has changed with the program. A no-op while somebody else
    counts.
    """
    _begin()
    before = horizon(skew)
    counted = 0
    for _number in range(BATCHES_PER_SWEEP):
        with transaction.atomic():
            progress = Progress.objects.select_for_update(skip_locked=True).filter(pk=1).first()
            if progress and progress.counting != EDITION:
                _forget(progress)
            step = _count_batch(progress, before) if progress else 0
        counted += step
        if step < BATCH:
            break
    return counted


def recount_everything(*, skew: timedelta = SKEW) -> int:
    """Forget all figures and count the whole log again; readers see the old ones until it is done."""
    _begin()
    before = horizon(skew)
    with transaction.atomic():
        progress = Progress.objects.select_for_update().get(pk=1)
        _forget(progress)
        while _count_batch(progress, before) == BATCH:
            pass
        return progress.counted


def _begin() -> None:
    """The cursor's row, from the first time on."""
    beginning = Progress(pk=1, last_event_id=BEGINNING, counting=EDITION)
    Progress.objects.bulk_create([beginning], ignore_conflicts=True)


def _forget(progress: Progress) -> None:
    """No figures and the cursor at the beginning of the log, as of the next batch."""
    Rollup.objects.all().delete()
    BuyerMonth.objects.all().delete()
    progress.last_event_id, progress.counted, progress.counting = BEGINNING, 0, EDITION


def _count_batch(progress: Progress, before: UUID) -> int:
    """Add a batch to the figures and move the cursor behind it; returns how many events it had."""
    ids = next_ids(after=progress.last_event_id, before=before, limit=BATCH)
    if ids:
        values = {"after": progress.last_event_id, "last": ids[-1]}
        with connection.cursor() as cursor:
            cursor.execute(_COUNTING, values)
            cursor.execute(_BUYERS, values)
        progress.last_event_id = ids[-1]
    progress.counted += len(ids)
    progress.counted_at = clock.now()
    progress.save(update_fields=["last_event_id", "counting", "counted", "counted_at"])
    return len(ids)
