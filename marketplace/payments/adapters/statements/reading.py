"""From a file's rows to movements, by the template whose header the file has."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from marketplace.payments.adapters.statements.amounts import (
    CURRENCY,
    OUR_CURRENCY,
    foreign_currency,
    instant,
    minor_of,
)
from marketplace.payments.adapters.statements.rows import RowReader
from marketplace.payments.adapters.statements.sheets import (
    DELIMITERS,
    Line,
    csv_lines,
    encoding_of,
    excel_lines,
    is_excel,
)
from marketplace.payments.adapters.statements.template import Column, Template
from marketplace.payments.ports import ParsedStatement, StatementRow, StatementUnreadable
from marketplace.payments.states import Provider

PREAMBLE_ROWS_MAX = 60
PERIOD = re.compile(
    r"(?:from\s+)?(\d{1,4}[-/. ]\w{1,3}[-/. ]\d.*?)\s+(?:to|until|[-\u2013])\s+"
    r"(\d{1,4}[-/. ]\w{1,3}[-/. ]\d.*)",
    re.IGNORECASE,
)
ACCOUNT = re.compile(r"[0-9A-Za-z]{4,14}")


@dataclass(frozen=True, slots=True)
class _Found:
    """A header: its template, its place among the rows, and what stands around it."""

    template: Template
    header: Line
    preamble: Sequence[Line]
    rest: Iterator[Line]


def read(provider: str, file: BinaryIO, templates: Sequence[Template]) -> ParsedStatement:
    """See `read_statement`."""
    own = [template for template in templates if template.provider == provider]
    found = _find(file, own)
    if isinstance(found, str):
        _refuse_other_providers(provider, file, templates)
        raise StatementUnreadable(
            _("This is not a statement of %(provider)s: no line has the columns %(missing)s.")
            % {"provider": _name(provider), "missing": found}
        )
    labels = _labels(found.preamble)
    _refuse_other_currency([*found.preamble, found.header], labels)
    template = found.template
    start, end = _period(found.preamble, template)
    return ParsedStatement(
        account=_account(found.preamble, labels, template),
        period_start=start,
        period_end=end,
        opening_minor=_stated(labels, template.opening_label),
        closing_minor=_stated(labels, template.closing_label),
        rows=_rows(found),
    )


def _rows(found: _Found) -> Iterator[StatementRow]:
    reader = RowReader(found.template, _columns(found), [label_of(c) for c in found.header.cells])
    for line in found.rest:
        yield from reader.movements(line)


# --- Which layout it is ---


def _find(file: BinaryIO, templates: Sequence[Template]) -> _Found | str:
    """The first template with a header in the file; else the columns that were missing most narrowly."""
    fewest: tuple[str, ...] | None = None
    for lines in _readings(file):
        head = list(islice(lines, PREAMBLE_ROWS_MAX))
        for template in templates:
            for place, line in enumerate(head):
                missing = _missing(template, line)
                if not missing:
                    rest = chain(head[place + 1 :], lines)
                    return _Found(template, line, head[:place], rest)
                if fewest is None or len(missing) < len(fewest):
                    fewest = missing
    if fewest is None:
        fewest = tuple(t.columns[column][0] for t in templates[:1] for column in t.required)
    return ", ".join(fewest)


def _readings(file: BinaryIO) -> Iterator[Iterator[Line]]:
    """The file's rows, in each way that it might be read."""
    if is_excel(file):
        yield excel_lines(file)
        return
    encoding = encoding_of(file)
    for delimiter in DELIMITERS:
        yield csv_lines(file, encoding, delimiter)


def _missing(template: Template, line: Line) -> tuple[str, ...]:
    labels = {label_of(cell) for cell in line.cells}
    return tuple(
        template.columns[column][0]
        for column in template.required
        if labels.isdisjoint(template.columns[column])
    )


def _columns(found: _Found) -> dict[Column, int]:
    """Column -> place; of a label that occurs twice, the first counts."""
    places: dict[str, int] = {}
    for place, cell in enumerate(found.header.cells):
        places.setdefault(label_of(cell), place)
    return {
        column: next(places[label] for label in labels if label in places)
        for column, labels in found.template.columns.items()
        if any(label in places for label in labels)
    }


def label_of(text: str) -> str:
    """`Paid In (TSh)` and `Receipt No.` as `paid in` and `receipt no`."""
    without_unit = re.sub(r"\([^)]*\)", " ", text)
    return " ".join(without_unit.replace(".", " ").replace(":", " ").lower().split())


def _refuse_other_providers(provider: str, file: BinaryIO, templates: Sequence[Template]) -> None:
    for name in dict.fromkeys(template.provider for template in templates):
        of_other = [template for template in templates if template.provider == name]
        if name != provider and isinstance(_find(file, of_other), _Found):
            raise StatementUnreadable(
                _("This is a statement of %(found)s, not of %(provider)s.")
                % {"found": _name(name), "provider": _name(provider)}
            )


def _refuse_other_currency(lines: Sequence[Line], labels: Mapping[str, str]) -> None:
    """By the header's units, and by what stands above it as the currency."""
    stated = labels.get("currency", "")
    units = re.findall(r"\(([^)]*)\)", " ".join(lines[-1].cells))
    found = next(filter(None, map(foreign_currency, [stated, *units])), "")
    if not found and stated and stated.upper() not in OUR_CURRENCY:
        found = stated[:20]
    if found:
        raise StatementUnreadable(
            _("The statement is in %(found)s; only %(ours)s is taken.")
            % {"found": found, "ours": CURRENCY}
        )


def _name(provider: str) -> str:
    return str(dict(Provider.choices).get(provider, provider))


# --- What stands above the header ---


def _labels(preamble: Sequence[Line]) -> dict[str, str]:
    """`Label:` with its value in the same cell or in the next one that is not empty."""
    found: dict[str, str] = {}
    for line in preamble:
        cells = [cell for cell in line.cells if cell]
        for cell, following in zip(cells, [*cells[1:], ""], strict=True):
            label, colon, value = cell.partition(":")
            found.setdefault(
                label_of(label), value.strip() if colon and value.strip() else following
            )
    return found


def _account(preamble: Sequence[Line], labels: Mapping[str, str], template: Template) -> str:
    for label in template.account_labels:
        if account := ACCOUNT.fullmatch(labels.get(label, "")):
            return account[0]
    if template.title is None:
        return ""
    titles = (template.title.search(cell) for line in preamble for cell in line.cells)
    return next((title[1] for title in titles if title), "")


def _period(
    preamble: Sequence[Line], template: Template
) -> tuple[datetime | None, datetime | None]:
    formats = (template.date_formats, template.time_formats)
    for cell in (cell for line in preamble for cell in line.cells):
        if found := PERIOD.search(cell):
            start, end = instant(found[1], *formats), instant(found[2], *formats, end_of_day=True)
            if start and end:
                return start, end
    return None, None


def _stated(labels: Mapping[str, str], label: str) -> int | None:
    """A balance as stated above the table: often blank, and no control."""
    try:
        return minor_of(labels.get(label, ""))
    except ValueError:
        return None
