"""Reading the event log by a cursor, without missing what commits late.

An event's id is made inside its transaction, so an id may show up after a later one: nobody reads
past the beginning of the oldest transaction that still runs.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from marketplace.shared.rows import fetch

# How far the clocks of two of our machines may differ.
SKEW = timedelta(seconds=5)
BEGINNING = UUID(int=0)

# What runs elsewhere may still commit an event as old as its own beginning.
_OLDEST = """
    SELECT least(clock_timestamp(), min(xact_start)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_BATCH = """
    SELECT id FROM shared_loggedevent WHERE id > %s AND id < %s ORDER BY id LIMIT %s
"""


def horizon(skew: timedelta) -> UUID:
    """The least id that an event may have which is not visible yet.

    Asked before a batch is read, in a statement of its own: what commits in between is seen then.
    """
    ((oldest,),) = fetch(_OLDEST)
    return first_id(oldest - skew)


def first_id(at: datetime) -> UUID:
    """The least id of what is recorded at this moment."""
    since = at - datetime.fromtimestamp(0, UTC)
    return UUID(int=since // timedelta(milliseconds=1) << 80)


def next_ids(*, after: UUID, before: UUID, limit: int) -> list[UUID]:
    """The next events' ids, in order."""
    return [row[0] for row in fetch(_BATCH, after, before, limit)]
