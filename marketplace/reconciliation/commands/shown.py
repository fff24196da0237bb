"""What only statements show of our payouts and refunds, taken into our books; each in its own transaction.

A line that waits is matched with what it stands for when lines are judged again.
"""

from marketplace.payments.commands import confirm_refund, give_up_refund, learn_receipt
from marketplace.payouts.commands import confirm_payout
from marketplace.reconciliation.claims import (
    claimed_payouts,
    claimed_refunds,
    refunds_not_shown,
    shown_receipts,
)
from marketplace.shared.actors import Actor


def settle_by_statements() -> int:
    """Settle the payouts and refunds that nobody would tell us of; how many. Repeatable.

    What a line shows was paid. A refund that statements of a whole day do not show failed: a person
    may send it again. A payout that they do not show stays unknown until a person decides, as its
    seller would be paid again by itself. A payment that was taken back before we heard of it has the
    receipt by which its reversal names it.
    """
    paid = sum(
        confirm_payout(
            payout_id=claim.target_id,
            receipt=claim.receipt,
            message=claim.words,
            actor=claim.actor,
        )
        for claim in claimed_payouts()
    )
    given_back = sum(
        confirm_refund(
            refund_id=claim.target_id,
            receipt=claim.receipt,
            message=claim.words,
            actor=claim.actor,
        )
        for claim in claimed_refunds()
    )
    given_up = sum(
        give_up_refund(
            refund_id=absence.refund_id,
            message=f"no statement from {absence.since:%Y-%m-%d %H:%M} on shows it",
            actor=Actor.provider(absence.provider),
        )
        for absence in refunds_not_shown()
    )
    learned = sum(
        learn_receipt(reference=reference, receipt=receipt)
        for reference, receipt in shown_receipts().items()
    )
    return paid + given_back + given_up + learned
