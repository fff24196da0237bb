"""What we owe each seller at the end of a day."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import batched

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.ledger import chart
from marketplace.ledger.figures import balance_of_family
from marketplace.ledger.queries import balances_by_prefix
from marketplace.sellers.queries import sellers_by_reference
from marketplace.sellers.states import SellerStatus
from reports.base import (
    AS_OF,
    FOR_PEOPLE,
    Cell,
    CellKind,
    Column,
    Figure,
    Group,
    Report,
    Values,
    end_of_day,
    ties,
)

SELLERS_PER_STEP = 1_000
_FAMILIES = (chart.seller_pending, chart.seller_available, chart.seller_on_hold)


def rows(values: Values) -> Iterator[Sequence[Cell]]:
    """Sellers by reference; those who never earned anything are absent."""
    at = end_of_day(values)
    owed: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for place, family in enumerate(_FAMILIES):
        for code, balance_minor in balances_by_prefix(prefix=family(""), at=at).items():
            owed[code.partition(":")[2]][place] = -balance_minor
    for step in batched(sorted(owed), SELLERS_PER_STEP):
        sellers = sellers_by_reference(step)
        for reference in step:
            seller = sellers.get(reference)
            pending, available, on_hold = owed[reference]
            yield (
                reference,
                seller.name if seller else "",
                seller.status if seller else "",
                pending,
                available,
                on_hold,
                pending + available + on_hold,
            )


def summary(values: Values) -> list[Figure]:
    """Everything owed, against the accounts of all sellers together."""
    at = end_of_day(values)
    owed = -sum(sum(balances_by_prefix(prefix=family(""), at=at).values()) for family in _FAMILIES)
    booked = -sum(balance_of_family(prefix=family(""), at=at) for family in _FAMILIES)
    return ties((_("Owed to sellers"), owed, booked))


REPORT = Report(
    code="seller_balances",
    title=gettext_lazy("Seller balances"),
    description=gettext_lazy(
        "What we owe each seller at the end of a day: pending, available, on hold."
    ),
    permission="payouts.view_earning",
    group=Group.TRADE,
    icon="savings",
    parameters=AS_OF,
    columns=(
        Column(gettext_lazy("Seller"), width=14),
        Column(gettext_lazy("Name"), width=32),
        Column(gettext_lazy("Status"), width=12, labels=dict(SellerStatus.choices)),
        Column(gettext_lazy("Pending (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Available (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("On hold (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Owed (TZS)"), CellKind.MONEY, 16, is_totalled=True),
    ),
    rows=rows,
    summary=summary,
    formats=FOR_PEOPLE,
)
