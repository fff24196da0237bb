"""State changes of earnings and payouts."""

from marketplace.payouts.commands.batches import approve_batch, prepare_batch, reject_batch
from marketplace.payouts.commands.disburse import (
    disburse,
    enquire_due_payouts,
    enquire_payout,
    settle_payout,
)
from marketplace.payouts.commands.earnings import (
    begin_hold,
    close_if_refunded,
    hold_earning,
    open_earnings,
    release_due,
    unhold_earning,
)

__all__ = [
    "approve_batch",
    "begin_hold",
    "close_if_refunded",
    "disburse",
    "enquire_due_payouts",
    "enquire_payout",
    "hold_earning",
    "open_earnings",
    "prepare_batch",
    "reject_batch",
    "release_due",
    "settle_payout",
    "unhold_earning",
]
