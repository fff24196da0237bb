"""Locks, always taken in a fixed order: advisory by name, rows by primary key."""

from django.db import connection, models


def one_at_a_time(name: str) -> None:
    """Wait until no other transaction holds `name`; held until this transaction ends.

    For "at most once" without a row to lock. Must run inside `atomic()`.
    """
    _require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def try_alone(name: str) -> bool:
    """Like `one_at_a_time`, but answers False at once where somebody holds `name`."""
    _require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        (got,) = cursor.fetchone()
    return bool(got)


def lock_rows[Row: models.Model](rows: models.QuerySet[Row]) -> list[Row]:
    """The rows, locked in primary-key order, so that two lockers can never wait for each other."""
    _require_transaction()
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("a lock outlives its statement only inside a transaction")
