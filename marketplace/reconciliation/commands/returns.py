"""Payouts that a statement shows to have come back: they must not read settled, and their seller is owed again."""

from marketplace.payouts.commands import return_payout
from marketplace.payouts.errors import FourEyes, NotReturnable
from marketplace.reconciliation.claims import Claim, claimed_returns


def bring_back_payouts() -> int:
    """Return each paid payout whose whole amount a waiting line sends back; how many. Repeatable.

    Each in its own transaction: a line is matched with it when lines are judged again. What was
    approved by the person who brought the statement waits for somebody else: they could pay it
    once more.
    """
    return sum(_bring_back(claim) for claim in claimed_returns())


def _bring_back(claim: Claim) -> bool:
    try:
        return_payout(payout_id=claim.target_id, reason=claim.words, actor=claim.actor)
    except (NotReturnable, FourEyes):
        return False
    return True
