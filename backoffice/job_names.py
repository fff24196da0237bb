"""What people call a background job: a sweep by its name, a hint by the handlers of its deliveries."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from backoffice.pages.display import link, two_lines
from backoffice.sweep_names import sweep_title
from backoffice.timeline import title_of
from marketplace.shared.models import Delivery
from tasks.jobs import RUN_SWEEP
from tasks.outbox import DELIVER

# Of one hint; the rest is said as a number.
NAMED_MAX = 3


def deliveries_of(tasks: Iterable[Any]) -> dict[int, Delivery]:
    """The deliveries that failed jobs are about, by id, in one query."""
    return deliveries_by_id(
        one for task in tasks if task.func == DELIVER for one in task.args or ()
    )


def deliveries_by_id(ids: Iterable[int]) -> dict[int, Delivery]:
    """In one query; none where there is nothing to ask for."""
    wanted = set(ids)
    if not wanted:
        return {}
    return Delivery.objects.select_related("event").defer("event__payload").in_bulk(wanted)


def job_name(task: Any) -> str:
    """Of a failed job in a list, which asks the database nothing more."""
    if task.func == RUN_SWEEP:
        return sweep_title(str(task.group or (task.args or ("",))[0]))
    if task.func == DELIVER:
        return _("Deliveries: %(ids)s") % {"ids": ", ".join(map(str, task.args or ()))}
    return str(task.func)


def named_deliveries(ids: Iterable[int], known: Mapping[int, Delivery]) -> Any:
    """Handlers as links, each with the event that it hears."""
    found = [known[one] for one in ids if one in known]
    shown = format_html_join(
        "",
        "<div>{}</div>",
        (
            (two_lines(link(one, one.handler), title_of(one.event.name)),)
            for one in found[:NAMED_MAX]
        ),
    )
    rest = len(found) - NAMED_MAX
    if rest <= 0:
        return shown
    return two_lines(shown, _("and %(count)s more") % {"count": rest})
