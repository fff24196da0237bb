"""State changes of earnings, holds, wallets' checks, batches and payouts."""

from marketplace.payouts.commands.batches import (
    approve_batch,
    prepare_batch,
    reject_batch,
    retry_failures,
    take_on_batch,
)
from marketplace.payouts.commands.disburse import (
    disburse,
    enquire_due_payouts,
    enquire_payout,
    send_waiting,
)
from marketplace.payouts.commands.earnings import (
    account_to_credit,
    begin_hold,
    close_if_refunded,
    open_earnings,
    release_due,
    release_if_due,
)
from marketplace.payouts.commands.holds import (
    free_seller,
    hold_earning,
    hold_for_documents,
    hold_seller,
    unhold_earning,
)
from marketplace.payouts.commands.pauses import pause_payouts, resume_payouts
from marketplace.payouts.commands.reserves import release_reserves
from marketplace.payouts.commands.results import judge_results, upload_results
from marketplace.payouts.commands.runs import last_run, run_payouts
from marketplace.payouts.commands.settling import confirm_payout, return_payout, settle_payout
from marketplace.payouts.commands.terms import (
    approve_terms,
    reject_terms,
    request_reserve,
    request_terms,
    withdraw_terms,
)
from marketplace.payouts.commands.top_ups import approve_top_up, reject_top_up, request_top_up
from marketplace.payouts.commands.wallets import check_wallet, check_wallets_due, decide_wallet

__all__ = [
    "account_to_credit",
    "approve_batch",
    "approve_terms",
    "approve_top_up",
    "begin_hold",
    "check_wallet",
    "check_wallets_due",
    "close_if_refunded",
    "confirm_payout",
    "decide_wallet",
    "disburse",
    "enquire_due_payouts",
    "enquire_payout",
    "free_seller",
    "hold_earning",
    "hold_for_documents",
    "hold_seller",
    "judge_results",
    "last_run",
    "open_earnings",
    "pause_payouts",
    "prepare_batch",
    "reject_batch",
    "reject_terms",
    "reject_top_up",
    "release_due",
    "release_if_due",
    "release_reserves",
    "request_reserve",
    "request_terms",
    "request_top_up",
    "resume_payouts",
    "retry_failures",
    "return_payout",
    "run_payouts",
    "send_waiting",
    "settle_payout",
    "take_on_batch",
    "unhold_earning",
    "upload_results",
    "withdraw_terms",
]
