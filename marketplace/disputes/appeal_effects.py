"""What a decision on an appeal does to money that has moved already. Pure; the command books just this.

The buyer keeps what has gone out: where the new decision gives less, the difference is our goodwill
and the earners are made whole. Where it gives more, only the difference goes out. Who bears the first
refund follows the fault that is found now.
"""

from dataclasses import dataclass

from marketplace.disputes.effects import Effect
from marketplace.payments.refund_shares import Shares, Standing, borne, split
from marketplace.payments.states import Bearer

NOTHING = Shares(0, 0, 0)


@dataclass(frozen=True, slots=True)
class AppealEffect:
    """Minor units. `first` is how the first refund was borne, `first_now` how it is borne now."""

    decision: Effect
    first: Shares
    first_now: Shares
    extra: Shares

    @property
    def extra_minor(self) -> int:
        """What goes out to the buyer beyond the first refund."""
        return self.extra.amount_minor

    @property
    def kept_minor(self) -> int:
        """What the buyer keeps of the first refund although the decision gives less."""
        return max(0, self.first.amount_minor - self.decision.given.amount_minor)

    @property
    def seller_minor(self) -> int:
        """What the seller gives more than so far; negative: what they are given back."""
        return self.first_now.seller_minor + self.extra.seller_minor - self.first.seller_minor

    @property
    def goodwill_minor(self) -> int:
        """What we give from goodwill more than so far; negative: less."""
        now = self.first_now.goodwill_minor + self.extra.goodwill_minor
        return now - self.first.goodwill_minor

    @property
    def commission_minor(self) -> int:
        """What we lose of the commission, its VAT included, more than so far; negative: earn again."""
        more = self.first_now + self.extra - self.first
        return more.commission_minor + more.commission_vat_minor

    @property
    def cost_minor(self) -> int:
        """What leaves by it: to the buyer, or to the earners from our goodwill."""
        given_back = max(0, self.first_now.goodwill_minor - self.first.goodwill_minor)
        return self.extra_minor + given_back

    @property
    def changes_nothing(self) -> bool:
        return not self.extra_minor and self.first_now == self.first

    @property
    def seal(self) -> str:
        """What a person has seen, to be compared with what would be booked."""
        now, extra = self.first_now, self.extra
        return (
            f"{self.decision.outcome}:{self.decision.fault}:{self.kept_minor}"
            f":{now.seller_minor}:{now.commission_minor}:{now.commission_vat_minor}"
            f":{now.goodwill_minor}:{extra.seller_minor}:{extra.commission_minor}"
            f":{extra.commission_vat_minor}:{extra.goodwill_minor}"
        )


def effect_of_appeal(decision: Effect, first: Shares, standing: Standing) -> AppealEffect:
    """Of a decision taken as if there had been none before, although `first` is given already.

    `standing` is what all refunds took, the first one among them.
    """
    wanted, given = decision.given.amount_minor, first.amount_minor
    first_now = _borne_now(decision, first, min(wanted, given), standing.earners)
    if wanted <= given:
        return AppealEffect(decision, first, first_now, NOTHING)
    left = standing.without(first).besides(first_now).left
    shipping_minor = 0 if given else decision.shipping_minor
    extra = borne(wanted - given, left, decision.bearer, shipping_minor=shipping_minor)
    return AppealEffect(decision, first, first_now, extra)


def _borne_now(decision: Effect, first: Shares, due_minor: int, earners: Shares) -> Shares:
    """Of the first refund `due_minor` is due by the decision; the rest of it is our goodwill."""
    given = first.amount_minor
    if decision.bearer == Bearer.MARKETPLACE or not due_minor:
        return Shares(0, 0, 0, goodwill_minor=given)
    earned = Shares(first.seller_minor, first.commission_minor, first.commission_vat_minor)
    if earned.amount_minor >= due_minor:
        kept = split(due_minor, earned)
    else:
        # The earners bore less of it than they should: the rest is taken from what they have.
        kept = earned + split(due_minor - earned.amount_minor, earners)
    return kept + Shares(0, 0, 0, goodwill_minor=given - due_minor)
