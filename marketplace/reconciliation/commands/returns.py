"""Payouts that a statement shows to have come back: they must not read settled, and their seller is owed again."""

from marketplace.payouts.commands import return_payout
from marketplace.payouts.errors import FourEyes, NotReturnable
from marketplace.reconciliation.queries import ClaimedReturn, claimed_returns
from marketplace.shared.actors import Actor


def bring_back_payouts() -> int:
    """Return each paid payout whose whole amount a waiting line sends back; how many. Repeatable.

    Each in its own transaction: a line is matched with it when lines are judged again. What was
    approved by the person who brought the statement waits for somebody else: they could pay it
    once more.
    """
    return sum(_bring_back(claim) for claim in claimed_returns())


def _bring_back(claim: ClaimedReturn) -> bool:
    actor = Actor.provider(claim.provider)
    if claim.uploaded_by_id is not None:
        actor = Actor.staff(claim.uploaded_by_id, claim.uploaded_by_name)
    try:
        return_payout(payout_id=claim.payout_id, reason=claim.reason, actor=actor)
    except (NotReturnable, FourEyes):
        return False
    return True
