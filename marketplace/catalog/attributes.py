"""What products say of themselves, checked against the schema of their category.

The schema's form stands at `Category`. Stored values: text and choice as str, integer as int,
boolean as bool, decimal as a plain decimal str (`"6.7"`), so that JSON changes nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.catalog.errors import (
    AttributeMissing,
    AttributeNotAChoice,
    AttributeNotANumber,
    AttributeNotWhole,
    AttributeNotYesNo,
    AttributesInvalid,
    AttributeTooLong,
    AttributeUnknown,
    SchemaInvalid,
)

__all__ = ["AttributesInvalid", "check_schema", "label_of", "validate"]

type Definition = Mapping[str, Any]
type Schema = Sequence[Definition]

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
DECIMAL = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?")
TEXT_LENGTH_MAX = 200
SHOWN_LENGTH_MAX = 60
DEFINITIONS_MAX = 40
CHOICES_MAX = 100
WHOLE_MAX = 10**12
YES = {"true", "yes", "1", "ndiyo"}
NO = {"false", "no", "0", "hapana"}


def validate(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values in stored form and schema order, without the empty ones.

    Accepts numbers and yes/no also as text, as files bring them. Validating twice changes nothing.
    Raises AttributesInvalid (its subclasses) with the first key at fault.
    """
    definitions = {definition["key"]: definition for definition in schema}
    for key in values:
        if key not in definitions:
            raise AttributeUnknown(key=str(key)[:SHOWN_LENGTH_MAX])
    checked = {}
    for key, definition in definitions.items():
        value = values.get(key)
        if isinstance(value, str):
            value = value.strip()
        if value is None or value == "":
            if definition.get("required"):
                raise AttributeMissing(key=key, label=label_of(definition))
            continue
        checked[key] = _READERS[definition["type"]](definition, value)
    return checked


def label_of(definition: Definition) -> str:
    """The attribute's name in the reader's language."""
    label = definition["label_sw"] if get_language() == "sw" else definition["label_en"]
    return str(label)


def check_schema(schema: Any, *, taken: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The schema in full form. `taken` are keys of the ancestors. Raises SchemaInvalid."""
    if not isinstance(schema, list) or len(schema) > DEFINITIONS_MAX:
        raise SchemaInvalid(problem=_("a list of at most %s is expected.") % DEFINITIONS_MAX)
    keys = set(taken)
    checked = []
    for index, definition in enumerate(schema):
        if not isinstance(definition, dict):
            raise _schema_error(index, "", _("each attribute is an object."))
        checked.append(_check_definition(index, definition, keys))
        keys.add(definition["key"])
    return checked


def _check_definition(index: int, given: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    key, kind = given.get("key"), given.get("type")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise _schema_error(index, "key", _("a key is like ram_gb."))
    if key in keys:
        raise _schema_error(index, "key", _("“%s” is there already.") % key)
    if not isinstance(kind, str) or kind not in _READERS:
        kinds = ", ".join(_READERS)
        raise _schema_error(index, "type", _("the type is one of %s.") % kinds)
    for field in ("label_en", "label_sw"):
        if not isinstance(given.get(field), str) or not given[field].strip():
            raise _schema_error(index, field, _("the label is missing."))
    choices = given.get("choices") or []
    well_formed = isinstance(choices, list) and all(isinstance(c, str) and c for c in choices)
    if not well_formed or len(choices) > CHOICES_MAX or (kind == "choice") != bool(choices):
        raise _schema_error(index, "choices", _("choices belong to the type choice, as texts."))
    return {
        "key": key,
        "label_en": given["label_en"].strip(),
        "label_sw": given["label_sw"].strip(),
        "type": kind,
        "unit": str(given.get("unit") or ""),
        "choices": choices,
        "required": bool(given.get("required")),
        "facet": bool(given.get("facet")),
    }


def _schema_error(index: int, part: str, problem: str) -> SchemaInvalid:
    place = f"attribute_schema.{index}.{part}".rstrip(".")
    return SchemaInvalid(field=place, problem=problem)


def _text(definition: Definition, value: Any) -> str:
    if not isinstance(value, str) or len(value) > TEXT_LENGTH_MAX or "\x00" in value:
        raise AttributeTooLong(
            key=definition["key"], label=label_of(definition), length_max=TEXT_LENGTH_MAX
        )
    return value


def _whole(definition: Definition, value: Any) -> int:
    number = _number(definition, value)
    if number != number.to_integral_value() or abs(number) > WHOLE_MAX:
        raise AttributeNotWhole(**_blame(definition, value))
    return int(number)


def _decimal(definition: Definition, value: Any) -> str:
    """Without trailing zeros, so that 6.70 and 6.7 are one facet."""
    number = _number(definition, value)
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) if number else "0"


def _number(definition: Definition, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise AttributeNotANumber(**_blame(definition, value))
    try:
        number = Decimal(str(value).replace(",", "").replace(" ", ""))
    except InvalidOperation as error:
        raise AttributeNotANumber(**_blame(definition, value)) from error
    if not number.is_finite() or not DECIMAL.fullmatch(f"{number:f}"):
        raise AttributeNotANumber(**_blame(definition, value))
    return number


def _yes_no(definition: Definition, value: Any) -> bool:
    text = str(value).lower()
    if text not in YES | NO:
        raise AttributeNotYesNo(**_blame(definition, value))
    return text in YES


def _choice(definition: Definition, value: Any) -> str:
    """As the schema writes it, however it was given."""
    for choice in definition["choices"]:
        if str(value).casefold() == choice.casefold():
            return str(choice)
    choices = ", ".join(definition["choices"])
    raise AttributeNotAChoice(**_blame(definition, value), choices=choices)


def _blame(definition: Definition, value: Any) -> dict[str, Any]:
    return {
        "key": definition["key"],
        "label": label_of(definition),
        "value": str(value)[:SHOWN_LENGTH_MAX],
    }


_READERS: dict[str, Callable[[Definition, Any], Any]] = {
    "text": _text,
    "integer": _whole,
    "decimal": _decimal,
    "boolean": _yes_no,
    "choice": _choice,
}
