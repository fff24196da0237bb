"""Choosing many rows for a decision that a worker makes: written down, tried, shown on a page of its own."""

from typing import Any

from django.db.models import CharField, QuerySet, Sum
from django.db.models.functions import Cast

from backoffice.pages.display import page_of
from marketplace.casework.commands import choose_rows
from marketplace.shared.actors import Actor
from marketplace.shared.rows import Selection
from tasks.bulk import try_out

# The duty of those who may decide so many.
IN_BULK = "decide_in_bulk"


def choose(
    action: str, rows: QuerySet[Any], *, filters: str, actor: Actor, summed: Any = None
) -> str:
    """The address where these rows are looked at and started. Raises BulkEmpty and BulkTooLarge.

    `action` is one of `tasks.bulk.ACTIONS`, `summed` the column or expression to add up, in minor units.
    """
    run = choose_rows(
        action=action,
        rows=Selection.of(rows.values_list(Cast("pk", CharField()), "reference")),
        filters=filters,
        sum_minor=rows.order_by().aggregate(sum=Sum(summed))["sum"] if summed is not None else None,
        actor=actor,
    )
    try_out(run.pk, actor)
    return page_of(run)
