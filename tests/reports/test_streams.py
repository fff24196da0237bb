"""PostgreSQL writes a report's rows as Python would, and memory stays flat however many there are."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest
from django.db import DataError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.shared.rows import Selection
from reports.base import CellKind, Column, Group, Report
from reports.cells import Table
from reports.errors import ReportTooLong
from reports.exporter import export
from reports.streams import Rows, csv_lines, preview
from tests.reports.test_exporter import FORMULAS, HARMLESS

pytestmark = pytest.mark.django_db

AT = datetime(2026, 10, 4, 21, 30, 59, 999_999, tzinfo=UTC)
COLUMNS = (
    Column("Who"),
    Column("State", labels={"open": "=Open, “100 %”"}),
    Column("Amount (TZS)", CellKind.MONEY, is_totalled=True),
    Column("Pieces", CellKind.INTEGER, is_totalled=True),
    Column("When", CellKind.INSTANT),
    Column("Day", CellKind.DATE),
)
VALUES = (
    "SELECT * FROM (VALUES (%s::text, %s::text, %s::bigint, %s::integer, %s::timestamptz, %s::date))"
    " AS v"
)


def a_report(rows=None, selections=None) -> Report:
    return Report(
        code="tried", title="Tried", description="", permission="", parameters=(),
        columns=COLUMNS, group=Group.CONTROL, icon="",
        rows=rows and (lambda values: iter(rows)),
        selections=selections and (lambda values: selections),
    )  # fmt: skip


def both(row, *, guarded) -> tuple[list[bytes], list[bytes]]:
    ours = a_report(rows=[row])
    theirs = a_report(selections=[Selection(VALUES, row)])
    return (
        list(csv_lines(ours, {}, guarded=guarded)),
        list(csv_lines(theirs, {}, guarded=guarded)),
    )


@pytest.mark.parametrize(
    "text", [*FORMULAS, *HARMLESS, "%s", "100 %", 'a"b', "a,b", "\\.", "'", "\\"]
)
@pytest.mark.parametrize("guarded", [True, False])
def test_the_server_writes_what_we_would(text, guarded):
    ours, theirs = both((text, text, -1_234_50, 3, AT, date(2026, 10, 5)), guarded=guarded)

    assert [line.replace(b'"\\."', b"\\.") for line in theirs] == ours


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    st.none() | st.sampled_from(["open", "shut", ""]),
    st.none() | st.integers(-(10**15), 10**15),
)
def test_whatever_the_text_and_the_amount(text, state, amount):
    ours, theirs = both((text, state, amount, None, None, None), guarded=True)

    assert [line.replace(b'"\\."', b"\\.") for line in theirs] == ours


def sheet_rows(report: Report) -> tuple[bytes, dict[int, int]]:
    """Their XML, and the totals."""
    table = Table(report.columns)
    xml = b"".join(xml for _count, xml in Rows(report, {}, rows_max=99).xml(table))
    return xml, table.totals


def both_sheets(rows):
    """The rows of a sheet, worked out here and selected there."""
    values = [value for row in rows for value in row]
    theirs = Selection(" UNION ALL ".join([VALUES] * len(rows)), values)
    return sheet_rows(a_report(rows=rows)), sheet_rows(a_report(selections=[theirs]))


# What looks like a mark, an escape or the end of something, to COPY, to XML or to a spreadsheet.
ODD = st.sampled_from(
    ["\\", "\\N", "\\n", "\n", "\r\n", "\t", "\x1f", "\x01", "\x05", "\x06", "\x07", "\x0b", "_x0007_", "_x",
     " ", "\xa0", "&", "<c/>", "]]>", "%s", "%", '"', ",", "\ufffe", "\U0001f600"]
)  # fmt: skip
INSTANTS = st.integers(0, 2**34).map(lambda second: AT.fromtimestamp(second + 0.75, UTC))
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.none() | st.lists(ODD | CHARACTERS, max_size=6).map("".join),
            st.none() | st.sampled_from(["open", "shut", ""]),
            st.none() | st.integers(-(10**15), 10**15),
            st.none() | st.integers(1 - 2**31, 2**31 - 1),
            st.none() | INSTANTS,
            st.none() | st.dates(date(1970, 1, 1)),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_the_rows_of_a_sheet_are_the_same_whoever_writes_them(rows):
    ours, theirs = both_sheets(rows)

    assert theirs == ours


def counted_down(last: int) -> Report:
    """Rows that end with a division by nought where `last` is 0, and else with the last one."""
    sql = "SELECT n::text, 'open', 7 / n, n, NULL::timestamptz, NULL::date"
    return a_report(
        selections=[Selection(f"{sql} FROM generate_series(5000, %s, -1) AS n", (last,))]
    )


def test_what_breaks_behind_many_rows_is_told_as_what_it_is_and_not_taken_for_the_end():
    with pytest.raises(DataError, match="division by zero"), transaction.atomic():
        list(csv_lines(counted_down(0), {}, guarded=True))

    assert len(list(csv_lines(counted_down(1), {}, guarded=True))) == 5_000


def test_who_has_read_enough_leaves_the_connection_to_others():
    with pytest.raises(ReportTooLong), transaction.atomic():
        list(Rows(counted_down(1), {}, rows_max=99).lines())

    assert len(list(csv_lines(counted_down(1), {}, guarded=True))) == 5_000


def test_space_at_the_ends_of_a_text_is_kept():
    ours, theirs = both_sheets(
        [(text, None, None, None, None, None) for text in (" a", "b ", "\tc", "d\n", "e f")]
    )

    assert theirs == ours
    assert theirs[0].count(b'<t xml:space="preserve">') == 4
    assert b"<v>e f</v>" in theirs[0]


def test_what_xml_cannot_hold_takes_the_form_in_which_every_program_resolves_escapes():
    texts = ("a\x07", "b\r", "c\x0b", "d_x0041_", "e\n", "f")
    ours, theirs = both_sheets([(text, None, None, None, None, None) for text in texts])

    assert theirs == ours
    assert theirs[0].count(b't="inlineStr"') == 4 + 1  # The line feed is space at an end.
    assert b"b_x000D_</t>" in theirs[0]
    assert b"d_x005F_x0041_</t>" in theirs[0]


def test_a_text_that_a_cell_cannot_hold_is_cut_wherever_it_comes_from():
    ours, theirs = both_sheets(
        [("\\" * 40_000, None, None, None, None, None), ("x", "open", 1, 1, AT, None)]
    )

    assert theirs == ours
    assert b"\\" * 32_767 + b"<" in theirs[0]


def test_a_preview_shows_the_first_rows_and_the_totals_of_all():
    row = ("Asha", "open", 1_00, 2, AT, None)
    many = Selection(
        "SELECT 'x', 'shut', n * 100, n, now(), NULL FROM generate_series(1, %s) n", (60,)
    )
    one = Selection(VALUES, row)

    for report in (
        a_report(selections=[one, many]),
        a_report(rows=[row] + [("x", "", 0, 0, AT, None)] * 60),
    ):
        shown = preview(report, {}, rows_max=50)

        assert (len(shown.rows), shown.count) == (50, 61)
        assert shown.rows[0][:4] == ["Asha", "=Open, “100 %”", "1.00", "2"]
    assert preview(a_report(selections=[one, many]), {}, rows_max=50).totals == {
        2: 1_00 + 1830_00,
        3: 2 + 1830,
    }


MAKER = """
import sys, django
django.setup()
from pathlib import Path
from tests.memory import peak_kb
from tests.reports.test_streams import a_long_report
from reports.cells import Table
from reports.errors import ReportTooLong
from reports.exporter import export
made = export(a_long_report(int(sys.argv[1])), {}, sys.argv[2], Path(sys.argv[3]))
print(made.rows, peak_kb() // 1024)
"""


def a_long_report(rows: int) -> Report:
    return a_report(
        selections=[
            Selection(
                "SELECT 'Person ' || n, 'open', n * 100, n, now(), current_date"
                " FROM generate_series(1, %s) n",
                (rows,),
            )
        ]
    )


def peak_mb(rows: int, form: str, folder) -> int:
    """Of a process that makes a report of so many rows."""
    ran = subprocess.run(
        [sys.executable, "-c", MAKER, str(rows), form, str(folder / f"long.{form}")],
        env=os.environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    made, peak = map(int, ran.stdout.split())
    assert made == rows
    return peak


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_memory_does_not_grow_with_fifty_thousand_rows(form, tmp_path):
    assert peak_mb(50_000, form, tmp_path) < peak_mb(2_000, form, tmp_path) + 8


def test_the_checksum_is_that_of_the_rows_as_they_stand_in_the_file(tmp_path):
    made = export(a_long_report(3_000), {}, "csv", tmp_path / "a.csv")

    rows = (tmp_path / "a.csv").read_bytes().split(b"\n")[1 : 1 + 3_000]
    assert sha256(b"".join(row + b"\n" for row in rows)).hexdigest() == made.checksum
