"""The file format of a workbook (Office Open XML): a ZIP of XML parts, written as they come.

A sheet takes its rows as XML, in order, and compresses them in a thread beside whoever makes them.
Nothing of it is kept in memory.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from enum import StrEnum
from itertools import count, product
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from reports.base import CellKind

SHEET_ROWS_MAX = 1_048_576
TITLE_CHARACTERS_MAX = 31
# Rows of one report are much alike: the quickest compression takes nine tenths of them away.
COMPRESSION = 1
NUMBER_FORMATS = {
    CellKind.MONEY: "#,##0.00;[Red]-#,##0.00",
    CellKind.INTEGER: "#,##0",
    CellKind.INSTANT: "yyyy-mm-dd hh:mm:ss",
    CellKind.DATE: "yyyy-mm-dd",
}


class Look(StrEnum):
    """A cell of a table, a heading, a total, a value beside its label (which stands on the left)."""

    PLAIN = "plain"
    HEADING = "heading"
    TOTAL = "total"
    LEFT = "left"


_STYLES = {style: number for number, style in enumerate(product(CellKind, Look))}
_FIRST_FORMAT = 164  # Numbers below are a spreadsheet's own.
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def style(kind: CellKind, look: Look) -> int:
    """The number of a cell's style."""
    return _STYLES[kind, look]


class Sheet:
    """Open for rows. Where `table` is set (`A1:C9`), its heading filters it."""

    def __init__(self, part: IO[bytes], beside: ThreadPoolExecutor) -> None:
        self._part, self._beside = part, beside
        self._writing: Future[None] | None = None
        self.table = ""

    def write(self, xml: bytes, seal: Callable[[bytes], None] | None = None) -> None:
        """Returns when what came before is written, so that one piece at most waits.

        `seal` is given the same bytes in the thread that compresses them.
        """
        self.finish()
        self._writing = self._beside.submit(self._take, xml, seal)

    def _take(self, xml: bytes, seal: Callable[[bytes], None] | None) -> None:
        if seal is not None:
            seal(xml)
        self._part.write(xml)

    def finish(self) -> None:
        if self._writing is not None:
            self._writing.result()


class Workbook:
    """One sheet is open at a time; `is_first` puts one that is written later before the others."""

    def __init__(self, path: Path) -> None:
        self._zip = ZipFile(path, "w", ZIP_DEFLATED, compresslevel=COMPRESSION)
        self._sheets: list[tuple[str, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """What was broken off stays without its frame, so that no program takes it for whole."""
        with self._zip:
            if error is None:
                self._write_frame()

    @contextmanager
    def sheet(
        self, title: str, widths: Sequence[int], *, is_first: bool = False, is_table: bool = False
    ) -> Iterator[Sheet]:
        """A table's first row stays in sight."""
        number = len(self._sheets) + 1
        self._sheets.insert(0 if is_first else len(self._sheets), (self._free(title), number))
        with (
            self._zip.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as part,
            ThreadPoolExecutor(1) as beside,
        ):
            sheet = Sheet(part, beside)
            sheet.write(_sheet_head(widths, is_frozen=is_table).encode())
            yield sheet
            table = f'<autoFilter ref="{sheet.table}"/>' if sheet.table else ""
            sheet.write(f"</sheetData>{table}</worksheet>".encode())
            sheet.finish()

    def _free(self, title: str) -> str:
        """The title as a sheet may have it, which no other one has."""
        plain = title.translate(dict.fromkeys(map(ord, "[]:*?/\\"), " ")).strip("'")
        taken = {title.casefold() for title, _number in self._sheets}
        for turn in count(1):
            mark = f" ({turn})" if turn > 1 else ""
            name = plain[: TITLE_CHARACTERS_MAX - len(mark)] + mark
            if name.casefold() not in taken:
                break
        return name

    def _write_frame(self) -> None:
        """The parts that say what the others are."""
        numbers = range(1, len(self._sheets) + 1)
        sheets = "".join(
            f'<sheet name={quoteattr(title)} sheetId="{number}" r:id="rId{number}"/>'
            for title, number in self._sheets
        )
        parts = {
            "[Content_Types].xml": _content_types(numbers),
            "_rels/.rels": _relationships({"rId1": ("officeDocument", "xl/workbook.xml")}),
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">'
            f"<sheets>{sheets}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": _relationships(
                {
                    f"rId{number}": ("worksheet", f"worksheets/sheet{number}.xml")
                    for number in numbers
                }
                | {"styles": ("styles", "styles.xml")}
            ),
            "xl/styles.xml": _styles(),
        }
        for name, xml in parts.items():
            self._zip.writestr(name, _XML + xml)


def _sheet_head(widths: Sequence[int], *, is_frozen: bool) -> str:
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, 1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        f"{pane if is_frozen else ''}</sheetView></sheetViews><cols>{columns}</cols><sheetData>"
    )


def _content_types(numbers: Sequence[int]) -> str:
    types = {"/xl/workbook.xml": "sheet.main", "/xl/styles.xml": "styles"} | {
        f"/xl/worksheets/sheet{number}.xml": "worksheet" for number in numbers
    }
    overrides = "".join(
        f'<Override PartName="{part}" ContentType="{_TYPE}.{kind}+xml"/>'
        for part, kind in types.items()
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>'
    )


def _relationships(targets: dict[str, tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="{name}" Type="{_LINKS}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _styles() -> str:
    """Each kind in each look, in the order of their numbers."""
    numbers = {kind: _FIRST_FORMAT + place for place, kind in enumerate(NUMBER_FORMATS)}
    formats = "".join(
        f'<numFmt numFmtId="{numbers[kind]}" formatCode="{escape(code)}"/>'
        for kind, code in NUMBER_FORMATS.items()
    )
    cells = "".join(
        f'<xf numFmtId="{numbers.get(kind, 0)}" fontId="{int(look in {Look.HEADING, Look.TOTAL})}" '
        f'fillId="0" borderId="{int(look is Look.TOTAL)}" xfId="0" applyNumberFormat="1" '
        'applyFont="1" applyBorder="1" applyAlignment="1">'
        f"{'<alignment horizontal="left"/>' if look is Look.LEFT else ''}</xf>"
        for kind, look in _STYLES
    )
    font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    border = "<left/><right/><top{0}<bottom/><diagonal/>"
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(NUMBER_FORMATS)}">{formats}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        f'<borders count="2"><border>{border.format("/>")}</border>'
        f"<border>{border.format(' style="thin"><color auto="1"/></top>')}</border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(_STYLES)}">{cells}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )
