"""Money sent to sellers, by batch."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.payouts.figures import PayoutScope, payout_figures, payout_rows
from marketplace.payouts.states import PayoutStatus
from marketplace.shared.rows import Selection
from reports.base import (
    FOR_PEOPLE,
    PERIOD,
    CellKind,
    Column,
    Figure,
    Group,
    Parameter,
    ParameterKind,
    Report,
    Values,
    period,
    ties,
)
from reports.choices import ANY_PROVIDER, PROVIDER_NAMES, SELLER


def selections(values: Values) -> Sequence[Selection]:
    return [payout_rows(_scope(values))]


def summary(values: Values) -> list[Figure]:
    """What was paid for good, came back and is on its way, against the postings of the payouts."""
    figures = payout_figures(_scope(values))
    return ties(
        (_("Paid"), figures.paid_minor, figures.paid_booked_minor),
        (_("Came back"), figures.came_back_minor, figures.came_back_booked_minor),
        (_("On the way"), figures.on_the_way_minor, figures.on_the_way_booked_minor),
    )


def _scope(values: Values) -> PayoutScope:
    since, until = period(values)
    return PayoutScope(
        since, until, values["provider"] or "", values["status"] or "", values["seller"] or ""
    )


REPORT = Report(
    code="payouts",
    title=gettext_lazy("Payouts"),
    description=gettext_lazy("Payouts prepared in a period by batch, seller, state and provider."),
    permission="payouts.view_payout",
    group=Group.TRADE,
    icon="send_money",
    parameters=(
        *PERIOD,
        ANY_PROVIDER,
        Parameter(
            "status", gettext_lazy("State"), ParameterKind.CHOICE, is_required=False,
            choices=lambda: list(PayoutStatus.choices),
        ),
        SELLER,
    ),
    columns=(
        Column(gettext_lazy("Prepared"), CellKind.INSTANT, 20),
        Column(gettext_lazy("Batch"), width=14),
        Column(gettext_lazy("Payout"), width=14),
        Column(gettext_lazy("Seller"), width=14),
        Column(gettext_lazy("Name"), width=28),
        Column(gettext_lazy("Provider"), width=14, labels=PROVIDER_NAMES),
        Column(gettext_lazy("State"), width=12, labels=dict(PayoutStatus.choices)),
        Column(gettext_lazy("Amount (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Taken back (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Approved"), CellKind.INSTANT, 20),
        Column(gettext_lazy("Sent"), CellKind.INSTANT, 20),
        Column(gettext_lazy("Settled"), CellKind.INSTANT, 20),
        Column(gettext_lazy("Receipt"), width=16),
        Column(gettext_lazy("Provider's message"), width=32),
    ),
    selections=selections,
    summary=summary,
    formats=FOR_PEOPLE,
)  # fmt: skip
