"""Answers of the API as blocks: facts for what is one, tables for what is many."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from backoffice.masks import masked
from backoffice.pages.blocks import Facts, Table
from backoffice.pages.display import NOTHING, chip, moment, money, yes_no
from backoffice.seeing.labels import BLOCKS, LABELS
from marketplace.accounts.states import KycLevel, Language
from marketplace.payments.states import Provider

COLUMNS_MAX = 7
# What the API answers as a code for programs alone.
CODES: dict[str, dict[Any, Any]] = {
    "kyc_level": dict(KycLevel.choices),
    "language": dict(Language.choices),
    "provider": dict(Provider.choices),
    "payout_provider": dict(Provider.choices),
}
# What a nested thing is called by, where it stands in a cell.
NAMES = ("label", "title", "name", "reference", "value")

type Json = Mapping[str, Any]
type Address = Callable[[str], str]


def things(
    title: Any,
    rows: Sequence[Json],
    *,
    address: Address | None = None,
    without: Collection[str] = (),
) -> Table:
    """Many of one kind; `address` leads from a reference to the page of one."""
    columns = _columns(rows, without)
    return Table(
        title,
        [(LABELS[key], "number") if _is_number(rows, key) else LABELS[key] for key in columns],
        [[_cell(key, row.get(key), address) for key in columns] for row in rows],
        empty=_("They see nothing here."),
    )


def thing(title: Any, data: Json) -> list[Any]:
    """One thing with all that hangs on it."""
    facts = [
        (LABELS[key], _cell(key, value, None))
        for key, value in data.items()
        if key in LABELS and not _is_many(value)
    ]
    return [*([Facts(title, facts)] if facts else []), *_hanging(data)]


def _hanging(data: Json) -> Iterator[Any]:
    for key, title in BLOCKS.items():
        value = data.get(key)
        if isinstance(value, list) and value:
            yield things(title, value)
            for one in value:
                yield from _hanging(one)
        elif isinstance(value, dict) and not _is_money(value) and not _is_choice(value):
            yield from thing(title, value)


def _columns(rows: Sequence[Json], without: Collection[str]) -> list[str]:
    """Those that say something in at least one row, in the API's own order."""
    known = [key for row in rows for key in row if key in LABELS and key not in without]
    told = [
        key for key in dict.fromkeys(known)
        if any(row.get(key) not in (None, "", []) and not _is_many(row.get(key)) for row in rows)
    ]  # fmt: skip
    return told[:COLUMNS_MAX]


def _cell(key: str, value: Any, address: Address | None) -> Any:
    if value in (None, "", []):
        return NOTHING
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, dict):
        return _named(value)
    if key == "reference" and address is not None:
        return format_html('<a class="zt-link zt-whole" href="{}">{}</a>', address(value), value)
    if key in CODES:
        return CODES[key].get(value, value)
    if key.endswith("_on"):
        day = parse_date(value)
        return date_format(day, "j M Y") if day else value
    instant = parse_datetime(value) if key.endswith("_at") else None
    return moment(instant) if instant else masked(key, value)


def _named(value: Json) -> Any:
    """Money, a state, or a thing by its name."""
    if _is_money(value):
        return money(value["amount"], value["currency"])
    if _is_choice(value):
        return chip(value["code"], value["label"]) if value["label"] else NOTHING
    return next((value[name] for name in NAMES if value.get(name)), NOTHING)


def _is_many(value: Any) -> bool:
    return isinstance(value, list)


def _is_money(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"amount", "currency"}


def _is_choice(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"code", "label"}


def _is_number(rows: Sequence[Json], key: str) -> bool:
    value = next((row[key] for row in rows if row.get(key) is not None), None)
    return _is_money(value) or (isinstance(value, int) and not isinstance(value, bool))
