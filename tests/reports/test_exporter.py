"""Files that come out: read back, they hold what went in, and nothing in them runs."""

import csv
import re
import tracemalloc
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from reports import exporter, papers, pdf, sheets
from reports.base import FOR_PEOPLE, CellKind, Column, Figure, Group, Report
from reports.errors import FormatUnknown, PaperTooLong, ReportTooLong
from reports.exporter import Made, Ordered, export
from reports.texts import disarmed

pytestmark = pytest.mark.django_db

AT = datetime(2026, 10, 4, 21, 30, tzinfo=UTC)
FORMULAS = [
    "=1+1", "=HYPERLINK(\"http://evil.test\")", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)", "\t=1+1", "\r=1+1", " =1+1", "\n=1", "＝1+1", "＋1+1", "-x", "+x",
]  # fmt: skip
HARMLESS = ["+255754000001", "-1,500.00", "-300.00", "Asha", "", "1=1", "a@b.test", "—"]


def a_report(rows, summary=()):
    return Report(
        code="tried",
        title="Tried",
        description="",
        permission="",
        parameters=(),
        columns=(
            Column("Who"),
            Column("Amount (TZS)", CellKind.MONEY, is_totalled=True),
            Column("Pieces", CellKind.INTEGER, is_totalled=True),
            Column("When", CellKind.INSTANT),
            Column("Day", CellKind.DATE),
        ),
        group=Group.CONTROL,
        icon="",
        rows=lambda values: iter(rows),
        summary=lambda values: list(summary),
    )


def exported(rows, form, folder: Path, summary=()):
    path = folder / f"tried.{form}"
    export(a_report(rows, summary), {}, form, path)
    return path


def csv_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    return rows[: rows.index([])]  # Above the empty line; the summary stands below it.


def test_a_file_says_what_was_asked_for_by_whom_and_when_and_what_its_rows_add_up_to(tmp_path):
    summary = [Figure("Difference", 1_200_00, CellKind.MONEY)]
    ordered = Ordered("RPT-1", "=Asha", AT)
    row = ("Asha", 1_00, 1, AT, None)
    path = tmp_path / "tried.csv"

    made = export(a_report([row], summary), {}, "csv", path, ordered=ordered)

    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[2:6] == ["", "Report,Tried", "Order,RPT-1", "Ordered by,'=Asha"]
    assert lines[6] == "Ordered,2026-10-05 00:30:00"
    assert lines[8:] == ["Rows,1", f"SHA-256 of the rows,{made.checksum}", "", "Difference,1200.00"]
    assert made.checksum == sha256(f"{lines[1]}\n".encode()).hexdigest()


def test_a_workbook_says_the_checksum_of_its_rows_as_they_stand_in_the_sheet(tmp_path):
    report = a_report(
        [("Asha, “A”\nB", 1_00, 1, AT, date(2026, 10, 5)), (None, None, None, None, None)]
    )

    made = export(report, {}, "xlsx", tmp_path / "a.xlsx")

    with ZipFile(tmp_path / "a.xlsx") as book:
        xml = book.read("xl/worksheets/sheet1.xml")
    _heading, *rows, _totals = re.findall(rb"<row>.*?</row>", xml, re.DOTALL)
    assert made == Made(2, sha256(b"".join(rows)).hexdigest())
    about = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    told = {row[0].value: row[1].value for row in about}
    assert (about.title, told["Rows"], told["SHA-256 of the rows"]) == (
        "About",
        2,
        made.checksum,
    )


def on_paper(monkeypatch, report, path: Path, **options) -> pdf.Paper:
    """What is drawn on the pages of a report that is for people."""
    drawn: list[pdf.Paper] = []

    def write(paper, file):
        drawn.append(paper)
        pdf.write(paper, file)

    monkeypatch.setattr(papers, "write", write)
    export(replace(report, formats=FOR_PEOPLE), {}, "pdf", path, **options)
    return drawn[0]


def test_a_paper_says_first_what_was_asked_for_its_verdict_and_then_the_rows(tmp_path, monkeypatch):
    rows = [("Asha <b>", 1_234_50, 3, AT, date(2026, 10, 5)), ("Juma", -34_50, 4_000, AT, None)]
    summary = [Figure("Ties to the ledger", "Yes", is_good=True)]
    path = tmp_path / "tried.pdf"

    paper = on_paper(
        monkeypatch, a_report(rows, summary), path, ordered=Ordered("RPT-1", "Asha", AT)
    )

    about, said, table = paper.sections
    assert path.read_bytes().startswith(b"%PDF")
    assert paper.facts == [("Ties to the ledger", "Yes")]
    assert [label for label, _value in about.rows] == [
        "Report", "Order", "Ordered by", "Ordered", "Data of", "Rows", "SHA-256 of the rows",
    ]  # fmt: skip
    assert said.rows == [("Ties to the ledger", "Yes")]
    assert table.rows[0] == ["Asha <b>", "1,234.50", "3", "2026-10-05 00:30", "2026-10-05"]
    assert table.totals == ["Total", "1,200", "4,003", "", ""]


def test_a_paper_of_more_pages_than_anybody_turns_is_refused_and_a_workbook_proposed(tmp_path):
    report = replace(a_report([("Asha", 1, 1, AT, None)] * (pdf.ROWS_MAX + 1)), formats=FOR_PEOPLE)

    with pytest.raises(PaperTooLong, match=r"5,000 rows.*Excel"):
        export(report, {}, "pdf", tmp_path / "x")


def test_a_format_that_the_report_does_not_come_in_is_refused(tmp_path):
    with pytest.raises(FormatUnknown, match="CSV, Excel"):
        export(a_report([]), {}, "docx", tmp_path / "x")


def test_csv_says_its_encoding_and_holds_the_values(tmp_path):
    path = exported([("Ünal, “A”", 1_234_50, 3, AT, date(2026, 10, 5))], "csv", tmp_path)

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert csv_rows(path) == [
        ["Who", "Amount (TZS)", "Pieces", "When", "Day"],
        ["Ünal, “A”", "1234.50", "3", "2026-10-05 00:30:00", "2026-10-05"],
    ]


def test_xlsx_has_types_formats_a_frozen_header_totals_and_a_summary(tmp_path):
    rows = [("Asha", 1_234_50, 3, AT, date(2026, 10, 5)), ("Juma", -34_50, 4, AT, None)]
    summary = [Figure("Difference", 1_200_00, CellKind.MONEY)]

    book = openpyxl.load_workbook(exported(rows, "xlsx", tmp_path, summary))

    sheet = book["Tried"]
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[2]][:3] == ["Asha", 1234.5, 3]
    assert f"{sheet['D2'].value:%Y-%m-%d %H:%M}" == "2026-10-05 00:30"
    assert sheet["B2"].number_format.startswith("#,##0.00")
    assert [cell.value for cell in sheet[4]] == ["Total", 1200, 7, None, None]
    assert book["Summary"]["B1"].value == 1200


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_runs_as_a_formula(text, tmp_path):
    row = (text, 0, 0, AT, None)

    cell = openpyxl.load_workbook(exported([row], "xlsx", tmp_path))["Tried"]["A2"]
    assert cell.data_type == "s"
    assert csv_rows(exported([row], "csv", tmp_path))[1][0] == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_computes_nothing_comes_back_unchanged(text, tmp_path):
    row = (text, -1_500_00, 0, AT, None)

    sheet = openpyxl.load_workbook(exported([row], "xlsx", tmp_path))["Tried"]
    assert (sheet["A2"].value or "") == text
    assert sheet["B2"].value == -1500
    assert csv_rows(exported([row], "csv", tmp_path))[1][:2] == [text, "-1500.00"]


@given(st.text())
def test_a_disarmed_text_begins_like_no_formula_unless_it_is_a_number(text):
    armless = disarmed(text)

    assert armless.removeprefix("'") == text.removeprefix("'")
    if armless.lstrip()[:1] in {"=", "+", "-", "@"}:
        assert armless.strip("+-").replace(",", "").replace(".", "").replace(" ", "").isdigit()


@settings(max_examples=25, deadline=None)
@given(amounts=st.lists(st.integers(-(10**14), 10**14), max_size=30))
def test_amounts_and_totals_read_back_to_the_cent(amounts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    rows = [("x", amount, 1, AT, None) for amount in amounts]

    sheet = openpyxl.load_workbook(exported(rows, "xlsx", folder))["Tried"]
    read = [round(sheet.cell(place, 2).value * 100) for place in range(2, 2 + len(amounts))]
    assert read == amounts
    assert round(sheet.cell(len(amounts) + 2, 2).value * 100) == sum(amounts)
    table = csv_rows(exported(rows, "csv", folder))[1:]
    assert [int(row[1].replace(".", "")) for row in table] == amounts


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_rows(form, tmp_path):
    def rows(count):
        return ((f"Person {n}", n * 100, n, AT, None) for n in range(count))

    peaks = []
    for count in (6_000, 20_000):  # Either keeps some steps in hand.
        tracemalloc.start()
        exported(rows(count), form, tmp_path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] + 2_000_000


def test_progress_is_told_and_a_report_that_is_too_long_says_so(tmp_path, monkeypatch):
    heard = []
    report = a_report([("x", 0, 0, AT, None)] * 5_000)

    assert export(report, {}, "csv", tmp_path / "a.csv", progress=heard.append).rows == 5_000
    assert heard == [2_000, 4_000, 5_000]

    monkeypatch.setattr(exporter, "ROWS_MAX", 4_000)
    with pytest.raises(ReportTooLong):
        export(report, {}, "xlsx", tmp_path / "a.xlsx")
    with pytest.raises(Exception, match="no item named"):
        openpyxl.load_workbook(tmp_path / "a.xlsx")


def test_more_rows_than_a_sheet_holds_go_on_to_another(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "SHEET_ROWS_MAX", 4_002)
    rows = [(f"Person {n}", 1_00, 1, AT, None) for n in range(5_000)]

    book = openpyxl.load_workbook(exported(rows, "xlsx", tmp_path))

    assert book.sheetnames == ["About", "Tried", "Tried (2)"]
    first, second = book["Tried"], book["Tried (2)"]
    assert (first.max_row, first.auto_filter.ref) == (4_001, "A1:E4001")
    assert [row[0].value for row in second][:2] == ["Who", "Person 4000"]
    assert [cell.value for cell in second[1_002]][:3] == ["Total", 5_000, 5_000]
    assert second.freeze_panes == "A2"


def test_another_reader_finds_the_same_values_and_their_types(tmp_path):
    rows = [
        ("<b>&amp; „A“", 1_234_50, 3, AT, date(2026, 10, 5)),
        (None, -50, None, None, None),
        (" both sides ", 0, 0, AT, None),
    ]

    found = CalamineWorkbook.from_path(exported(rows, "xlsx", tmp_path))
    heading, *read = found.get_sheet_by_name("Tried").to_python()

    assert heading[0] == "Who"
    assert read[0] == ["<b>&amp; „A“", 1234.5, 3, datetime(2026, 10, 5, 0, 30), date(2026, 10, 5)]  # noqa: DTZ001 - a sheet knows no zone
    assert read[1] == ["", -0.5, "", "", ""]
    assert read[2][:3] == [" both sides ", 0, 0]


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=9))
def test_any_text_makes_a_sheet_that_opens_and_says_it(texts, tmp_path_factory):
    path = exported(
        [(text, 1, 1, AT, None) for text in texts], "xlsx", tmp_path_factory.mktemp("any")
    )

    sheet = openpyxl.load_workbook(path)["Tried"]
    read = [unescape(sheet.cell(place, 1).value or "") for place in range(2, 2 + len(texts))]
    assert read == texts


def test_text_that_a_cell_cannot_hold_is_cut_and_the_rest_is_kept(tmp_path):
    rows = [("x" * 40_000, 1_00, 1, AT, None), ("&" * 40_000, 2_00, 1, AT, None)]

    sheet = openpyxl.load_workbook(exported(rows, "xlsx", tmp_path))["Tried"]

    assert [len(sheet.cell(place, 1).value) for place in (2, 3)] == [32_767, 32_767]
    assert sheet["B3"].value == 2
