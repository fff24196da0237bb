"""What a decision does to each side's money, before anybody takes it. Pure; the command books just this."""

from dataclasses import dataclass

from marketplace.disputes.errors import (
    FaultMissing,
    FaultUnfit,
    NoShippingLeft,
    NothingLeftToRefund,
    OutcomeUnfit,
    RefundAmountInvalid,
)
from marketplace.disputes.states import NO_REFUND, OF_TAKEN_BACK, DisputeOutcome, Fault
from marketplace.payments.refund_shares import Shares, borne
from marketplace.payments.states import Bearer
from marketplace.shared.money import format_minor, is_whole

# What these caused is no seller's cost.
ON_THE_HOUSE = {Fault.CARRIER, Fault.MARKETPLACE}


@dataclass(frozen=True, slots=True)
class Effect:
    """Minor units: what the buyer gets, and what of it each of the others gives."""

    outcome: DisputeOutcome
    fault: Fault
    bearer: Bearer
    given: Shares
    seller_keeps_minor: int
    # How much of what is given back is shipping.
    shipping_minor: int = 0
    # The provider has given it to the buyer already: nothing moves but who bears it.
    is_gone: bool = False

    @property
    def buyer_minor(self) -> int:
        return 0 if self.is_gone else self.given.amount_minor

    @property
    def marketplace_minor(self) -> int:
        """Our own loss; the VAT on the commission was never ours."""
        return self.given.commission_minor + self.given.goodwill_minor

    @property
    def seal(self) -> str:
        """What a person has seen, to be compared with what would be booked."""
        given = self.given
        return (
            f"{self.outcome}:{self.fault}:{given.seller_minor}:{given.commission_minor}"
            f":{given.commission_vat_minor}:{given.goodwill_minor}:{self.shipping_minor}"
        )


def effect_of(
    left: Shares, outcome: str, fault: str, *, amount_minor: int = 0, shipping_left_minor: int = 0
) -> Effect:
    """Of a decision about a seller order of which `left`, and so much shipping, is not given back.

    `amount_minor` counts for a partial refund and for goodwill. Raises FaultMissing, FaultUnfit,
    NothingLeftToRefund, NoShippingLeft and RefundAmountInvalid.
    """
    if fault not in Fault.values:
        raise FaultMissing
    decided, guilty = DisputeOutcome(outcome), Fault(fault)
    if decided in OF_TAKEN_BACK:
        raise OutcomeUnfit
    if decided == DisputeOutcome.DECLINED and guilty == Fault.SELLER:
        raise FaultUnfit
    bearer = bearer_of(decided, guilty)
    shipping = 0
    if decided == DisputeOutcome.REFUND_SHIPPING:
        amount = shipping = _shipping(shipping_left_minor, left.amount_minor)
    else:
        amount = _amount(decided, amount_minor, left.amount_minor)
    given = borne(amount, left, bearer, shipping_minor=shipping) if amount else Shares(0, 0, 0)
    keeps = left.seller_minor - given.seller_minor
    return Effect(decided, guilty, bearer, given, keeps, shipping)


def bearer_of(outcome: DisputeOutcome, fault: str) -> Bearer:
    """Who pays for a claim: we, for what is no seller's fault and for goodwill; else who earned."""
    is_ours = fault in ON_THE_HOUSE or outcome == DisputeOutcome.GOODWILL
    return Bearer.MARKETPLACE if is_ours else Bearer.EARNERS


def effect_of_loss(taken: Shares, outcome: str, fault: str) -> Effect:
    """Of a decision about what the provider took back, whose shares were `taken`.

    Only a seller who is at fault bears it, and we our commission on it; any other loss is ours.
    Raises FaultMissing and OutcomeUnfit.
    """
    if fault not in Fault.values:
        raise FaultMissing
    decided, guilty = DisputeOutcome(outcome), Fault(fault)
    if decided not in OF_TAKEN_BACK:
        raise OutcomeUnfit
    bearer = Bearer.EARNERS if guilty == Fault.SELLER else Bearer.MARKETPLACE
    lost_minor = 0 if decided == DisputeOutcome.WON_BACK else taken.amount_minor
    given = borne(lost_minor, taken, bearer)
    keeps = taken.seller_minor - given.seller_minor
    return Effect(decided, guilty, bearer, given, keeps, is_gone=True)


def agreed(left: Shares, amount_minor: int) -> Effect:
    """Of a proposal that was accepted. Raises as effect_of."""
    is_all = amount_minor == left.amount_minor
    outcome = DisputeOutcome.REFUND_FULL if is_all else DisputeOutcome.REFUND_PARTIAL
    return effect_of(left, outcome, Fault.NOBODY, amount_minor=amount_minor)


def _shipping(shipping_left_minor: int, left_minor: int) -> int:
    if not shipping_left_minor or shipping_left_minor > left_minor:
        raise NoShippingLeft
    return shipping_left_minor


def _amount(outcome: DisputeOutcome, wanted_minor: int, left_minor: int) -> int:
    if outcome in NO_REFUND:
        return 0
    if not left_minor:
        raise NothingLeftToRefund
    if outcome == DisputeOutcome.REFUND_FULL:
        return left_minor
    is_less = wanted_minor < left_minor or outcome == DisputeOutcome.GOODWILL
    if not 0 < wanted_minor <= left_minor or not is_less or not is_whole(wanted_minor):
        raise RefundAmountInvalid(most=format_minor(left_minor))
    return wanted_minor
