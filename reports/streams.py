"""The rows of a report on their way into a file: counted, sealed by a checksum, in flat memory.

What PostgreSQL selects it also writes as CSV (`COPY … TO STDOUT`), a row at a time: no row becomes
objects of Python before it is text. Reports that are worked out in Python are written here instead.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from itertools import batched, islice

from django.db import connection, transaction

from marketplace.shared.rows import Selection
from reports.base import CellKind, Column, Report, Values
from reports.errors import ReportTooLong
from reports.texts import minor_of, sql_texts, text_of, texts_of

type Progress = Callable[[int], None]

ROWS_PER_STEP = 2_000


def silent(rows: int) -> None:
    """Progress that nobody wants to hear of."""


@contextmanager
def snapshot() -> Iterator[None]:
    """One picture of the data for rows, totals and summary: what changes meanwhile is not in it.

    Inside somebody else's transaction it is theirs.
    """
    is_ours = not connection.in_atomic_block
    with transaction.atomic():
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


class Rows:
    """The rows of one report for one file. One of `lines`, `steps` and `texts` is read, once."""

    def __init__(
        self, report: Report, values: Values, *, rows_max: int, progress: Progress = silent
    ) -> None:
        self.report = report
        self.values = values
        self.rows_max = rows_max
        self.progress = progress
        self.count = 0
        self._digest = sha256()

    @property
    def checksum(self) -> str:
        """SHA-256 over the rows that were read, as lines of CSV: UTF-8, "\\n" at the end of each."""
        return self._digest.hexdigest()

    def lines(self) -> Iterator[bytes]:
        """The rows as CSV, disarmed, some thousand at a time. Raises ReportTooLong."""
        for step in batched(csv_lines(self.report, self.values, guarded=True), ROWS_PER_STEP):
            some = b"".join(step)
            self._passed(len(step), some)
            yield some

    def steps(self) -> Iterator[tuple[bytes, ...]]:
        """The rows as lines of CSV, some thousand at a time; a formula stays what it is.

        Raises ReportTooLong.
        """
        for step in batched(csv_lines(self.report, self.values, guarded=False), ROWS_PER_STEP):
            self._passed(len(step), b"".join(step))
            yield step

    def texts(self) -> Iterator[list[str]]:
        """The same as cells. Raises ReportTooLong."""
        for step in self.steps():
            yield from csv.reader(str(line, "utf-8") for line in step)

    def _passed(self, rows: int, lines: bytes) -> None:
        self.count += rows
        if self.count > self.rows_max:
            raise ReportTooLong(rows=f"{self.rows_max:,}")
        self._digest.update(lines)
        self.progress(self.count)


def csv_lines(report: Report, values: Values, *, guarded: bool) -> Iterator[bytes]:
    """Each row as one line of CSV (with line breaks inside only where a cell has them)."""
    if report.selections is None:
        assert report.rows is not None
        for cells in report.rows(values):
            yield csv_line(texts_of(cells, report.columns, guarded=guarded))
        return
    for selection in report.selections(values):
        yield from _copied(selection, report.columns, guarded=guarded)


def csv_line(texts: Iterable[str]) -> bytes:
    """As PostgreSQL would write it."""
    line = StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(texts)  # So that either is put in quotes.
    return line.getvalue().removesuffix("\r\n").encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as text; `count` and `totals` (minor units or numbers, by column) of all."""

    rows: list[list[str]]
    count: int
    totals: dict[int, int]


def preview(report: Report, values: Values, *, rows_max: int) -> Preview:
    """What a report would hold, without making it."""
    totalled = [place for place, column in enumerate(report.columns) if column.is_totalled]
    if report.selections is not None:
        return _previewed(report, report.selections(values), totalled, rows_max)
    assert report.rows is not None
    shown, count, totals = [], 0, dict.fromkeys(totalled, 0)
    for cells in report.rows(values):
        count += 1
        if count <= rows_max:
            shown.append(texts_of(cells, report.columns, guarded=False))
        for place in totalled:
            totals[place] += cells[place] or 0  # type: ignore[operator]
    return Preview(shown, count, totals)


def _previewed(
    report: Report, selections: Sequence[Selection], totalled: list[int], rows_max: int
) -> Preview:
    shown: list[list[str]] = []
    count, totals = 0, dict.fromkeys(totalled, 0)
    for selection in selections:
        lines = _copied(selection, report.columns, guarded=False, rows_max=rows_max)
        shown += csv.reader(str(line, "utf-8") for line in lines)
        sums = ", ".join(["count(*)", *(f"sum(report_rows.c{place})" for place in totalled)])
        query = f"SELECT {sums} FROM {_as_rows(selection, report.columns)}"  # noqa: S608 - our own names
        with connection.cursor() as cursor:
            cursor.execute(query, selection.values)
            found, *of_columns = cursor.fetchone()
        count += found
        for place, total in zip(totalled, of_columns, strict=True):
            totals[place] += int(total or 0)
    return Preview(list(islice(shown, rows_max)), count, totals)


def totals_of(columns: Sequence[Column], totals: dict[int, int]) -> list[str]:
    """The totals as a row of texts."""
    return [
        text_of(totals[place], column) if place in totals else ""
        for place, column in enumerate(columns)
    ]


def number_of(text: str, column: Column) -> int:
    """What a totalled cell adds to its total."""
    return minor_of(text) if column.kind == CellKind.MONEY else int(text or 0)


def _copied(
    selection: Selection, columns: Sequence[Column], *, guarded: bool, rows_max: int | None = None
) -> Iterator[bytes]:
    """PostgreSQL's own CSV of a query, row by row."""
    limit = f" LIMIT {rows_max}" if rows_max is not None else ""
    texts = sql_texts(columns, guarded=guarded)
    query = f"SELECT {texts} FROM {_as_rows(selection, columns)}{limit}"  # noqa: S608 - our own names
    # Django's cursor does not know `copy`, nor translate its errors.
    with connection.wrap_database_errors, connection.cursor() as cursor:
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", selection.values) as copy:
            for line in copy:
                yield bytes(line)


def _as_rows(selection: Selection, columns: Sequence[Column]) -> str:
    names = ", ".join(f"c{place}" for place in range(len(columns)))
    return f"({selection.sql}) AS report_rows ({names})"
