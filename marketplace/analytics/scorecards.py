"""How a seller does in disputes, for the seller and for us: the rate, what was lost, what came late."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q, Sum

from marketplace.analytics.measures import DISPUTED, PAID, SELLER
from marketplace.analytics.models import Rollup
from marketplace.disputes.queries import Ended, ended_of
from marketplace.shared import clock

WINDOWS_DAYS = (30, 90)
WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Window:
    """The last `days`: seller orders that were paid, disputes that were opened, and how they ended."""

    days: int
    orders: int
    disputes: int
    ended: Ended

    @property
    def dispute_rate_bp(self) -> int | None:
        """In basis points of the seller orders; None where there were none."""
        return self.disputes * WHOLE_BP // self.orders if self.orders else None

    @property
    def lost_share_bp(self) -> int | None:
        """In basis points of the cases that were decided; None where there were none."""
        return self.ended.lost * WHOLE_BP // self.ended.decided if self.ended.decided else None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """`lost` disputes in `often_days` from `often_from` on: operations sees the seller marked."""

    windows: list[Window]
    lost: int
    often_from: int
    often_days: int

    @property
    def is_often_at_fault(self) -> bool:
        return self.lost >= self.often_from


def scorecard_of(*, seller_id: UUID) -> Scorecard:
    """Two queries: the rollups of one seller, and the index of that seller's cases, each from a day on."""
    spans = sorted({*WINDOWS_DAYS, settings.DISPUTE_RECORD_DAYS})
    today = clock.today()
    sums = {
        f"{measure}_{days}": Sum(
            "count", filter=Q(measure=measure, day__gte=today - timedelta(days=days)), default=0
        )
        for measure in (DISPUTED, PAID)
        for days in WINDOWS_DAYS
    }
    rows = Rollup.objects.filter(
        dimension=SELLER,
        key=str(seller_id),
        day__gte=today - timedelta(days=max(WINDOWS_DAYS)),
        measure__in=[DISPUTED, PAID],
    )
    counted = rows.aggregate(**sums)
    ended = ended_of(seller_id=seller_id, spans_days=spans)
    return Scorecard(
        windows=[
            Window(days, counted[f"{PAID}_{days}"], counted[f"{DISPUTED}_{days}"], ended[days])
            for days in WINDOWS_DAYS
        ],
        lost=ended[settings.DISPUTE_RECORD_DAYS].lost,
        often_from=settings.SERIAL_FAULTS,
        often_days=settings.DISPUTE_RECORD_DAYS,
    )
