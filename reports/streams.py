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
from psycopg import OperationalError
from psycopg.errors import lookup
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn

from marketplace.shared.rows import Selection
from reports.base import CellKind, Column, Report, Values
from reports.cells import Table
from reports.errors import ReportTooLong
from reports.tabs import copy_tabbed, sql_cells
from reports.texts import minor_of, sql_said, sql_texts, text_of, texts_of

type Progress = Callable[[int], None]

ROWS_PER_STEP = 2_000
# While these are written PostgreSQL goes on: about as many rows wait in the socket between us.
ROWS_PER_PIECE = 500


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
    """The rows of one report for one file. One of `lines`, `xml` and `texts` is read, once."""

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
        """SHA-256 over the rows that were read, as they were given out: `lines` or `xml`."""
        return self._digest.hexdigest()

    def lines(self) -> Iterator[bytes]:
        """The rows as CSV, disarmed, some thousand at a time. Raises ReportTooLong."""
        for step in batched(csv_lines(self.report, self.values, guarded=True), ROWS_PER_STEP):
            some = b"".join(step)
            self._counted(len(step))
            self.seal(some)
            yield some

    def xml(self, table: Table) -> Iterator[tuple[int, bytes]]:
        """The rows of a sheet, some hundred at a time, and how many they are; a formula stays the
        text that it is. Who writes them seals them. Raises ReportTooLong."""
        for count, xml in self._xml(table):
            self._counted(count)
            yield count, xml

    def seal(self, written: bytes) -> None:
        """Bring what was written under the checksum; in order, and from one thread at a time."""
        self._digest.update(written)

    def texts(self) -> Iterator[list[str]]:
        """The rows as cells; the checksum is of them as CSV. Raises ReportTooLong."""
        for step in batched(csv_lines(self.report, self.values, guarded=False), ROWS_PER_STEP):
            self._counted(len(step))
            self.seal(b"".join(step))
            yield from csv.reader(str(line, "utf-8") for line in step)

    def _xml(self, table: Table) -> Iterator[tuple[int, bytes]]:
        report = self.report
        if report.selections is None:
            assert report.rows is not None
            for rows in batched(report.rows(self.values), ROWS_PER_PIECE):
                yield len(rows), table.of_cells(rows)
            return
        cells = sql_cells(report.columns)
        for selection in report.selections(self.values):
            statement = copy_tabbed(_query(selection, report.columns, cells))
            for lines in batched(_copied(statement, selection), ROWS_PER_PIECE):
                yield len(lines), table.of_lines(lines)

    def _counted(self, rows: int) -> None:
        self.count += rows
        if self.count > self.rows_max:
            raise ReportTooLong(rows=f"{self.rows_max:,}")
        self.progress(self.count)


def csv_lines(report: Report, values: Values, *, guarded: bool) -> Iterator[bytes]:
    """Each row as one line of CSV (with line breaks inside only where a cell has them)."""
    if report.selections is None:
        assert report.rows is not None
        for cells in report.rows(values):
            yield csv_line(texts_of(cells, report.columns, guarded=guarded))
        return
    for selection in report.selections(values):
        yield from _copied(_csv_of(selection, report.columns, guarded=guarded), selection)


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
        lines = _copied(_csv_of(selection, report.columns, rows_max=rows_max), selection)
        shown += csv.reader(str(line, "utf-8") for line in lines)
        sums = ", ".join(["count(*)", *(f"sum(report_rows.c{place})" for place in totalled)])
        with connection.cursor() as cursor:
            cursor.execute(_query(selection, report.columns, sums), selection.values)
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


def _csv_of(
    selection: Selection,
    columns: Sequence[Column],
    *,
    guarded: bool = False,
    rows_max: int | None = None,
) -> str:
    """The statement that copies a query as CSV."""
    limit = f" LIMIT {rows_max}" if rows_max is not None else ""
    texts = sql_texts(columns, guarded=guarded)
    return f"COPY ({_query(selection, columns, texts)}{limit}) TO STDOUT (FORMAT csv)"


def _copied(statement: str, selection: Selection) -> Iterator[bytes]:
    """What PostgreSQL writes, row by row.

    psycopg begins and, where the reader has enough, breaks off. libpq is asked for the rows itself:
    `Copy.read` takes three generators for each, and twice the time.
    """
    # Django's cursor does not know `copy`, nor translate its errors.
    with connection.wrap_database_errors, connection.cursor() as cursor:
        with cursor.copy(statement, selection.values) as copy:
            server: PGconn = copy.connection.pgconn
            size, line = server.get_copy_data(0)
            while size > 0:
                yield bytes(line)
                size, line = server.get_copy_data(0)
            ended = list(iter(server.get_result, None))
            if [result.status for result in ended] != [ExecStatus.COMMAND_OK]:
                state = ended[0].error_field(DiagnosticField.SQLSTATE) if ended else None
                kind = lookup(state.decode()) if state else OperationalError
                raise kind(server.get_error_message())


def _query(selection: Selection, columns: Sequence[Column], select: str) -> str:
    names = ", ".join(f"c{place}" for place in range(len(columns)))
    rows = f"({selection.sql}) AS report_rows ({names})"
    cells = [sql_said(f"report_rows.c{place}", column) for place, column in enumerate(columns)]
    if any("(" in cell for cell in cells):
        # Said once, whatever is then asked of the cell.
        rows = f"(SELECT {', '.join(cells)} FROM {rows} OFFSET 0) AS report_rows ({names})"  # noqa: S608 - as below
    return f"SELECT {select} FROM {rows}"  # noqa: S608 - our own names
