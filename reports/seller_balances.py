"""What we owe each seller at the end of a day."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import batched

from django.utils.translation import gettext_lazy as _

from marketplace.ledger import chart
from marketplace.ledger.queries import balances_by_prefix
from marketplace.sellers.queries import sellers_by_reference
from reports.base import (
    Cell,
    CellKind,
    Column,
    Parameter,
    ParameterKind,
    Report,
    Values,
    day_start,
    today,
)

SELLERS_PER_STEP = 1_000
_FAMILIES = (chart.seller_pending, chart.seller_available, chart.seller_on_hold)


def rows(values: Values) -> Iterator[Sequence[Cell]]:
    """Sellers by reference; those who never earned anything are absent."""
    at = day_start(values["on"] + timedelta(days=1))
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


REPORT = Report(
    code="seller_balances",
    title=_("Seller balances"),
    description=_("What we owe each seller at the end of a day: pending, available, on hold."),
    permission="payouts.view_earning",
    parameters=(Parameter("on", _("At the end of"), ParameterKind.DATE, initial=today),),
    columns=(
        Column(_("Seller"), width=14),
        Column(_("Name"), width=32),
        Column(_("Status"), width=12),
        Column(_("Pending (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(_("Available (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(_("On hold (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(_("Owed (TZS)"), CellKind.MONEY, 16, is_totalled=True),
    ),
    rows=rows,
)
