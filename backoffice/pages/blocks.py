"""What a page is made of: facts, tables, and pieces with a template of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

NOTHING = "–"
# A page shows the newest of a long list; the list page behind it shows all.
ROWS_MAX = 100


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
    def lines(self) -> list[list[tuple[Any, bool]]]:
        numeric = [is_number for _label, is_number in self.columns]
        return [list(zip(row, numeric, strict=True)) for row in self.rows]

    @property
    def last_line(self) -> list[tuple[Any, bool]]:
        numeric = [is_number for _label, is_number in self.columns]
        return list(zip(self.footer, numeric, strict=True)) if self.footer else []


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
