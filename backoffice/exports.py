"""Lists as spreadsheets: what a list shows, with its filters and search, as CSV or XLSX.

django-import-export reads the rows and writes the file; text that a spreadsheet would run as a
formula is disarmed as in reports. Amounts are shillings with two decimals, times Tanzanian.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from import_export.formats.base_formats import CSV, XLSX
from import_export.resources import Resource
from import_export.widgets import Widget

from marketplace.shared.errors import Invalid
from marketplace.shared.money import DEFAULT_CURRENCY, EXPONENT
from reports.texts import disarmed

ROWS_MAX = 50_000
FORMATS = {"csv": CSV, "xlsx": XLSX}

# Heading → path to the value from the row: `order__reference`.
type Columns = Mapping[Any, str]


class TooManyRows(Invalid):
    code = "too_many_rows"
    message = _("The list has more than %(most)s rows. Filter it, or order a report.")
    field = "format"


class Shown(Widget):
    """A value as people read it in a spreadsheet, by what it is."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        if isinstance(value, datetime):
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
        return "" if value is None else disarmed(str(value))


class Shillings(Widget):
    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        if value is None:
            return ""
        return f"{Decimal(value) / 10 ** EXPONENT[DEFAULT_CURRENCY]:.2f}"


def export(rows: QuerySet[Any], columns: Columns, form: str) -> tuple[bytes, str]:
    """The file and its content type. Raises TooManyRows beyond `ROWS_MAX`."""
    related = {path.rpartition("__")[0] for path in columns.values()} - {""}
    wanted = rows.select_related(*related)[: ROWS_MAX + 1]
    if len(wanted) > ROWS_MAX:
        raise TooManyRows(most=f"{ROWS_MAX:,}")
    kind = FORMATS[form]()
    data = kind.export_data(_resource(columns).export(wanted))
    return data.encode("utf-8-sig") if isinstance(data, str) else data, kind.get_content_type()


def _resource(columns: Columns) -> Resource:
    fields = {
        f"column_{place}": Field(
            attribute=path,
            column_name=str(heading),
            widget=Shillings() if path.endswith("_minor") else Shown(),
        )
        for place, (heading, path) in enumerate(columns.items())
    }
    resource: Resource = type("ListResource", (Resource,), fields)()
    return resource
