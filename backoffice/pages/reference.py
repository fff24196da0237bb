"""Reference data from a file: each row asks the command that a person's form asks.

django-import-export finds the row's thing, compares it with what the row says, and leaves out what is
as it was; nothing is saved past the commands.
"""

import json
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from import_export.resources import Diff, ModelResource
from import_export.widgets import ForeignKeyWidget, Widget

from marketplace.shared.actors import Actor
from marketplace.shared.money import DEFAULT_CURRENCY, EXPONENT

WHOLE_MAX = 2**31 - 1  # Of a column of integers.
YES = {"1", "true", "yes", "ndiyo"}
NO = {"0", "false", "no", "hapana"}


class Difference(Diff):
    """What a row changes: (column, before, after), of what changes."""

    def __init__(self, resource: Any, instance: Any, new: bool) -> None:
        super().__init__(resource, instance, new)
        self.headings = resource.get_diff_headers()

    def as_html(self) -> list[tuple[str, str, str]]:
        """Texts; the page draws them."""
        return [
            (heading, "" if self.new else str(before), str(after))
            for heading, before, after in zip(self.headings, self.left, self.right, strict=True)
            if str(before) != str(after)
        ]


class ReferenceResource(ModelResource):
    """One kind of reference data. A subclass says its columns, and which command saves a row."""

    # Columns that a file must have; of the others, what it does not name stays as it is.
    required: tuple[str, ...] = ()

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self.actor = actor

    class Meta:
        skip_unchanged = True
        report_skipped = True
        use_transactions = False  # The page has one around all rows.

    def save(self, thing: Any, *, is_new: bool) -> None:
        """Ask the command; its refusal is the row's."""
        raise NotImplementedError

    @classmethod
    def columns(cls) -> list[str]:
        return [str(field.column_name) for field in cls.fields.values()]

    @classmethod
    def get_diff_class(cls) -> type[Difference]:
        return Difference

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """What a row is looked up by has to be right before it is."""
        problems = {
            name: _("This cell is empty.") for name in self.required if not row[name].strip()
        }
        looked_up_by = [self.fields.get(name) for name in self._meta.import_id_fields]
        for field in looked_up_by:
            if field is not None and field.column_name not in problems:
                try:
                    field.clean(row)
                except ValueError as error:
                    problems[field.column_name] = str(error)
        if problems:
            raise ValidationError(problems)

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Nothing: the base sets the table's sequence, which ours need not and may not."""

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        self.save(instance, is_new=is_create)


def columns_for(resource: type[ReferenceResource]) -> dict[Any, str]:
    """What the list's export holds: the columns that its import takes."""
    return {
        field.column_name: f"{field.attribute}__{field.widget.field}"
        if isinstance(field.widget, ForeignKeyWidget)
        else field.attribute
        for field in resource.fields.values()
    }


class Known(ForeignKeyWidget):
    """A thing that exists already, by one of its fields."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> models.Model | None:
        text = str(value or "").strip()
        if not text:
            return None
        found: models.Model | None = self.model.objects.filter(**{self.field: text}).first()
        if found is None:
            raise ValueError(_("There is no “%(name)s”.") % {"name": text})
        return found


class YesOrNo(Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        text = str(value).strip().lower()
        if text not in YES | NO:
            raise ValueError(_("Say yes or no, not “%(text)s”.") % {"text": value})
        return text in YES

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "yes" if value else "no"


class Amount(Widget):
    """A decimal number for people; a whole number of its smallest parts, from 0 on, for us."""

    def __init__(self, *, places: int) -> None:
        super().__init__()
        self.places = places

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int:
        text = str(value).strip().replace(",", "")
        try:
            parts = Decimal(text) * 10**self.places
            whole = int(parts)
        except (InvalidOperation, ValueError, OverflowError) as error:
            raise ValueError(_("“%(text)s” is no number.") % {"text": value}) from error
        if whole != parts or not 0 <= whole <= WHOLE_MAX:
            raise ValueError(_("“%(text)s” is no number that fits here.") % {"text": value})
        return whole

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        if value is None:
            return ""
        return f"{Decimal(value) / 10**self.places:.{self.places}f}"


class Money(Amount):
    def __init__(self) -> None:
        super().__init__(places=EXPONENT[DEFAULT_CURRENCY])


class CalendarDay(Widget):
    """2026-01-31."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> date | None:
        text = str(value or "").strip()[:10]
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise ValueError(
                _("Write a day as 2026-01-31, not “%(text)s”.") % {"text": value}
            ) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.isoformat() if value else ""


class Structure(Widget):
    """JSON in a cell; an empty cell is an empty one of its kind."""

    def __init__(self, kind: type[list[Any]] | type[dict[Any, Any]]) -> None:
        super().__init__()
        self.kind = kind

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        try:
            found = json.loads(str(value).strip() or json.dumps(self.kind()))
        except ValueError as error:
            raise ValueError(_("This is not JSON: %s") % error) from error
        if not isinstance(found, self.kind):
            raise ValueError(_("This JSON is not of the form that is wanted here."))
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
