"""What is an ordinary fee, how far a match may be sought, which resolution fits which exception and
what it books, and how long an exception may wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.ledger import chart
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
    # Between the approval of a top-up and its line: banks take a weekend for it.
    top_up_window: timedelta = timedelta(days=4)
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
    # That it has come is a statement's to say: it closes it by itself.
    ExceptionKind.MISSING_IN_STATEMENT: _BOOKABLE,
    ExceptionKind.AMOUNT_DIFFERS: _BOOKABLE | {Resolution.AS_FEE},
    ExceptionKind.DUPLICATE: _BOOKABLE,
    ExceptionKind.FEE_UNEXPECTED: _BOOKABLE | {Resolution.AS_FEE},
    ExceptionKind.REVERSED: _BOOKABLE,
    ExceptionKind.UNKNOWN: _BOOKABLE | {Resolution.AS_FEE},
}

# Against which account the difference between statement and books is booked.
_AGAINST: dict[str, str] = {
    Resolution.TO_SUSPENSE: chart.SUSPENSE,
    Resolution.AS_FEE: chart.PROVIDER_FEES,
    Resolution.WRITE_OFF: chart.WRITE_OFFS,
}
# What a person does most often, the surest first; a resolution that does not fit is passed over.
_USUAL: dict[str, tuple[Resolution, ...]] = {
    ExceptionKind.MISSING_IN_BOOKS: (Resolution.AS_FEE, Resolution.TO_SUSPENSE),
    # Wait for the next file: what comes later closes it by itself.
    ExceptionKind.MISSING_IN_STATEMENT: (),
    ExceptionKind.AMOUNT_DIFFERS: (Resolution.AS_FEE, Resolution.TO_SUSPENSE),
    ExceptionKind.DUPLICATE: (Resolution.TO_SUSPENSE,),
    ExceptionKind.FEE_UNEXPECTED: (Resolution.AS_FEE,),
    ExceptionKind.REVERSED: (Resolution.TO_SUSPENSE,),
    ExceptionKind.UNKNOWN: (Resolution.TO_SUSPENSE,),
}

# Within how long an exception must be explained: somebody's money first.
SLA: dict[str, timedelta] = {
    ExceptionKind.MISSING_IN_BOOKS: timedelta(days=2),
    ExceptionKind.MISSING_IN_STATEMENT: timedelta(days=5),
    ExceptionKind.AMOUNT_DIFFERS: timedelta(days=3),
    ExceptionKind.DUPLICATE: timedelta(days=2),
    ExceptionKind.FEE_UNEXPECTED: timedelta(days=7),
    ExceptionKind.REVERSED: timedelta(days=1),
    ExceptionKind.UNKNOWN: timedelta(days=3),
}
# Age in whole days: from, and up to but without (None: no end).
AGE_BANDS: dict[str, tuple[int, int | None]] = {
    "0-2": (0, 3),
    "3-7": (3, 8),
    "8-30": (8, 31),
    "over-30": (31, None),
}
# Decided in one request of a few seconds; more are decided in several.
BULK_MAX = 200


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
        fitting = fitting & {Resolution.NO_ACTION}
    return [resolution for resolution in Resolution if resolution in fitting]


def usual_resolution(*, kind: str, difference_minor: int) -> Resolution | None:
    """What is most often right for such an exception, among what fits; None where it depends."""
    fitting = resolutions_for(kind=kind, difference_minor=difference_minor)
    return next((one for one in _USUAL[kind] if one in fitting), None)


def booked_by(*, resolution: str, provider: str, difference_minor: int) -> list[tuple[str, int]]:
    """(account, minor units; debit positive) that a resolution posts; nothing where it only explains.

    The wallet is right: provider clearing moves by the difference, whatever it is booked against.
    """
    against = _AGAINST.get(resolution)
    if against is None or not difference_minor:
        return []
    return [(chart.provider_clearing(provider), difference_minor), (against, -difference_minor)]


def due_at(*, kind: str, opened_at: datetime) -> datetime:
    """When an exception is late."""
    return opened_at + SLA[kind]


def age_days(*, opened_at: datetime, now: datetime) -> int:
    """Whole days since it was opened."""
    return max(0, (now - opened_at).days)


def age_band(days: int) -> str:
    """The key in `AGE_BANDS` for an age in whole days."""
    return next(key for key, (_since, until) in AGE_BANDS.items() if until is None or days < until)
