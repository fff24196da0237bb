"""Reads of balances, earnings, payouts, and of who is paid next and who is not."""

from marketplace.payouts.queries.answers import Reason, own_holds, reasons_of
from marketplace.payouts.queries.balances import (
    SellerBalance,
    balance_of,
    earnings_of,
    holds_of,
    reserves_of,
)
from marketplace.payouts.queries.changes import (
    held,
    reserve_held,
    terms_held,
    terms_request,
    terms_requests,
)
from marketplace.payouts.queries.outlook import Outlook, next_run_day, outlook_of
from marketplace.payouts.queries.prospects import (
    Blocked,
    Prospect,
    current_check,
    obstacles_of,
    prospects,
    terms_of,
)
from marketplace.payouts.queries.settled import (
    dashed,
    get_payout,
    paid_movements,
    paid_payouts_named,
    payouts_in_doubt,
    payouts_of,
    unfinished_payouts,
)
from marketplace.payouts.queries.taken_back import Loss, kept_back, losses_of, taken_back_of

__all__ = [
    "Blocked",
    "Loss",
    "Outlook",
    "Prospect",
    "Reason",
    "SellerBalance",
    "balance_of",
    "current_check",
    "dashed",
    "earnings_of",
    "get_payout",
    "held",
    "holds_of",
    "kept_back",
    "losses_of",
    "next_run_day",
    "obstacles_of",
    "outlook_of",
    "own_holds",
    "paid_movements",
    "paid_payouts_named",
    "payouts_in_doubt",
    "payouts_of",
    "prospects",
    "reasons_of",
    "reserve_held",
    "reserves_of",
    "taken_back_of",
    "terms_held",
    "terms_of",
    "terms_request",
    "terms_requests",
    "unfinished_payouts",
]
