"""The chart of accounts: every account code is spelled here and nowhere else.

Seller accounts are one set per seller, keyed by the seller's reference; their postings carry the
seller order's reference, which makes each seller order a little ledger of its own.
"""

from marketplace.ledger.models import AccountKind

COMMISSION_REVENUE = "commission_revenue"
VAT_PAYABLE = "vat_payable"
PROVIDER_FEES = "provider_fees"
REFUNDS_CLEARING = "refunds_clearing"
PAYOUT_CLEARING = "payout_clearing"
GOODWILL = "goodwill"
BANK = "bank"
SUSPENSE = "suspense"
WRITE_OFFS = "write_offs"
# What providers took back of goods that had left, until somebody decides who bears it; and our losses.
CHARGEBACKS = "chargebacks"
CHARGEBACK_LOSSES = "chargeback_losses"


def provider_clearing(provider: str) -> str:
    """What a provider's wallet holds for us."""
    return f"provider_clearing:{provider}"


def seller_pending(seller: str) -> str:
    """Earned by the seller, still inside the hold period."""
    return f"seller_pending:{seller}"


def seller_available(seller: str) -> str:
    """Ripe for the next payout; negative where a refund came after the payout."""
    return f"seller_available:{seller}"


def seller_on_hold(seller: str) -> str:
    """Frozen by a dispute."""
    return f"seller_on_hold:{seller}"


KINDS = {
    COMMISSION_REVENUE: AccountKind.REVENUE,
    VAT_PAYABLE: AccountKind.LIABILITY,
    PROVIDER_FEES: AccountKind.EXPENSE,
    REFUNDS_CLEARING: AccountKind.LIABILITY,
    PAYOUT_CLEARING: AccountKind.LIABILITY,
    GOODWILL: AccountKind.EXPENSE,
    BANK: AccountKind.ASSET,
    SUSPENSE: AccountKind.LIABILITY,
    WRITE_OFFS: AccountKind.EXPENSE,
    CHARGEBACKS: AccountKind.ASSET,
    CHARGEBACK_LOSSES: AccountKind.EXPENSE,
    "provider_clearing": AccountKind.ASSET,
    "seller_pending": AccountKind.LIABILITY,
    "seller_available": AccountKind.LIABILITY,
    "seller_on_hold": AccountKind.LIABILITY,
}


def kind_of(code: str) -> AccountKind:
    """The kind of an account by its code. Raises KeyError for a code outside the chart."""
    return KINDS[code.partition(":")[0]]
