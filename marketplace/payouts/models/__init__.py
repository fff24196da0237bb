"""Earnings and what holds them, wallets and terms of sellers, batches of payouts. How much is owed
is the ledger's to say."""

from marketplace.payouts.models.batches import (
    Payout,
    PayoutBatch,
    PayoutLine,
    PayoutPause,
    PayoutRun,
)
from marketplace.payouts.models.earnings import Earning, Hold, Reserve
from marketplace.payouts.models.floats import TopUp
from marketplace.payouts.models.results import ResultFile, ResultRow
from marketplace.payouts.models.terms import PayoutTerms, ReserveRule, TermsRequest, WalletCheck

__all__ = [
    "Earning",
    "Hold",
    "Payout",
    "PayoutBatch",
    "PayoutLine",
    "PayoutPause",
    "PayoutRun",
    "PayoutTerms",
    "Reserve",
    "ReserveRule",
    "ResultFile",
    "ResultRow",
    "TermsRequest",
    "TopUp",
    "WalletCheck",
]
