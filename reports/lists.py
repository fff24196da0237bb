"""Long lists of the console as files: made by a worker like any report, for whoever asked and nobody else.

What a list shows to whom is known one floor up: `settings.CONSOLE_LISTS` names the function that says it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from reports.base import Cell, Column, Group, Parameter, ParameterKind, Report, Values
from reports.taking import EXPORT_PERMISSION

CODE = "list"
FILTERS_MAX = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as one person sees it, filtered: what is called how, its rows, and how many they are."""

    title: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Sequence[Cell]]]
    count: Callable[[], int]


def _for_person(values: Values, user_id: UUID) -> Report:
    """Raises ReportForbidden for who may not see the list (any more)."""
    listed: Listed = import_string(settings.CONSOLE_LISTS)(
        list_id=values["list"], query=values["filters"] or "", user_id=user_id
    )
    return replace(
        REPORT,
        title=listed.title,
        columns=listed.columns,
        rows=lambda values: listed.rows(),
        count=lambda values: listed.count(),
    )


def _none(values: Values) -> Iterator[Sequence[Any]]:
    yield from ()


REPORT = Report(
    code=CODE,
    title=gettext_lazy("List"),
    description=gettext_lazy("The rows of a list of the console, as it was filtered."),
    permission=EXPORT_PERMISSION,
    group=Group.CONTROL,
    icon="table",
    parameters=(
        # `orders.order`, and the list's address after the "?".
        Parameter("list", gettext_lazy("List"), ParameterKind.TEXT),
        Parameter(
            "filters",
            gettext_lazy("Filters"),
            ParameterKind.TEXT,
            is_required=False,
            characters_max=FILTERS_MAX,
        ),
    ),
    columns=(),
    rows=_none,
    for_person=_for_person,
)
