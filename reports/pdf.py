"""Pages on A4: the one layout of invoices, statements and reports that are made for people.

The standard fonts cover English and Swahili and need not be embedded; characters beyond them, rare in
names, are shown as a question mark.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus import Table as Grid

ACCENT = colors.HexColor("#00857A")
INK = colors.HexColor("#0A1F1D")
LESSER = colors.HexColor("#5B6F6C")
RULE = colors.HexColor("#D9E3E1")
MARGIN = 16 * mm
FOOT = 14 * mm
GAP = 9
PADDING = 6  # What a frame keeps free on each side, in points.
# A report of more rows than anybody turns pages for comes as a spreadsheet.
ROWS_MAX = 5_000

_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=8.5, leading=11, textColor=INK)
_RIGHT = ParagraphStyle("right", parent=_BODY, alignment=TA_RIGHT)
_BOLD = ParagraphStyle("bold", parent=_BODY, fontName="Helvetica-Bold")
_BOLD_RIGHT = ParagraphStyle("bold-right", parent=_BOLD, alignment=TA_RIGHT)
_HEAD = ParagraphStyle("head", parent=_BOLD, fontSize=7.5, textColor=LESSER)
_HEAD_RIGHT = ParagraphStyle("head-right", parent=_HEAD, alignment=TA_RIGHT)
_SMALL = {
    style: ParagraphStyle(f"small-{style.name}", parent=style, fontSize=5.8, leading=7.2)
    for style in (_BODY, _RIGHT, _BOLD, _BOLD_RIGHT, _HEAD, _HEAD_RIGHT)
}
_LABEL = ParagraphStyle("label", parent=_BODY, fontSize=7.5, leading=9.5, textColor=LESSER)
_TITLE = ParagraphStyle(
    "title", fontName="Helvetica-Bold", fontSize=18, leading=22, textColor=INK, spaceAfter=1 * mm
)
_SECTION = ParagraphStyle(
    "section", parent=_BOLD, fontSize=10.5, leading=14, spaceBefore=5 * mm, spaceAfter=1.5 * mm
)


@dataclass(frozen=True, slots=True)
class Party:
    """A name with lines below it: who issues a paper, and for whom."""

    label: str
    name: str
    lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """`share` is the column's part of the width; numbers stand to the right."""

    label: str
    share: float = 1
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table under a heading; `totals` is its last line, in bold. `is_small` is for many columns."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    totals: Sequence[str] = ()
    is_small: bool = False


@dataclass(slots=True)
class Paper:
    """What stands on the pages, from top to bottom. `footer` stands on each of them."""

    title: str
    subtitle: str = ""
    parties: Sequence[Party] = ()
    facts: Sequence[tuple[str, str]] = ()
    sections: list[Section] = field(default_factory=list)
    figures: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    footer: str = ""
    qr: str = ""
    is_wide: bool = False


def write(paper: Paper, target: IO[bytes]) -> None:
    """Draw the paper; the same paper makes the same bytes."""
    size = landscape(A4) if paper.is_wide else A4
    template = SimpleDocTemplate(
        target,
        pagesize=size,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + FOOT / 2,
        title=paper.title,
        author="ZetuTech",
        invariant=1,
    )
    width = size[0] - 2 * MARGIN - 2 * PADDING
    story = [*_head(paper, width), *_body(paper, width)]
    template.build(story, canvasmaker=partial(_Numbered, footer=paper.footer))


def _head(paper: Paper, width: float) -> list[Flowable]:
    story: list[Flowable] = [_Mark(width), Paragraph(_text(paper.title), _TITLE)]
    if paper.subtitle:
        story.append(Paragraph(_text(paper.subtitle), _LABEL))
    story.append(Spacer(1, 5 * mm))
    if paper.parties:
        cells = [_party(party) for party in paper.parties]
        story += [Grid([cells], colWidths=[width / len(cells)] * len(cells), style=_PLAIN)]
        story.append(Spacer(1, 4 * mm))
    if paper.facts:
        cells = [
            [Paragraph(_text(label), _LABEL), Paragraph(_text(value), _BOLD)]
            for label, value in paper.facts
        ]
        widths = [width / len(cells)] * len(cells)
        story += [Grid([cells], colWidths=widths, style=_BOXED), Spacer(1, 2 * mm)]
    return story


def _body(paper: Paper, width: float) -> list[Flowable]:
    story: list[Flowable] = []
    for section in paper.sections:
        if section.title:
            story.append(Paragraph(_text(section.title), _SECTION))
        elif story:
            story.append(Spacer(1, 4 * mm))
        story.append(_table(section, width))
    if paper.figures:
        story.append(Spacer(1, 5 * mm))
        rows = [
            [Paragraph(_text(label), _BODY), Paragraph(_text(value), _BOLD_RIGHT)]
            for label, value in paper.figures
        ]
        story.append(Grid(rows, colWidths=[50 * mm, 40 * mm], style=_FIGURES, hAlign="RIGHT"))
    story += [Paragraph(_text(note), _LABEL) for note in paper.notes]
    if paper.qr:
        story += [Spacer(1, 4 * mm), _qr(paper.qr)]
    return story


def _party(party: Party) -> list[Flowable]:
    lines = [Paragraph(_text(line), _BODY) for line in party.lines if line]
    return [Paragraph(_text(party.label), _LABEL), Paragraph(_text(party.name), _BOLD), *lines]


def _table(section: Section, width: float) -> Flowable:
    """Its header again on every page."""
    shares = sum(column.share for column in section.columns)
    heads = _styles(section, _HEAD, _HEAD_RIGHT)
    styles = _styles(section, _BODY, _RIGHT)
    lines = [
        [
            Paragraph(_text(column.label), style)
            for column, style in zip(section.columns, heads, strict=True)
        ]
    ]
    lines += [
        [Paragraph(_text(cell), style) for cell, style in zip(row, styles, strict=True)]
        for row in section.rows
    ]
    look = [*_TABLE, *_gaps(section)]
    if not section.rows:
        look.append(("SPAN", (0, 1), (-1, 1)))
        lines.append([Paragraph(_("Nothing in this period."), _LABEL), *[""] * (len(heads) - 1)])
    if section.totals:
        bold = _styles(section, _BOLD, _BOLD_RIGHT)
        lines.append(
            [
                Paragraph(_text(cell), style)
                for cell, style in zip(section.totals, bold, strict=True)
            ]
        )
        look.append(("LINEABOVE", (0, -1), (-1, -1), 0.8, INK))
    widths = [width * column.share / shares for column in section.columns]
    return LongTable(lines, colWidths=widths, repeatRows=1, style=TableStyle(look))


def _gaps(section: Section) -> list[tuple[Any, ...]]:
    """Room between a number, which stands to the right, and words that begin beside it."""
    pairs = zip(section.columns, section.columns[1:], strict=False)
    return [
        ("RIGHTPADDING", (place, 0), (place, -1), GAP)
        for place, (column, following) in enumerate(pairs)
        if column.is_number and not following.is_number
    ]


def _styles(
    section: Section, words: ParagraphStyle, numbers: ParagraphStyle
) -> list[ParagraphStyle]:
    """One for each column."""
    styles = [numbers if column.is_number else words for column in section.columns]
    return [_SMALL[style] for style in styles] if section.is_small else styles


def _qr(text: str) -> Flowable:
    size = 26 * mm
    widget = QrCodeWidget(text, barLevel="M")
    left, bottom, right, top = widget.getBounds()
    drawing = Drawing(
        size, size, transform=[size / (right - left), 0, 0, size / (top - bottom), 0, 0]
    )
    drawing.add(widget)
    return drawing


def _text(value: Any) -> str:
    """As the standard fonts can show it, with nothing that the layout would read as markup."""
    return escape(str(value).encode("cp1252", "replace").decode("cp1252"))


class _Mark(Flowable):
    """Our name above the title, with a rule."""

    def __init__(self, width: float) -> None:
        super().__init__()
        self.width, self.height = width, 11 * mm

    def draw(self) -> None:
        canvas = self.canv
        canvas.setFillColor(ACCENT)
        canvas.roundRect(0, 4 * mm, 6 * mm, 6 * mm, 1.4 * mm, stroke=0, fill=1)
        canvas.setFillColor(colors.white)
        canvas.setFont("Helvetica-Bold", 11)
        canvas.drawCentredString(3 * mm, 5.6 * mm, "Z")
        canvas.setFillColor(INK)
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(8 * mm, 6 * mm, "ZetuTech")
        canvas.setStrokeColor(RULE)
        canvas.line(0, 2 * mm, self.width, 2 * mm)


class _Numbered(Canvas):
    """Keeps the pages until all are drawn: only then is it known how many there are."""

    def __init__(self, *args: Any, footer: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._footer = footer
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._kept, 1):
            self.__dict__.update(page)
            self._foot(number, len(self._kept))
            super().showPage()
        super().save()

    def _foot(self, number: int, of: int) -> None:
        width = self._pagesize[0]
        self.setStrokeColor(RULE)
        self.line(MARGIN, FOOT, width - MARGIN, FOOT)
        self.setFont("Helvetica", 7)
        self.setFillColor(LESSER)
        self.drawString(
            MARGIN, FOOT - 4 * mm, self._footer.encode("cp1252", "replace").decode("cp1252")
        )
        said = _("Page %(number)s of %(of)s") % {"number": number, "of": of}
        self.drawRightString(width - MARGIN, FOOT - 4 * mm, said)


_PLAIN = TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
_BOXED = TableStyle(
    [
        ("BOX", (0, 0), (-1, -1), 0.6, RULE),
        ("INNERGRID", (0, 0), (-1, -1), 0.6, RULE),
        ("BACKGROUND", (0, 0), (-1, -1), colors.HexColor("#F5F9F8")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
)
_FIGURES = TableStyle(
    [
        ("LINEBELOW", (0, 0), (-1, -2), 0.4, RULE),
        ("LINEABOVE", (0, -1), (-1, -1), 0.8, INK),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
    ]
)
_TABLE: list[tuple[Any, ...]] = [
    ("LINEBELOW", (0, 0), (-1, 0), 0.8, ACCENT),
    ("LINEBELOW", (0, 1), (-1, -1), 0.3, RULE),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 2),
    ("RIGHTPADDING", (0, 0), (-1, -1), 2),
    ("TOPPADDING", (0, 0), (-1, -1), 2.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
]
