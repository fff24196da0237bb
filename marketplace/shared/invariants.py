"""What must always be true of the data. Each context lists its own in `invariants.py`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Finding:
    """How many things were looked at, how many differ, and the references of the first few."""

    counted: int
    differing: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Invariant:
    """`name` is stable (`ledger.balanced`), `claim` is the sentence that must hold."""

    name: str
    claim: str
    check: Callable[[], Finding]


def by_sql(counted: str, differing: str, params: list[Any] | None = None) -> Callable[[], Finding]:
    """A check from two statements: one counts, the other selects a reference per violation."""

    def check() -> Finding:
        with connection.cursor() as cursor:
            cursor.execute(counted, params)
            (total,) = cursor.fetchone()
            cursor.execute(f"SELECT count(*) FROM ({differing}) AS wrong", params)  # noqa: S608 - our own statement
            (wrong,) = cursor.fetchone()
            if not wrong:
                return Finding(total)
            cursor.execute(f"SELECT * FROM ({differing}) AS wrong LIMIT 5", params)  # noqa: S608 - as above
            return Finding(total, wrong, [str(row[0]) for row in cursor.fetchall()])

    return check
