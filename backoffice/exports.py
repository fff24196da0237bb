"""Lists as spreadsheets: what a list shows, with its filters and search, as CSV or XLSX.

django-import-export reads the rows and writes the file; text that a spreadsheet would run as a
formula is disarmed as in reports. Amounts are shillings with two decimals, times Tanzanian, and
personal data is masked as in the list: a file that left the house cannot be hidden again.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from import_export.fields import Field
from import_export.formats.base_formats import CSV, XLSX
from import_export.resources import Resource
from import_export.widgets import Widget

from backoffice.masks import MASKS
from backoffice.sayings import SAID_AGAIN
from marketplace.shared.fields import EncryptedTextField
from marketplace.shared.money import DEFAULT_CURRENCY, EXPONENT
from reports.texts import disarmed

# What a request writes while somebody waits: a second or two. Longer lists are written by a worker.
AT_ONCE_MAX = 5_000
FORMATS = {"csv": CSV, "xlsx": XLSX}
UNFIT = (EncryptedTextField, models.BinaryField, models.FileField, models.JSONField, ArrayField)

# Heading → path to the value from the row: `order__reference`.
type Columns = Mapping[Any, str]


class Shown(Widget):
    """A value as people read it in a spreadsheet, by what it is."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        if isinstance(value, datetime):
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
        return "" if value is None else disarmed(str(value))


class Told(Widget):
    def __init__(self, tell: Callable[[Any], str]) -> None:
        super().__init__()
        self.tell = tell

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return "" if value is None else disarmed(self.tell(value))


class Shillings(Widget):
    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        if value is None:
            return ""
        return f"{Decimal(value) / 10 ** EXPONENT[DEFAULT_CURRENCY]:.2f}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""


# Columns that leave as an import takes them in.
WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "attribute_schema": _json,
    "attributes": _json,
    "rate_bp": lambda value: f"{Decimal(value) / 100:.2f}",
}


def teller(path: str) -> Callable[[Any], str] | None:
    """How the value of a column of this name is told: masked, in words, or as a text of its own."""
    name = path.rpartition("__")[2]
    if say := MASKS.get(name) or SAID_AGAIN.get(name):
        return lambda value: str(say(str(value)))
    return WRITTEN.get(name)


# Told in full on a thing's own page, and not carried off by the thousand.
NOT_EXPORTED = {
    "password", "phone", "email", "recipient", "subject", "body", "headers", "account_number",
    "date_of_birth", "tin", "payload", "last_error", "result",
}  # fmt: skip


def columns_of(model: type[models.Model]) -> Columns:
    """What a list that says nothing else holds as a spreadsheet: the columns of its table.

    Without ids, what is sealed, files, structures and what is about a person.
    """
    found: dict[Any, str] = {}
    for field in model._meta.concrete_fields:
        is_unfit = isinstance(field, UNFIT) or field.primary_key or field.name in NOT_EXPORTED
        if not is_unfit:
            path = f"get_{field.name}_display" if field.choices else field.name
            found[str(field.verbose_name).capitalize()] = path
    return found


def is_long(rows: QuerySet[Any]) -> bool:
    return rows.order_by()[: AT_ONCE_MAX + 1].count() > AT_ONCE_MAX


def export(rows: QuerySet[Any], columns: Columns, form: str) -> tuple[bytes, str]:
    """The file and its content type, of a list that is not long."""
    kind = FORMATS[form]()
    data = kind.export_data(_resource(columns).export(with_related(rows, columns)))
    return data.encode("utf-8-sig") if isinstance(data, str) else data, kind.get_content_type()


def with_related(rows: QuerySet[Any], columns: Columns) -> QuerySet[Any]:
    """The rows with the things that their columns name, in one statement."""
    things = {field.name for field in rows.model._meta.concrete_fields if field.is_relation}
    related = {path.rpartition("__")[0] for path in columns.values()} - {""}
    related |= things & set(columns.values())
    return rows.select_related(*related) if related else rows


def _resource(columns: Columns) -> Resource:
    fields = {
        f"column_{place}": Field(
            attribute=path,
            column_name=str(heading),
            widget=_widget(path),
        )
        for place, (heading, path) in enumerate(columns.items())
    }
    resource: Resource = type("ListResource", (Resource,), fields)()
    return resource


def _widget(path: str) -> Widget:
    if tell := teller(path):
        return Told(tell)
    return Shillings() if path.endswith("_minor") else Shown()
