"""What moved the providers' wallets, by the event that caused the posting: shared by two reports."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from marketplace.ledger import chart
from marketplace.ledger.figures import movements_by_cause
from marketplace.payments.events import PaymentReversed, PaymentSucceeded, RefundSucceeded
from marketplace.payouts.events import PayoutPaid, PayoutReturned, TopUpApproved
from marketplace.reconciliation.events import ExceptionResolved, LinesBooked
from marketplace.reconciliation.states import Resolution, TargetKind

WALLETS = chart.provider_clearing("")
# Keys of the events' payloads that tell apart what one event stands for.
DETAILS = ("applied", "kind", "resolution")


class Cause(StrEnum):
    PAYMENTS = "payments"
    WITHOUT_ORDER = "without_order"
    REFUNDS = "refunds"
    REVERSED = "reversed"
    PAYOUTS = "payouts"
    RETURNED = "returned"
    FEES = "fees"
    SWEPT = "swept"
    TOPPED_UP = "topped_up"
    OTHER = "other"


_CAUSES = {
    (PaymentSucceeded.name, "true"): Cause.PAYMENTS,
    (PaymentSucceeded.name, "false"): Cause.WITHOUT_ORDER,
    (RefundSucceeded.name, ""): Cause.REFUNDS,
    (PaymentReversed.name, ""): Cause.REVERSED,
    (PayoutPaid.name, ""): Cause.PAYOUTS,
    (PayoutReturned.name, ""): Cause.RETURNED,
    (TopUpApproved.name, ""): Cause.TOPPED_UP,
    (LinesBooked.name, TargetKind.FEE.value): Cause.FEES,
    (LinesBooked.name, TargetKind.SWEEP.value): Cause.SWEPT,
    (ExceptionResolved.name, Resolution.AS_FEE.value): Cause.FEES,
}


@dataclass(slots=True)
class WalletDay:
    """One business day of one provider's wallet, as our ledger has it; minor units by cause."""

    provider: str
    day: date
    minor: dict[Cause, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def net_minor(self) -> int:
        return sum(self.minor.values())


def wallet_days(*, since: datetime, until: datetime, provider: str = "") -> list[WalletDay]:
    """By provider and day; days on which nothing moved are absent."""
    days: dict[tuple[str, date], WalletDay] = {}
    for movement in movements_by_cause(
        prefix=chart.provider_clearing(provider), since=since, until=until, details=DETAILS
    ):
        name = movement.account.removeprefix(WALLETS)
        day = days.setdefault((name, movement.day), WalletDay(name, movement.day))
        cause = _CAUSES.get((movement.cause, movement.detail), Cause.OTHER)
        day.minor[cause] += movement.amount_minor
    return [days[key] for key in sorted(days)]


def moved_by_cause(*, since: datetime, until: datetime) -> dict[Cause, int]:
    """All wallets together; a cause that moved nothing is nought."""
    sums = dict.fromkeys(Cause, 0)
    for day in wallet_days(since=since, until=until):
        for cause, minor in day.minor.items():
            sums[cause] += minor
    return sums
