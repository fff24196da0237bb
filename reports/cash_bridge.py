"""From what buyers ordered to the money in the wallets, line by line, each against its source."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.ledger.figures import balance_of_family
from marketplace.orders.figures import placed_between
from marketplace.payments.figures import settled_totals
from marketplace.payouts.figures import paid_totals, returned_totals
from reports.base import (
    FOR_PEOPLE,
    PERIOD,
    Cell,
    CellKind,
    Column,
    Figure,
    Group,
    Report,
    Values,
    period,
    ties,
)
from reports.wallets import WALLETS, Cause, moved_by_cause


@dataclass(frozen=True, slots=True)
class Step:
    """One line. `minor` is counted on; a subtotal (`is_sum`) says where the count stands.

    `ledger_minor` is None where the ledger has nothing to say: what nobody paid is not booked.
    """

    label: Any
    minor: int
    source: Any
    ledger_minor: int | None = None
    is_sum: bool = False


def steps(values: Values) -> list[Step]:
    """The whole bridge; its last line is what the wallets hold at the end of the period."""
    since, until = period(values)
    placed = placed_between(since=since, until=until)
    moved = moved_by_cause(since=since, until=until)
    refunded = settled_totals(since=since, until=until)["refund"][1]
    paid_out = paid_totals(since=since, until=until)[1]
    came_back = returned_totals(since=since, until=until)[1]
    opening = balance_of_family(prefix=WALLETS, at=since)
    orders, wallets = _("Orders"), _("Ledger, providers' wallets")
    line = [
        Step(_("Orders placed in the period"), placed.placed_minor, orders),
        Step(_("Waiting for their payment"), -placed.awaiting_minor, orders),
        Step(_("Expired without payment"), -placed.expired_minor, orders),
        Step(_("Cancelled before payment"), -placed.cancelled_minor, orders),
        Step(_("Paid after the period"), -placed.paid_later_minor, orders),
        Step(_("Placed before the period, paid in it"), placed.placed_before_minor, orders),
        Step(
            _("Orders paid in the period"),
            placed.paid_in_period_minor,
            _("Orders; ledger, applied payments"),
            moved[Cause.PAYMENTS],
            is_sum=True,
        ),
        Step(
            _("Payments that no order could take"),
            moved[Cause.WITHOUT_ORDER],
            wallets,
            moved[Cause.WITHOUT_ORDER],
        ),
        Step(_("Refunds paid back"), refunded, _("Refunds; ledger"), moved[Cause.REFUNDS]),
        Step(
            _("Taken back by the providers"),
            moved[Cause.REVERSED],
            wallets,
            moved[Cause.REVERSED],
        ),
        Step(_("Providers' charges"), moved[Cause.FEES], wallets, moved[Cause.FEES]),
        Step(_("Payouts to sellers"), paid_out, _("Payouts; ledger"), moved[Cause.PAYOUTS]),
        Step(_("Payouts that came back"), came_back, _("Payouts; ledger"), moved[Cause.RETURNED]),
        Step(
            _("Corrections by reconciliation, and other"),
            moved[Cause.OTHER],
            wallets,
            moved[Cause.OTHER],
        ),
        Step(_("Swept to the bank"), moved[Cause.SWEPT], wallets, moved[Cause.SWEPT]),
        Step(_("Topped up from the bank"), moved[Cause.TOPPED_UP], wallets, moved[Cause.TOPPED_UP]),
    ]
    change = sum(step.minor for step in line if not step.is_sum)
    return [
        *line,
        Step(_("Change of the wallets"), change, wallets, sum(moved.values()), is_sum=True),
        Step(_("In the wallets before the period"), opening, wallets, opening),
        Step(
            _("In the wallets at its end"),
            opening + change,
            wallets,
            balance_of_family(prefix=WALLETS, at=until),
            is_sum=True,
        ),
    ]


def rows(values: Values) -> Iterator[Sequence[Cell]]:
    """The steps in their order: amounts to add stand in one column, subtotals in another."""
    for step in steps(values):
        yield (
            str(step.label),
            None if step.is_sum else step.minor,
            step.minor if step.is_sum else None,
            step.ledger_minor,
            None if step.ledger_minor is None else step.minor - step.ledger_minor,
            str(step.source),
        )


def summary(values: Values) -> list[Figure]:
    end = steps(values)[-1]
    return ties((_("In the wallets"), end.minor, end.ledger_minor or 0))


REPORT = Report(
    code="cash_bridge",
    title=gettext_lazy("Orders to cash"),
    description=gettext_lazy(
        "From orders placed over payments, refunds, charges and payouts to the cash in the wallets."
    ),
    permission="ledger.view_entry",
    group=Group.BOOKS,
    icon="water_drop",
    parameters=PERIOD,
    columns=(
        Column(gettext_lazy("Step"), width=44),
        Column(gettext_lazy("Amount (TZS)"), CellKind.MONEY, 20),
        Column(gettext_lazy("Subtotal (TZS)"), CellKind.MONEY, 20),
        Column(gettext_lazy("By the ledger (TZS)"), CellKind.MONEY, 20),
        Column(gettext_lazy("Difference (TZS)"), CellKind.MONEY, 18),
        Column(gettext_lazy("Source"), width=36),
    ),
    rows=rows,
    summary=summary,
    formats=FOR_PEOPLE,
)
