"""What every queue offers for several cases at once, and how a command is run on each of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from backoffice.pages.blocks import Table
from backoffice.pages.bulk import AskedOfMany, Bulk
from backoffice.pages.colleagues import ColleagueForm
from backoffice.pages.display import link, moment, two_lines
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


def tried(
    command: Callable[[Any, AskedOfMany], Any], answers: dict[str, Any]
) -> Callable[[AskedOfMany], list[tuple[Any, str]]]:
    """What the command would refuse, found out by running it on every row; each is undone at once.

    For commands whose every effect is a row of the database. `answers` stand for the form's.
    """

    def refused(asked: AskedOfMany) -> list[tuple[Any, str]]:
        found = []
        trial = replace(asked, data=answers)
        for row in asked.rows:
            try:
                with transaction.atomic():
                    command(row, trial)
                    transaction.set_rollback(True)
            except DomainError as refusal:
                found.append((row, str(refusal)))
        return found

    return refused


def as_listed(*columns: tuple[Any, Callable[[Any], Any]]) -> Callable[[Sequence[Any]], list[Any]]:
    """A preview that shows every row by its name and these columns, a heading as a table's."""

    def preview(rows: Sequence[Any]) -> list[Any]:
        headers = [_("What"), *(heading for heading, _value in columns)]
        lines = [(named(row), *(value(row) for _heading, value in columns)) for row in rows]
        return [Table(_("What was chosen"), headers, lines)]

    return preview


def named(row: Any) -> Any:
    """`Name (REF-1)`, as many things call themselves, with the reference on a line of its own."""
    name, _bracket, reference = str(row).partition(" (")
    return link(row, two_lines(name, reference.removesuffix(")")) if reference else "")


def together(
    name: str,
    label: Any,
    duty: str,
    command: Callable[[Any, AskedOfMany], Any],
    *columns: tuple[Any, Callable[[Any], Any]],
    trial: dict[str, Any] | None = None,
    **more: Any,
) -> Bulk:
    """A decision over many that runs one command on each, after a preview with these columns.

    With `trial`, answers to the form, what it would refuse is found out beforehand (see `tried`).
    """
    return Bulk(
        name,
        label,
        duty,
        preview=as_listed(*columns),
        run=each(command, more.get("prepared")),
        at_most=BULK_MAX,
        left_out=None if trial is None else tried(command, trial),
        **more,
    )


def with_reason(*args: Any, **more: Any) -> Bulk:
    """The same, asking for one reason for all."""
    return together(*args, form=ReasonForm, **more)


def against(*args: Any, trial: bool = True, **more: Any) -> Bulk:
    """The same where something is refused or taken away."""
    answers = {"reason": "…"} if trial else None
    return with_reason(
        *args, trial=answers, **{"icon": "close", "key": "r", "is_danger": True} | more
    )


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
                 icon="person_check", key="c", trial={},
                 effect=ngettext_lazy("%(count)s case is yours from now on.",
                                      "%(count)s cases are yours from now on.", "count")),
        together("assign", gettext_lazy("Assign"), queue.duty, hand_over, column,
                 icon="group", form=colleagues,
                 effect=ngettext_lazy("%(count)s case goes to the colleague whom you choose.",
                                      "%(count)s cases go to the colleague whom you choose.",
                                      "count")),
        together("snooze", gettext_lazy("Put aside"), queue.duty, snooze, column,
                 icon="snooze", form=SnoozeForm, key="s",
                 effect=ngettext_lazy("%(count)s case leaves the list until the time that you name.",
                                      "%(count)s cases leave the list until the time that you name.",
                                      "count")),
    ]  # fmt: skip
