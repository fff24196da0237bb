"""A list of the console as a worker writes it into a file: the rows, columns and masks that its reader has.

`reports.lists` asks here (`settings.CONSOLE_LISTS`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst

from backoffice.exports import Columns, teller, with_related
from marketplace.accounts.queries import get_user
from reports.base import Cell, CellKind, Column
from reports.errors import ReportForbidden
from reports.lists import Listed

ROWS_AT_ONCE = 2_000


def listed(*, list_id: str, query: str, user_id: UUID) -> Listed:
    """The list `orders.order` as `query` filters it for this person. Raises ReportForbidden."""
    model = apps.get_model(list_id)
    pages: Any = admin.site._registry[model]
    request = HttpRequest()
    request.method, request.GET, request.user = "GET", QueryDict(query), get_user(user_id=user_id)
    if not (pages.is_exported and pages.has_view_permission(request)):
        raise ReportForbidden
    columns: Columns = pages.columns
    rows = with_related(pages.get_changelist_instance(request).get_queryset(request), columns)
    return Listed(
        title=name_of_list(list_id),
        columns=tuple(
            Column(heading, _kind(model, path), width=20) for heading, path in columns.items()
        ),
        rows=lambda: _rows(rows, columns),
        count=lambda: rows.order_by().count(),
    )


def name_of_list(list_id: str) -> str:
    """As its heading says it."""
    return capfirst(str(apps.get_model(list_id)._meta.verbose_name_plural))


def _rows(rows: QuerySet[Any], columns: Columns) -> Iterator[Sequence[Cell]]:
    """Read as values where the database has all that the columns name: three times quicker than as objects."""
    paths = list(columns.values())
    stored = [one for path in paths if (one := _stored(rows.model, path))]
    if len(stored) < len(paths):
        readers = [_reader(path) for path in paths]
        for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
            yield [read(row) for read in readers]
        return
    found = rows.values_list(*(one.path for one in stored))
    tellers = [one.teller() for one in stored]
    for values in found.iterator(chunk_size=ROWS_AT_ONCE):
        yield [
            tell(value) if tell and value is not None else value
            for tell, value in zip(tellers, values, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Stored:
    """A column of a table, reached over foreign keys; `is_named` where its choice is said in words."""

    path: str
    field: "models.Field[Any, Any]"
    is_named: bool

    def teller(self) -> Callable[[Any], Cell] | None:
        """What makes the cell of the value; None: the value itself."""
        if self.is_named:
            named = {value: str(label) for value, label in self.field.flatchoices}
            return lambda value: named.get(value, value)
        return teller(self.path)


def _stored(model: type[models.Model], path: str) -> _Stored | None:
    """None: a row works it out, or it is a thing, which says its own name."""
    *steps, last = path.split("__")
    choice = re.fullmatch("get_(.+)_display", last)
    name = choice[1] if choice else last
    try:
        for step in steps:
            model = cast("type[models.Model]", model._meta.get_field(step).related_model)
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    if not isinstance(field, models.Field) or field.is_relation:
        return None
    return _Stored("__".join((*steps, name)), field, is_named=choice is not None)


def _reader(path: str) -> Callable[[Any], Cell]:
    """What stands in the column, masked where the list masks it, in words where it is a sentence of ours."""
    steps, tell = path.split("__"), teller(path)

    def read(row: Any) -> Any:
        value = row
        for step in steps:
            value = getattr(value, step)
            if value is None:
                return None
        value = value() if callable(value) else value
        return tell(value) if tell and value is not None else value

    return read


def _kind(model: type[models.Model], path: str) -> CellKind:
    if path.endswith("_minor"):
        return CellKind.MONEY
    field: Any = None
    for step in path.split("__"):
        try:
            field = model._meta.get_field(step)
        except FieldDoesNotExist:
            return CellKind.TEXT  # Worked out by the row.
        model = field.related_model or model
    return CellKind.INSTANT if isinstance(field, models.DateTimeField) else CellKind.TEXT
