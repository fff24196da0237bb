"""What is an ordinary fee, how far a match may be sought, and which resolution fits which exception."""

from dataclasses import dataclass
from datetime import timedelta

from marketplace.reconciliation.states import ExceptionKind, Resolution
from marketplace.shared.money import share

# A charge for a movement of ours: up to 5 %, small movements up to TZS 1,000.
FEE_SHARE_MAX_BP = 500
FEE_FLOOR_MINOR = 1_000_00
# A charge for something that our books do not know (a transfer to the bank, a payment at the till).
FEE_ALONE_MAX_MINOR = 100_000_00
# Our clock is not the provider's, and a callback takes its time: what was settled this close to the
# edge of a statement may stand in its neighbour.
SAFETY_MARGIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far from each other a line and a movement of ours may be without any id in common.

    The amount never differs: a match of another amount would hide money.
    """

    # By wallet number and amount: our clock and the provider's, and the way of a callback.
    window: timedelta = timedelta(minutes=10)
    # By a receipt that lost its leading zeros.
    receipt_window: timedelta = timedelta(days=1)
    # A full wallet number, one line and one movement only: matched. Otherwise a person confirms.
    confirms_full_number: bool = True
    # Sums are sought among so many lines or movements of one wallet and one day.
    group_max: int = 20


TOLERANCES: dict[str, Tolerance] = {}
TOLERANCE = Tolerance()


def tolerance_for(provider: str) -> Tolerance:
    """The provider's own, else what holds for all."""
    return TOLERANCES.get(provider, TOLERANCE)


_BOOKABLE = frozenset({Resolution.NO_ACTION, Resolution.TO_SUSPENSE, Resolution.WRITE_OFF})
_FITTING: dict[str, frozenset[Resolution]] = {
    ExceptionKind.MISSING_IN_BOOKS: _BOOKABLE | {Resolution.AS_FEE},
    ExceptionKind.MISSING_IN_STATEMENT: _BOOKABLE | {Resolution.ARRIVED_LATER},
    ExceptionKind.AMOUNT_DIFFERS: _BOOKABLE | {Resolution.AS_FEE},
    ExceptionKind.DUPLICATE: _BOOKABLE,
    ExceptionKind.FEE_UNEXPECTED: _BOOKABLE | {Resolution.AS_FEE},
    ExceptionKind.REVERSED: _BOOKABLE,
    ExceptionKind.UNKNOWN: _BOOKABLE | {Resolution.AS_FEE},
}


def fee_limit_minor(*, movement_minor: int | None) -> int:
    """The largest charge that nobody needs to look at, for a movement of this size (None: unknown)."""
    if movement_minor is None:
        return FEE_ALONE_MAX_MINOR
    return max(FEE_FLOOR_MINOR, share(abs(movement_minor), FEE_SHARE_MAX_BP))


def resolutions_for(*, kind: str, difference_minor: int) -> list[Resolution]:
    """How a person may close an exception, in the order of the enumeration.

    Only money that left can be a fee; a difference of nothing has nothing to book.
    """
    fitting = _FITTING[kind]
    if difference_minor >= 0:
        fitting = fitting - {Resolution.AS_FEE}
    if difference_minor == 0:
        fitting = fitting & {Resolution.NO_ACTION, Resolution.ARRIVED_LATER}
    return [resolution for resolution in Resolution if resolution in fitting]
