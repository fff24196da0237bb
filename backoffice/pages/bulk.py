"""Decisions over many rows of a queue at once: chosen, previewed, then made with one form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.safestring import SafeString

from backoffice.pages.decisions import actor_of
from backoffice.work.prepared import PreparedTogether
from marketplace.shared.actors import Actor


@dataclass(frozen=True, slots=True)
class AskedOfMany:
    """One decision as it was made: on which rows, by whom, with which answers."""

    request: HttpRequest
    rows: Sequence[Any]
    data: dict[str, Any]

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)


@dataclass(frozen=True, slots=True)
class Option:
    """One way to decide: a button of its own, beside what it will do, such as what it posts.

    `postings` are (account, minor units; debit positive), summed over all rows.
    """

    value: str
    label: Any
    postings: Sequence[tuple[str, int]] = ()
    # In words, where nothing is posted.
    effect: Any = ""
    is_usual: bool = False


@dataclass(frozen=True, slots=True)
class Bulk:
    """A button above a queue: what it does to the rows that were chosen.

    `effect` says it in a sentence, of `count` rows. `preview` answers the blocks that show every row
    and what becomes of it, and raises the refusal where these rows cannot be decided together. `run`
    calls one command and says what happened.
    `field` is the field of `form` that `options` fill, if a person must choose between ways.
    """

    name: str
    label: Any
    permission: str
    preview: Callable[[Sequence[Any]], Sequence[Any]]
    run: Callable[[AskedOfMany], str | SafeString]
    at_most: int
    effect: Any
    ask: Any = ""
    icon: str = ""
    # The rows that the decision would leave as they are, each with the reason: its command would refuse them.
    left_out: Callable[[AskedOfMany], list[tuple[Any, str]]] | None = None
    form: Callable[..., forms.Form] | None = None
    field: str = ""
    options: Callable[[Sequence[Any]], Sequence[Option]] | None = None
    # The key that presses the button.
    key: str = ""
    # It takes something away: its button says so by its colour, as a single decision's does.
    is_danger: bool = False
    # As of a single decision.
    needs_proof: bool = False
    # What a worker does to each where more were chosen than one request decides: `tasks.bulk.ACTIONS`.
    background: str = ""
    # The column or expression that is summed for whoever looks at them before; minor units.
    summed: Any = None
    # The column that is added up beside the button, where the sum is what it is about; minor units.
    total: str = ""
    # Prepared answers beside the box of its reason.
    prepared: PreparedTogether | None = None

    def is_permitted(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"backoffice.{self.permission}")

    def bound(self, request: HttpRequest, *, decided: bool) -> forms.Form | None:
        """The form: empty at first, then with what was posted."""
        if self.form is None:
            return None
        return self.form(request.POST) if decided else self.form()

    def says(self, count: int) -> str:
        """What happens to so many."""
        return str(self.effect % {"count": count})

    def adds_up(self, rows: Sequence[Any]) -> int | None:
        """In minor units; None where a sum says nothing."""
        return sum(getattr(row, self.total) for row in rows) if self.total else None

    def drawn(self, rows: Sequence[Any]) -> Sequence[Option]:
        return self.options(rows) if self.options else ()
