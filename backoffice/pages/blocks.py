"""What a page is made of: facts, tables, and pieces with a template of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

NOTHING = "–"
# A page shows the newest of a long list; the list page behind it shows all.
ROWS_MAX = 100
# Columns that a phone cannot show beside each other.
WIDE_FROM = 4

# What stands in a table: the value, whether it is a figure, its heading, and whether it is nothing.
type Cell = tuple[Any, bool, Any, bool]


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and values, in columns."""

    title: Any
    rows: Sequence[tuple[Any, Any]]
    actions: Any = ""
    # What has not come to be yet is left out, where a dash would tell nobody anything.
    is_growing: bool = False
    template: str = "console/blocks/facts.html"

    @property
    def shown(self) -> Sequence[tuple[Any, Any]]:
        if not self.is_growing:
            return self.rows
        return [(label, value) for label, value in self.rows if value not in (None, "", NOTHING)]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; a numeric heading is given as `("Amount", "number")`."""

    title: Any
    headers: Sequence[Any]
    rows: Iterable[Sequence[Any]]
    empty: Any = ""
    footer: Sequence[Any] = ()
    # Buttons beside the title, and words under it.
    actions: Any = ""
    note: Any = ""
    # The last column is what somebody or something said, of any length.
    is_said: bool = False
    # A long table of lesser interest begins closed.
    is_folded: bool = False
    template: str = "console/blocks/table.html"

    @property
    def columns(self) -> list[tuple[Any, bool]]:
        return [
            (header[0], True) if isinstance(header, tuple) else (header, False)
            for header in self.headers
        ]

    @property
    def lines(self) -> list[list[Cell]]:
        return [self._cells(row) for row in self.rows]

    @property
    def last_line(self) -> list[Cell]:
        return self._cells(self.footer) if self.footer else []

    @property
    def is_wide(self) -> bool:
        """A phone shows each row as a block of its own, instead of pushing the table along."""
        return self.is_said or len(self.headers) >= WIDE_FROM

    def _cells(self, row: Sequence[Any]) -> list[Cell]:
        return [
            (value, is_number, label, value in (None, "", NOTHING))
            for value, (label, is_number) in zip(row, self.columns, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, as it was written."""

    title: Any
    text: Any
    template: str = "console/blocks/text.html"


@dataclass(frozen=True, slots=True)
class Preformatted:
    """Code, JSON, a traceback."""

    title: Any
    text: str
    template: str = "console/blocks/preformatted.html"


@dataclass(frozen=True, slots=True)
class Piece:
    """Anything with a template of its own; the template sees `block.context`."""

    title: Any
    template: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Blocks that belong together, such as all about one seller's part of an order."""

    blocks: Sequence[Any]
    title: Any = ""
    template: str = "console/blocks/group.html"


@dataclass(slots=True)
class Page:
    """A thing on one screen. `figures` stand on top, `side` beside `main`, the timeline last.

    `subjects` are the (aggregate, ids) whose events make up the timeline.
    """

    main: list[Any] = field(default_factory=list)
    side: list[Any] = field(default_factory=list)
    figures: list[tuple[Any, Any]] = field(default_factory=list)
    notices: list[tuple[str, Any]] = field(default_factory=list)
    subjects: list[tuple[str, Sequence[Any]]] = field(default_factory=list)
    # Who does what next, in a sentence, for whoever sees such a thing for the first time.
    next_step: Any = ""
    status: Any = ""
    # What the timeline calls things that are not the page's own, by their ids.
    called: dict[str, Any] = field(default_factory=dict)
    # A worker is busy with it: the page looks again by itself.
    is_moving: bool = False
    # What it shows moves on: it looks again by itself, every so often.
    refresh_s: int = 0
    # Ways to look at it: `{"title", "link", "active"}`.
    tabs: list[dict[str, Any]] = field(default_factory=list)
    # What it is called where `str()` of the thing reads badly.
    title: Any = ""
