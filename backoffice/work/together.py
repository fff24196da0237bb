"""What every queue offers for several cases at once, and how a command is run on each of them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.pages.blocks import Table
from backoffice.pages.bulk import AskedOfMany, Bulk
from backoffice.pages.colleagues import ColleagueForm
from backoffice.pages.display import link, moment
from backoffice.pages.forms import ReasonForm
from backoffice.work.forms import SnoozeForm
from backoffice.work.prepared import PreparedTogether
from marketplace.casework.commands import assign_case, claim_case, snooze_case
from marketplace.shared.errors import DomainError

if TYPE_CHECKING:
    from backoffice.work.shape import WorkQueue

# Decided in one request of a few seconds; more are decided in several.
BULK_MAX = 200
REFUSALS_SHOWN_MAX = 5


def each(
    command: Callable[[Any, AskedOfMany], Any], prepared: PreparedTogether | None = None
) -> Callable[[AskedOfMany], str]:
    """Run a command on every chosen row, each in a transaction of its own; what one refuses stays."""

    def run(asked: AskedOfMany) -> str:
        refused = []
        asked_of = prepared.for_each(asked) if prepared is not None else lambda row: asked
        for row in asked.rows:
            try:
                command(row, asked_of(row))
            except DomainError as refusal:
                refused.append(f"{row}: {refusal}")
        done = len(asked.rows) - len(refused)
        said = ngettext("%(count)s is done.", "%(count)s are done.", done) % {"count": done}
        if refused:
            shown = " ".join(refused[:REFUSALS_SHOWN_MAX])
            count = len(refused)
            said += " " + ngettext(
                "%(count)s was refused: %(which)s", "%(count)s were refused: %(which)s", count
            ) % {"count": count, "which": shown}
        return said

    return run


def as_listed(*columns: tuple[Any, Callable[[Any], Any]]) -> Callable[[Sequence[Any]], list[Any]]:
    """A preview that shows every row by its name and these columns."""

    def preview(rows: Sequence[Any]) -> list[Any]:
        headers = [_("What"), *(heading for heading, _value in columns)]
        lines = [(link(row), *(value(row) for _heading, value in columns)) for row in rows]
        return [Table(_("What was chosen"), headers, lines)]

    return preview


def together(
    name: str,
    label: Any,
    duty: str,
    command: Callable[[Any, AskedOfMany], Any],
    *columns: tuple[Any, Callable[[Any], Any]],
    **more: Any,
) -> Bulk:
    """A decision over many that runs one command on each, after a preview with these columns."""
    return Bulk(
        name,
        label,
        duty,
        preview=as_listed(*columns),
        run=each(command, more.get("prepared")),
        at_most=BULK_MAX,
        **more,
    )


def with_reason(*args: Any, **more: Any) -> Bulk:
    """The same, asking for one reason for all."""
    return together(*args, form=ReasonForm, **more)


def hands_together(queue: "WorkQueue") -> list[Bulk]:
    """Taking, giving and putting aside several cases of a queue."""

    def claim(row: Any, asked: AskedOfMany) -> None:
        claim_case(case=queue.case_of(row), actor=asked.actor)

    def hand_over(row: Any, asked: AskedOfMany) -> None:
        assignee = UUID(asked.data["assignee"])
        assign_case(case=queue.case_of(row), assignee_id=assignee, actor=asked.actor)

    def snooze(row: Any, asked: AskedOfMany) -> None:
        snooze_case(case=queue.case_of(row), actor=asked.actor, **asked.data)

    def waits(row: Any) -> Any:
        return moment(getattr(row, queue.since))

    column = (gettext_lazy("Waits since"), waits)
    colleagues = partial(ColleagueForm, duty=queue.duty)
    return [
        together("claim", gettext_lazy("Take"), queue.duty, claim, column,
                 icon="person_check", key="c"),
        together("assign", gettext_lazy("Assign"), queue.duty, hand_over, column,
                 icon="group", form=colleagues),
        together("snooze", gettext_lazy("Put aside"), queue.duty, snooze, column,
                 icon="snooze", form=SnoozeForm, key="s"),
    ]  # fmt: skip
