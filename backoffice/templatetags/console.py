"""What the console's templates use."""

from typing import Any

from django import template
from django.template import Context
from unfold.templatetags.unfold_list import result_headers

from backoffice.books import account_name
from backoffice.pages.display import moment, money
from backoffice.pages.rows import rows_of
from backoffice.sayings import said_again
from backoffice.timeline import ITEMS_MAX, timeline_of

register = template.Library()
register.filter(said_again)


@register.inclusion_tag("console/timeline.html")
def timeline(
    subjects: list[tuple[str, Any]], called: dict[str, Any], limit: int = ITEMS_MAX
) -> dict[str, Any]:
    """The events of some things, newest first: who did what, when, and why."""
    items = timeline_of(subjects, called=called, limit=limit + 1)
    return {"items": items[:limit], "is_cut": len(items) > limit, "limit": limit}


@register.inclusion_tag("console/rows.html", takes_context=True)
def rows(context: Context) -> dict[str, Any]:
    """The table of a list: Unfold's head, our rows."""
    cl = context["cl"]
    headers = list(result_headers(cl))
    return {
        "cl": cl,
        "rows": rows_of(cl),
        "result_headers": headers,
        "num_sorted_fields": sum(one["sortable"] and one["sorted"] for one in headers),
        "has_add_permission": False,
    }


@register.filter
def or_dash(value: Any) -> Any:
    """The value, or a dash where there is none; nought is a value."""
    return "–" if value is None or value == "" else value


@register.filter
def absolute_money(amount_minor: int) -> Any:
    """An amount without its sign: the column or the word beside it says which side it is."""
    return money(abs(amount_minor))


register.filter(moment)
register.filter(account_name)
