"""Keyset pages: a signed cursor remembers the last row's sort keys; nothing is counted or skipped.

The next page is a range scan of the same index however deep it lies, and rows that arrive in between
shift nothing.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.core import signing
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from marketplace.shared.errors import Invalid

LIMIT_DEFAULT = 20
LIMIT_MAX = 100
CURSOR_LENGTH_MAX = 400


class CursorInvalid(Invalid):
    code = "cursor_invalid"
    message = _("This cursor is not from this list. Begin again without it.")
    field = "cursor"


class Window(Schema):
    """`?cursor=&limit=`: which part of a list."""

    cursor: str = Field(
        "",
        max_length=CURSOR_LENGTH_MAX,
        description="`next_cursor` of the page before; empty for the first page.",
        examples=[""],
    )
    limit: int = Field(LIMIT_DEFAULT, ge=1, le=LIMIT_MAX, examples=[LIMIT_DEFAULT])


PageWindow = Annotated[Window, Query()]


class Page[Item](Schema):
    """A part of a list. `next_cursor` is null on the last page."""

    items: list[Item]
    next_cursor: str | None = Field(examples=["WyIwMTk5ZDBmYyJd:1uQxVh:3v0c"])


def page[Item](
    request: HttpRequest,
    rows: QuerySet[Any],
    window: Window,
    show: Callable[[Any], Item],
    *,
    order: Sequence[str] = ("-id",),
) -> Page[Item]:
    """One page of `rows`, each shown by `show`."""
    found, cursor = cut(request, rows, window, order=order)
    return Page(items=[show(row) for row in found], next_cursor=cursor)


def cut(
    request: HttpRequest, rows: QuerySet[Any], window: Window, *, order: Sequence[str] = ("-id",)
) -> tuple[list[Any], str | None]:
    """The rows of the page and the cursor of the next one; `order` must end in a unique column.

    Raises CursorInvalid for a cursor that we did not give for this list.
    """
    if window.cursor:
        rows = rows.filter(_after(order, _read(request, window.cursor, len(order))))
    found = list(rows.order_by(*order)[: window.limit + 1])
    if len(found) <= window.limit:
        return found, None
    found = found[: window.limit]
    last = [_plain(getattr(found[-1], key.lstrip("-"))) for key in order]
    return found, sealed(request, last)


def sealed(request: HttpRequest, place: Any) -> str:
    """A place in the list of this request, signed: good for this list and no other."""
    return signing.dumps(place, salt=_salt(request))


def opened(request: HttpRequest, cursor: str) -> Any:
    """The place again. Raises CursorInvalid."""
    try:
        return signing.loads(cursor, salt=_salt(request))
    except signing.BadSignature as error:
        raise CursorInvalid from error


def cut_by_id[Card](
    request: HttpRequest, window: Window, read: Callable[[UUID | None, int], list[Card]]
) -> tuple[list[Card], str | None]:
    """The same for cards with an `id`, newest first, that `read(before, limit)` finds by itself."""
    before = UUID(_read(request, window.cursor, 1)[0]) if window.cursor else None
    found = read(before, window.limit + 1)
    if len(found) <= window.limit:
        return found, None
    found = found[: window.limit]
    last = str(found[-1].id)  # type: ignore[attr-defined] # every card has one
    return found, signing.dumps([last], salt=_salt(request))


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows behind `values`: (a < A) or (a = A and b < B) and so on."""
    condition, equal = Q(pk__in=[]), Q()
    for key, value in zip(order, values, strict=True):
        name, comparison = key.lstrip("-"), "lt" if key.startswith("-") else "gt"
        condition |= equal & Q(**{f"{name}__{comparison}": value})
        equal &= Q(**{name: value})
    return condition


def _read(request: HttpRequest, cursor: str, length: int) -> list[Any]:
    values = opened(request, cursor)
    if not isinstance(values, list) or len(values) != length:
        raise CursorInvalid
    return values


def _salt(request: HttpRequest) -> str:
    return f"cursor:{request.path}"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
