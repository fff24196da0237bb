"""Rows without the ORM's composing of statements, for the few paths where that is most of the cost.

A SELECT through the ORM costs this process five times what the same text costs, an INSERT three
times (docs/performance.md). Where an order is placed that decides how many a second there can be.
The texts are the same at every call, so that PostgreSQL plans them once per connection.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import batched
from operator import attrgetter
from typing import Any, LiteralString

from django.db import connection, models

# PostgreSQL numbers a statement's parameters with 16 bits.
PARAMETERS_MAX = 65_535


# Columns whose values go to the driver as they stand on the row.
_PLAIN = {
    models.BigIntegerField,
    models.BooleanField,
    models.CharField,
    models.DateTimeField,
    models.ForeignKey,
    models.OneToOneField,
    models.PositiveIntegerField,
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


def change(sql: LiteralString, *values: Any) -> int:
    """Run a statement that returns nothing; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def insert(*tables: Sequence[models.Model]) -> None:
    """Write new rows of one table or several in one statement; those of each are of one model.

    What refers to what does not matter: foreign keys are looked at when all is written. A number
    from a sequence is set on the rows of the last table only.
    """
    some = [rows for rows in tables if rows]
    if not some:
        return None
    if sum(len(rows) * len(_takers(type(rows[0]))) for rows in some) > PARAMETERS_MAX:
        return _insert_in_steps(some)
    shape = tuple((type(rows[0]), len(rows)) for rows in some)
    values = [take(row) for rows in some for row in rows for take in _takers(type(rows[0]))]
    with connection.cursor() as cursor:
        cursor.execute(_statement(shape), values)
        if cursor.description:
            for row, (key,) in zip(some[-1], cursor.fetchall(), strict=True):
                row.pk = key
    for rows in some:
        for row in rows:
            row._state.adding = False
    return None


def _insert_in_steps(tables: Sequence[Sequence[models.Model]]) -> None:
    """The same for more values than a statement takes; tables in the order of their dependence."""
    for rows in tables:
        step = PARAMETERS_MAX // len(_takers(type(rows[0])))
        for some in batched(rows, step):
            insert(some)


@cache
def _fields(model: type[models.Model]) -> tuple[list[Any], bool]:
    """The columns that we give values, and whether the database numbers the rows itself."""
    fields = model._meta.concrete_fields
    numbered = isinstance(model._meta.pk, models.AutoField)
    return [field for field in fields if not (numbered and field.primary_key)], numbered


@cache
def _takers(model: type[models.Model]) -> list[Callable[[models.Model], Any]]:
    """Per column, what reads its value from a row as the driver takes it."""

    def prepared(field: Any) -> Callable[[models.Model], Any]:
        return lambda row: field.get_db_prep_save(field.pre_save(row, True), connection)

    return [
        attrgetter(field.attname)
        if type(field) in _PLAIN and not getattr(field, "auto_now_add", False)
        else prepared(field)
        for field in _fields(model)[0]
    ]


@lru_cache(maxsize=200)
def _statement(shape: tuple[tuple[type[models.Model], int], ...]) -> str:
    """`WITH t1 AS (INSERT …), t2 AS (INSERT …) INSERT … RETURNING id`."""
    *first, last = [_into(model, count) for model, count in shape]
    model = shape[-1][0]
    chain = ", ".join(f"t{number} AS ({one})" for number, one in enumerate(first))
    returning = f' RETURNING "{model._meta.pk.column}"' if _fields(model)[1] else ""
    return f"{f'WITH {chain} ' if chain else ''}{last}{returning}"


def _into(model: type[models.Model], count: int) -> str:
    fields = _fields(model)[0]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    rows = ", ".join([row] * count)
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {rows}'  # noqa: S608 - our own names
