"""Rows without the ORM's composing of statements, for the few paths where that is most of the cost.

A SELECT through the ORM costs this process five times what the same text costs, an INSERT three
times (docs/performance.md). Where an order is placed that decides how many a second there can be.
The texts are the same at every call, so that PostgreSQL plans them once per connection.
"""

from collections.abc import Callable, Sequence
from functools import cache
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


def insert[Row: models.Model](rows: Sequence[Row]) -> None:
    """Write new rows of one model, as `bulk_create` does; a number from a sequence is set on them."""
    if not rows:
        return
    model = type(rows[0])
    fields, numbered = _fields(model)
    takers = _takers(model)
    step = PARAMETERS_MAX // len(fields)
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        values = [take(row) for row in some for take in takers]
        with connection.cursor() as cursor:
            cursor.execute(_statement(model, len(some)), values)
            if numbered:
                for row, (key,) in zip(some, cursor.fetchall(), strict=True):
                    row.pk = key
        for row in some:
            row._state.adding = False


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


@cache
def _statement(model: type[models.Model], count: int) -> str:
    fields, numbered = _fields(model)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    returning = f' RETURNING "{model._meta.pk.column}"' if numbered else ""
    return (
        f'INSERT INTO "{model._meta.db_table}" ({columns})'  # noqa: S608 - names of our own tables
        f" VALUES {', '.join([row] * count)}{returning}"
    )
