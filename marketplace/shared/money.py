"""Money as integer minor units with its currency; the one place that rounds and shares out.

TZS has exponent 2 in ISO 4217, but mobile money moves whole shillings: amounts that are charged,
disbursed or earned are multiples of `QUANTUM["TZS"]` minor units.
"""

from collections.abc import Sequence
from dataclasses import dataclass

DEFAULT_CURRENCY = "TZS"
EXPONENT = {"TZS": 2}
QUANTUM = {"TZS": 100}
BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units; adding different currencies is an error, never a conversion."""

    amount_minor: int
    currency: str = DEFAULT_CURRENCY

    def __post_init__(self) -> None:
        if type(self.amount_minor) is not int:
            raise TypeError(f"money is whole minor units, not {type(self.amount_minor).__name__}")
        if self.currency not in EXPONENT:
            raise ValueError(f"unknown currency {self.currency!r}")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount_minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount_minor, self.currency)

    def __mul__(self, quantity: int) -> "Money":
        return Money(self.amount_minor * quantity, self.currency)

    def __str__(self) -> str:
        return format_minor(self.amount_minor, self.currency)

    def _same(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise ValueError(f"cannot combine {self.currency} with {other.currency}")
        return other.amount_minor


def format_minor(amount_minor: int, currency: str = DEFAULT_CURRENCY) -> str:
    """`TZS 1,234,500`, with decimals only where there are any."""
    scale = 10 ** EXPONENT[currency]
    whole, rest = divmod(abs(amount_minor), scale)
    sign = "-" if amount_minor < 0 else ""
    decimals = f".{rest:0{EXPONENT[currency]}d}" if rest else ""
    return f"{currency} {sign}{whole:,}{decimals}"


def is_whole(amount_minor: int, currency: str = DEFAULT_CURRENCY) -> bool:
    """Whether mobile money can move this amount."""
    return amount_minor % QUANTUM[currency] == 0


def share(amount_minor: int, basis_points: int, currency: str = DEFAULT_CURRENCY) -> int:
    """`basis_points` of an amount, rounded half away from zero to the currency's quantum."""
    quantum = QUANTUM[currency]
    divisor = BASIS_POINTS * quantum
    quotient, remainder = divmod(abs(amount_minor) * basis_points, divisor)
    rounded = (quotient + (2 * remainder >= divisor)) * quantum
    return rounded if amount_minor >= 0 else -rounded


def included_tax(gross_minor: int, basis_points: int, currency: str = DEFAULT_CURRENCY) -> int:
    """The tax inside a tax-inclusive amount: gross × rate / (1 + rate), to the quantum."""
    quantum = QUANTUM[currency]
    divisor = (BASIS_POINTS + basis_points) * quantum
    quotient, remainder = divmod(abs(gross_minor) * basis_points, divisor)
    rounded = (quotient + (2 * remainder >= divisor)) * quantum
    return rounded if gross_minor >= 0 else -rounded


def allocate(
    amount_minor: int, weights: Sequence[int], currency: str = DEFAULT_CURRENCY
) -> list[int]:
    """Share an amount out in proportion to `weights`; the parts always sum to it.

    Largest remainder, in whole quanta, ties to the earlier part; what is below one quantum goes to
    the first part with a weight. Raises ValueError for negative amounts or weights, or no weight.
    """
    total_weight = sum(weights)
    if amount_minor < 0 or total_weight <= 0 or min(weights) < 0:
        raise ValueError("allocate needs a non-negative amount and at least one positive weight")
    quanta, below_quantum = divmod(amount_minor, QUANTUM[currency])
    parts, remainders = [], []
    for weight in weights:
        part, remainder = divmod(quanta * weight, total_weight)
        parts.append(part)
        remainders.append(remainder)
    by_remainder = sorted(range(len(parts)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[: quanta - sum(parts)]:
        parts[index] += 1
    shared = [part * QUANTUM[currency] for part in parts]
    shared[next(index for index, weight in enumerate(weights) if weight)] += below_quantum
    return shared
