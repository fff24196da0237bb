"""Rows without the ORM's composing of statements, for the few paths where that is most of the cost.

A SELECT through the ORM costs this process five times what the same text costs, an INSERT three
times (docs/performance.md). Where an order is placed that decides how many a second there can be.
The texts are the same at every call, so that PostgreSQL plans them once per connection.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from typing import Any, LiteralString
from uuid import UUID

import orjson
from django.db import connection, models

type Row = models.Model

# Columns whose values are written as they stand on the row.
_PLAIN = {
    models.BigIntegerField,
    models.BooleanField,
    models.CharField,
    models.DateTimeField,
    models.ForeignKey,
    models.JSONField,
    models.OneToOneField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.TextField,
    models.UUIDField,
}


@dataclass(frozen=True, slots=True)
class Selection:
    """A query for somebody else to run: its text, and its values by place (%s) or by name."""

    sql: str
    values: Sequence[Any] | Mapping[str, Any] = ()

    @classmethod
    def of(cls, rows: "models.QuerySet[Any, Any]") -> "Selection":
        """What a queryset would ask; `values_list` says in which columns."""
        return cls(*rows.query.sql_with_params())


def fetch(sql: LiteralString, *values: Any, **named: Any) -> list[tuple[Any, ...]]:
    """All rows of a query; its values by place (%s) or by name (%(name)s)."""
    with connection.cursor() as cursor:
        cursor.execute(sql, named or values)
        return list(cursor.fetchall())


def change(sql: LiteralString, *values: Any, **named: Any) -> int:
    """Run a statement that returns nothing; how many rows it touched. Values as of `fetch`."""
    with connection.cursor() as cursor:
        cursor.execute(sql, named or values)
        return int(cursor.rowcount)


def change_along(sql: LiteralString, *values: Any) -> None:
    """The same inside the statement that writes what is inserted `together`, if there is one."""
    batch = _waiting.get()
    if batch is None:
        change(sql, *values)
    else:
        batch.changes.append((sql, values))


def uuids(ids: Iterable[UUID]) -> str:
    """Ids as one value for `ANY(%s::uuid[])`; psycopg would look at each of them in Python."""
    return "{" + ",".join(map(str, ids)) + "}"


def insert(*tables: Sequence[Row], numbered: Sequence[Row] = ()) -> None:
    """Write new rows of one table or several in one statement; those of each are of one model.

    What refers to what does not matter: foreign keys are looked at when all is written. `numbered`
    are rows that are to know the number which the database gives them; of the others it is not
    asked. Inside `together` all this happens at its end.
    """
    batch = _waiting.get() or _Batch()
    for rows in tables:
        if rows:
            batch.rows.setdefault(type(rows[0]), []).extend(rows)
    batch.numbered.extend(numbered)
    if _waiting.get() is None:
        batch.write()


@contextmanager
def together() -> Iterator[None]:
    """What is inserted inside leaves at the end, as one statement.

    Nothing inside may read it, nor undo it by a savepoint; an exception undoes it all.
    """
    if _waiting.get() is not None:
        yield
        return
    batch = _Batch()
    token = _waiting.set(batch)
    try:
        yield
    finally:
        _waiting.reset(token)
    batch.write()


@dataclass(slots=True)
class _Batch:
    """Rows on their way, by their model; `numbered` of one model."""

    rows: dict[type[Row], list[Row]] = field(default_factory=dict)
    numbered: list[Row] = field(default_factory=list)
    changes: list[tuple[str, Sequence[Any]]] = field(default_factory=list)

    def write(self) -> None:
        tables = [*self.rows.values(), *([self.numbered] if self.numbered else [])]
        if not tables:
            for sql, values in self.changes:
                change(sql, *values)
            return
        statement = _statement(
            tuple(sql for sql, _values in self.changes),
            tuple(type(rows[0]) for rows in tables),
            bool(self.numbered),
        )
        values = [value for _sql, values in self.changes for value in values]
        with connection.cursor() as cursor:
            cursor.execute(statement, [*values, *(_packed(rows) for rows in tables)])
            numbers = cursor.fetchall() if self.numbered else []
        for row, (number,) in zip(self.numbered, numbers, strict=True):
            row.pk = number
        for rows in tables:
            for row in rows:
                row._state.adding = False


_waiting: ContextVar[_Batch | None] = ContextVar("rows_waiting", default=None)


def _packed(rows: Sequence[Row]) -> str:
    """The rows as one value, so that a statement is the same text for any number of them.

    Raises TypeError for a value that JSON does not carry exactly, such as bytes.
    """
    takers = _takers(type(rows[0]))
    objects = [{column: take(row) for column, take in takers} for row in rows]
    return orjson.dumps(objects).decode()


@cache
def _takers(model: type[Row]) -> list[tuple[str, Callable[[Row], Any]]]:
    """The columns that we give values, and what reads each from a row.

    A key that the database counts up is its own to give.
    """

    def prepared(field: Any) -> Callable[[Row], Any]:
        return lambda row: field.get_db_prep_save(field.pre_save(row, True), connection)

    return [
        (
            str(field.column),
            attrgetter(field.attname)
            if type(field) in _PLAIN and not _is_stamped(field)
            else prepared(field),
        )
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField)
    ]


def _is_stamped(field: Any) -> bool:
    return getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)


@cache
def _statement(changes: tuple[str, ...], tables: tuple[type[Row], ...], numbered: bool) -> str:
    """`WITH t0 AS (DELETE …), t1 AS (INSERT …), t2 AS (INSERT …) INSERT … RETURNING id`."""
    *first, last = [*changes, *(_into(model) for model in tables)]
    chain = ", ".join(f"t{number} AS ({one})" for number, one in enumerate(first))
    returning = f' RETURNING "{tables[-1]._meta.pk.column}"' if numbered else ""
    return f"{f'WITH {chain} ' if chain else ''}{last}{returning}"


def _into(model: type[Row]) -> str:
    table = model._meta.db_table
    columns = ", ".join(f'"{column}"' for column, _take in _takers(model))
    rows = f'json_populate_recordset(NULL::"{table}", %s::json)'
    return f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM {rows}'  # noqa: S608 - our own names
