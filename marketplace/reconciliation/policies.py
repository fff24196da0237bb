"""What is an ordinary fee, and which resolution fits which exception."""

from marketplace.reconciliation.states import ExceptionKind, Resolution
from marketplace.shared.money import share

# A charge for a movement of ours: up to 5 %, small movements up to TZS 1,000.
FEE_SHARE_MAX_BP = 500
FEE_FLOOR_MINOR = 1_000_00
# A charge for something that our books do not know (a transfer to the bank, a payment at the till).
FEE_ALONE_MAX_MINOR = 100_000_00

_BOOKABLE = frozenset({Resolution.NO_ACTION, Resolution.TO_SUSPENSE, Resolution.WRITE_OFF})
_FITTING: dict[str, frozenset[Resolution]] = {
    ExceptionKind.MISSING_IN_BOOKS: _BOOKABLE | {Resolution.AS_FEE},
    ExceptionKind.MISSING_IN_STATEMENT: _BOOKABLE | {Resolution.ARRIVED_LATER},
    ExceptionKind.AMOUNT_DIFFERS: _BOOKABLE | {Resolution.AS_FEE},
    ExceptionKind.DUPLICATE: _BOOKABLE,
    ExceptionKind.FEE_UNEXPECTED: _BOOKABLE | {Resolution.AS_FEE},
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
