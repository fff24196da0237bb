"""Who bears a refund: the seller's net, our commission and its VAT, in proportion to what remains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Sum

from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.payments.errors import NothingChosen, PiecesInvalid
from marketplace.payments.models import Chargeback, Refund, RefundLine, RefundPart
from marketplace.payments.states import Bearer, RefundStatus
from marketplace.shared.money import DEFAULT_CURRENCY, QUANTUM, allocate


class Part(Protocol):
    """What we need of a seller order; `lines` are its order lines, as a related manager."""

    pk: UUID
    order_id: UUID
    reference: str
    shipping_minor: int

    @property
    def net_minor(self) -> int: ...
    @property
    def commission_minor(self) -> int: ...
    @property
    def commission_vat_minor(self) -> int: ...
    @property
    def lines(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Shares:
    """Minor units; the amount is the sum of all."""

    seller_minor: int
    commission_minor: int
    commission_vat_minor: int
    # What the marketplace pays out of its own pocket.
    goodwill_minor: int = 0

    @property
    def amount_minor(self) -> int:
        return (
            self.seller_minor
            + self.commission_minor
            + self.commission_vat_minor
            + self.goodwill_minor
        )

    def __add__(self, other: "Shares") -> "Shares":
        return Shares(
            self.seller_minor + other.seller_minor,
            self.commission_minor + other.commission_minor,
            self.commission_vat_minor + other.commission_vat_minor,
            self.goodwill_minor + other.goodwill_minor,
        )

    def __neg__(self) -> "Shares":
        return Shares(
            -self.seller_minor,
            -self.commission_minor,
            -self.commission_vat_minor,
            -self.goodwill_minor,
        )

    def __sub__(self, other: "Shares") -> "Shares":
        return self + -other


@dataclass(frozen=True, slots=True)
class Standing:
    """What the earners of a seller order have left of it, and what goodwill gave back for them."""

    earners: Shares
    goodwill_minor: int

    @property
    def left(self) -> Shares:
        """What can still be given back. What goodwill gave back nobody else can be asked for again:
        seller and commission keep that much."""
        if not self.goodwill_minor:
            return self.earners
        return split(self.earners.amount_minor - self.goodwill_minor, self.earners)

    def besides(self, given: Shares) -> "Standing":
        """Had this been given back, too."""
        earners = self.earners - Shares(
            given.seller_minor, given.commission_minor, given.commission_vat_minor
        )
        return Standing(earners, self.goodwill_minor + given.goodwill_minor)

    def without(self, given: Shares) -> "Standing":
        """Had this not been given back."""
        return self.besides(-given)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces of one order line, with what each share of them comes to by the line's own terms."""

    order_line_id: int
    quantity: int
    amount_minor: int
    commission_minor: int
    commission_vat_minor: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a refund by pieces gives back."""

    pieces: list[Pieces]
    shipping_minor: int

    @property
    def amount_minor(self) -> int:
        return sum(each.amount_minor for each in self.pieces) + self.shipping_minor


@dataclass(frozen=True, slots=True)
class Left:
    """What of a seller order can still be given back."""

    shares: Shares
    shipping_minor: int
    # Pieces by order line.
    pieces: dict[int, int]


_NOTHING: Mapping[str, int] = dict.fromkeys(
    ("seller", "commission", "vat", "goodwill", "shipping"), 0
)


def remaining_shares(part: Part) -> Shares:
    """What of a seller order can still be given back.

    Failed refunds still owe their money, proposed ones set it aside; rejected ones do not.
    Of what the provider took back nothing is left: the buyer has it.
    """
    if Chargeback.objects.filter(seller_order_id=part.pk).exists():
        return Shares(0, 0, 0)
    return standing_of(part).left


def standing_of(part: Part) -> Standing:
    """By all refunds that stand."""
    return _standing(part, _given([part]).get(part.pk, _NOTHING))


def shares_of_refund(*, reference: str, seller_order_id: UUID) -> Shares:
    """Who bears a refund's part of a seller order; nothing where there is no such refund."""
    row = RefundPart.objects.filter(
        refund__reference=reference, seller_order_id=seller_order_id
    ).first()
    if row is None:
        return Shares(0, 0, 0)
    return Shares(
        row.seller_minor, row.commission_minor, row.commission_vat_minor, row.goodwill_minor
    )


def left_to_refund(parts: Sequence[Part]) -> dict[UUID, Left]:
    """What can still be given back of each of some seller orders, by its id; for pages, which lock
    nothing. At most two queries, besides the parts' lines."""
    given = _given(parts)
    pieces = _given_pieces(*parts) if given else {}
    return {
        part.pk: Left(
            _standing(part, given.get(part.pk, _NOTHING)).left,
            part.shipping_minor - given.get(part.pk, _NOTHING)["shipping"],
            {line.pk: line.quantity - pieces.get(line.pk, 0) for line in part.lines.all()},
        )
        for part in parts
    }


def _given(parts: Sequence[Part]) -> dict[UUID, dict[str, int]]:
    """What standing refunds took of the shares of seller orders, by their ids."""
    standing = RefundPart.objects.exclude(refund__status=RefundStatus.REJECTED)
    rows = standing.filter(seller_order_id__in=[part.pk for part in parts])
    sums = rows.values_list("seller_order_id").annotate(
        Sum("seller_minor"),
        Sum("commission_minor"),
        Sum("commission_vat_minor"),
        Sum("goodwill_minor"),
        Sum("shipping_minor"),
    )
    return {part_id: dict(zip(_NOTHING, of_part, strict=True)) for part_id, *of_part in sums}


def _standing(part: Part, given: Mapping[str, int]) -> Standing:
    earners = Shares(
        part.net_minor - given["seller"],
        part.commission_minor - given["commission"],
        part.commission_vat_minor - given["vat"],
    )
    return Standing(earners, given["goodwill"])


def shares_taken_back(*, seller_order_id: UUID) -> Shares:
    """Whose the money was that the provider took back of goods that had left; they never change."""
    taken = Chargeback.objects.filter(seller_order_id=seller_order_id).first()
    if taken is None:
        return Shares(0, 0, 0)
    return Shares(taken.seller_minor, taken.commission_minor, taken.commission_vat_minor)


def owed_by(refund: Refund) -> list[tuple[str, int]]:
    """(what it belongs to in the ledger, amount): its seller orders, else the payment itself."""
    parts = list(refund.parts.values_list("seller_order__reference", "amount_minor"))
    return parts or [(refund.attempt.reference, refund.amount_minor)]


def split(amount_minor: int, left: Shares) -> Shares:
    """Share an amount out over what remains: no share exceeds its remainder, none is lost."""
    return Shares(
        *allocate(
            amount_minor, [left.seller_minor, left.commission_minor, left.commission_vat_minor]
        )
    )


def borne(amount_minor: int, left: Shares, bearer: Bearer, *, shipping_minor: int = 0) -> Shares:
    """Who bears an amount: all who earned by the sale, or the marketplace alone.

    What of it is shipping was the seller's alone: no commission was taken of it.
    """
    if bearer == Bearer.MARKETPLACE:
        return Shares(0, 0, 0, goodwill_minor=amount_minor)
    if shipping_minor == amount_minor:
        return shares_of_pieces(Chosen([], shipping_minor), left)
    return split(amount_minor, left)


def pieces_left(part: Part) -> dict[int, int]:
    """How many pieces of each of its lines no refund has named yet, by line id."""
    given = _given_pieces(part)
    return {line.pk: line.quantity - given.get(line.pk, 0) for line in part.lines.all()}


def shipping_left(part: Part) -> int:
    """What of the shipping no refund has named yet, in minor units."""
    return part.shipping_minor - _given([part]).get(part.pk, _NOTHING)["shipping"]


def chosen_pieces(part: Part, wanted: Mapping[int, int], *, with_shipping: bool) -> Chosen:
    """The pieces with their own shares. Raises NothingChosen and PiecesInvalid."""
    given, pieces = _given_pieces(part), []
    for line in part.lines.all():
        quantity, before = wanted.get(line.pk, 0), given.get(line.pk, 0)
        if not 0 <= quantity <= line.quantity - before:
            raise PiecesInvalid(title=line.title, most=line.quantity - before)
        if quantity:
            pieces.append(
                Pieces(
                    line.pk,
                    quantity,
                    line.unit_price_minor * quantity,
                    _slice(line.commission_minor, before, quantity, line.quantity),
                    _slice(line.commission_vat_minor, before, quantity, line.quantity),
                )
            )
    chosen = Chosen(pieces, shipping_left(part) if with_shipping else 0)
    if not chosen.amount_minor:
        raise NothingChosen
    return chosen


def shares_of_pieces(chosen: Chosen, left: Shares) -> Shares:
    """Who bears the pieces; where refunds by amount came before and left less of a share, what
    remains is shared out instead, so that no share goes below zero."""
    commission = sum(each.commission_minor for each in chosen.pieces)
    vat = sum(each.commission_vat_minor for each in chosen.pieces)
    own = Shares(chosen.amount_minor - commission - vat, commission, vat)
    fits = (
        own.seller_minor <= left.seller_minor
        and own.commission_minor <= left.commission_minor
        and own.commission_vat_minor <= left.commission_vat_minor
    )
    return own if fits else split(chosen.amount_minor, left)


def _given_pieces(*parts: Part) -> dict[int, int]:
    standing = RefundLine.objects.exclude(part__refund__status=RefundStatus.REJECTED)
    about = standing.filter(part__seller_order_id__in=[part.pk for part in parts])
    rows = about.values_list("order_line_id")
    return dict(rows.annotate(total=Sum("quantity")))


def _slice(total_minor: int, before: int, quantity: int, of: int) -> int:
    """The share of `quantity` pieces after `before` others, in whole shillings: a seller's balance
    must stay one that a wallet can be paid. All slices sum to the total."""
    return _first(total_minor, before + quantity, of) - _first(total_minor, before, of)


def _first(total_minor: int, quantity: int, of: int) -> int:
    """The share of the first `quantity` pieces; below a quantum goes to the last piece."""
    if quantity == of:
        return total_minor
    quantum = QUANTUM[DEFAULT_CURRENCY]
    return total_minor // quantum * quantity // of * quantum


def seller_account(seller_reference: str, part_reference: str, amount_minor: int) -> str:
    """Where the seller's money of this seller order lies now.

    What was paid out already is taken from the available balance, which may go below zero: the
    next payouts make up for it. The caller holds the seller's balance lock.
    """
    for account in (chart.seller_on_hold(seller_reference), chart.seller_pending(seller_reference)):
        if amount_minor and -balance(account=account, reference=part_reference) >= amount_minor:
            return account
    return chart.seller_available(seller_reference)
